/** The summary: every model by every metric, with intervals and who is best within noise. */
import { counted } from "../../errors/counted.ts";
import { tooFewOf } from "../../metrics/clusters.ts";
import type { Interval } from "../../metrics/interval.ts";
import { METRIC_NAMES, type MetricName } from "../../metrics/metrics.ts";
import { type Html, markup, type Piece } from "../html.ts";
import { count, metric, METRIC_TITLES, sentenceList } from "../numbers.ts";
import { breakable, scrolling } from "../parts.ts";
import type { Section } from "../section.ts";
import { isManyTied, meanRank, type View } from "../view.ts";

/** The table. */
export function summarySection(view: View): Section {
  const { models, ceiling } = view;
  const head = [
    ...METRIC_NAMES.map((key) => breakable(METRIC_TITLES[key])),
    markup`Mean rank`,
  ].map((title) => markup`<th scope="col" class="number">${title}</th>`);
  const rows = models.map((model) =>
    markup`<tr><th scope="row">${breakable(model)}</th>${
      METRIC_NAMES.map((key) => metricCell(view, model, key))
    }${rankCell(view, model)}</tr>`
  );
  const hasCeiling = Object.keys(ceiling).length > 0;
  const last = hasCeiling &&
    markup`<tr class="ceiling"><th scope="row">ceiling <span class="tag">no contestant</span></th>${
      METRIC_NAMES.map((key) =>
        markup`<td class="number">${ceiling[key] === undefined ? "–" : metric(ceiling[key])}</td>`
      )
    }<td class="number">–</td></tr>`;
  const tableMarkup = markup`<table><thead><tr><th scope="col">Model</th>${head}</tr></thead>\
<tbody>${rows}${last}</tbody></table>`;
  return {
    id: "summary",
    title: "Summary",
    link: "Summary",
    body: markup`<div class="summary card">${
      scrolling(tableMarkup, METRIC_NAMES.length + 2, "Summary of the results")
    }</div><p class="remark">${reading(view, hasCeiling)}</p>`,
  };
}

function metricCell({ results, standings }: View, model: string, key: MetricName): Html {
  const value = metric(results.baselines[model][key]);
  const isBest = standings[key].best.includes(model);
  return markup`<td class="${isBest ? "number best" : "number"}"><span class="value">${value}${
    isBest && markup`<span class="star"> ★</span>`
  }</span><small>${ends(results.intervals_95[model][key])}</small></td>`;
}

/** The mean rank, and where many queries are tied, what it is on average under random order. */
function rankCell(view: View, model: string): Html {
  const { results: { tied_queries: tied, ties_in_random_order: random } } = view;
  const expected = random?.[model]?.mean_rank;
  const below = !isManyTied(view, model)
    ? undefined
    : markup`<small>${count(tied[model]!)} tied${
      expected !== undefined && `: ${expected.toFixed(1)} expected`
    }</small>`;
  return markup`<td class="number">${meanRank(view, model).toFixed(1)}${below}</td>`;
}

const ends = ({ low, high }: Interval): Html => markup`${metric(low)}–<wbr>${metric(high)}`;

/** How the table is read. */
function reading(view: View, hasCeiling: boolean): Piece[] {
  const { results, users, models } = view;
  const over = results.statistics === undefined
    ? `bootstrap over ${counted(results.n_test_episodes, "test episode")}`
    : `over ${counted(users, "user")}`;
  const tooFew = tooFewOf(users, results.n_test_episodes);
  const marks = tooFew === undefined
    ? "★ and bold: the best of its column within noise, which is every model that is not " +
      "distinguishable from the first."
    : `Nothing is marked as best: ${tooFew}.`;
  return [
    `${marks} Small: 95 % interval (${over}). All metrics are fractions ` +
    `of 1, over ${counted(results.n_queries, "query")} with one right course each among all ` +
    `${count(results.n_items)}; courses with equal scores stand in the order of their ids.`,
    ...nobodyIsBest(view),
    models.some((model) => isManyTied(view, model)) &&
    " Tied: queries whose right course shares its score with another; expected: the mean rank " +
      "with ties in random order.",
    hasCeiling && " The ceiling is what one would reach who knew the process that made these data.",
  ];
}

/** Ties for first place, and columns in which nobody is best, in words. */
function nobodyIsBest({ standings, models }: View): string[] {
  return METRIC_NAMES.flatMap((key) => {
    const { value, first } = standings[key];
    if (value === 0) return [` By ${METRIC_TITLES[key]} nobody is best: all are at 0.`];
    if (first.length === 1 || models.length === 1) return [];
    return [` ${sentenceList(first)} tie for the first place by ${METRIC_TITLES[key]}.`];
  });
}
