/**
 * Every metric beyond the first four: of all queries, of returns and new courses, by prefix length,
 * and without the courses that a query has already.
 */
import type { Interval } from "../metrics/interval.ts";
import { LIST_METRICS } from "../metrics/lists.ts";
import { METRIC_NAMES, RANK_METRICS } from "../metrics/metrics.ts";
import type { ResultsDocument } from "../runs/run_documents.ts";
import { type Html, markup } from "./html.ts";
import { count, MEASURE_TITLES, metric, percent } from "./numbers.ts";
import { breakable, section, table } from "./parts.ts";
import type { View } from "./view.ts";

/** Metrics with the models' values and, where they have some, intervals. */
type Values = Pick<ResultsDocument, "baselines" | "intervals_95">;
type Key = typeof RANK_METRICS[number] | typeof LIST_METRICS[number];

const FURTHER: readonly Key[] = [
  ...RANK_METRICS.filter((key) => !(METRIC_NAMES as readonly string[]).includes(key)),
  ...LIST_METRICS,
];
const BY_LABEL: readonly Key[] = ["accuracy@1", "recall@10", "mrr", "ndcg@10", "popularity@10"];

/** NDCG, and what the lists of ten are made of; nothing for runs before these metrics. */
export function measuresSection({ results, models }: View): Html | undefined {
  if (results.baselines[models[0]]["ndcg@10"] === undefined) return undefined;
  return section(
    "measures",
    "NDCG, and what is recommended",
    card(FURTHER, models.map((model) => [breakable(model), cells(results, model, FURTHER)])),
    markup`<p class="remark">Coverage: the share of the ${count(results.n_items)} courses that \
stand among the first ten of any query. Popularity: the share of training learners who took a \
recommended course. Novelty: how surprising it is, −log2 of that share, in bits. Gini: 0 when \
every course is shown as often as any other, near 1 when a few have all places. Small: 95 % \
intervals over users; the metrics of lists have none.</p>`,
  );
}

/** Every metric for going back and going on, and by the length of the prefix. */
export function returnsSection({ results, models }: View): Html | undefined {
  const groups = results.groups ?? [];
  const labels = groups.filter(({ by }) => by === "label");
  if (labels.length === 0) return undefined;
  const share = (queries: number) => percent(queries / results.n_queries);
  const names = { returns: "back to a course of the prefix", new: "on to a new course" };
  const said = labels.map(({ name, n_queries }) =>
    `${count(n_queries)} of ${count(results.n_queries)} queries (${share(n_queries)}) go ` +
    names[name as keyof typeof names]
  );
  return section(
    "returns",
    "Back to a course, or on to a new one",
    markup`<p>${
      said.join("; ")
    }. A model that repeats what a learner has already can do well on the \
first kind and be of no use for the second.</p>`,
    ...labels.map((group) =>
      markup`<h3>${group.name === "new" ? "New courses" : "Returns"}</h3>${
        card(BY_LABEL, models.map((model) => [breakable(model), cells(group, model, BY_LABEL)]))
      }`
    ),
    markup`<details><summary>Every metric by group</summary>${
      table({
        head: ["Model and group", "Queries", ...ALL.map((key) => breakable(MEASURE_TITLES[key]))],
        rows: models.flatMap((model) =>
          groups.map((group) => [
            markup`${breakable(model)}, ${groupName(group)}`,
            count(group.n_queries),
            ...ALL.map((key) => value(group, model, key)),
          ])
        ),
      })
    }</details>`,
  );
}

const ALL: readonly Key[] = [...RANK_METRICS, ...LIST_METRICS];

function groupName({ by, name }: { readonly by: string; readonly name: string }): string {
  if (by === "label") return name;
  return name === "1" ? "prefix of 1 course" : `prefix of ${name} courses`;
}

/** The variant without each query's own courses; where the run evaluated it. */
export function seenExcludedSection({ results, models }: View): Html | undefined {
  const variant = results.seen_excluded;
  if (variant === undefined) return undefined;
  const keys: readonly Key[] = [...METRIC_NAMES, "ndcg@10", "coverage@10"];
  const best = (model: string, key: Key) =>
    variant.best_within_noise[key]?.includes(`${model}, seen excluded`) ?? false;
  return section(
    "seen-excluded",
    "Seen courses excluded",
    card(
      keys,
      models.map((model) => [
        markup`${breakable(model)}, seen excluded`,
        cells(variant, model, keys, (key) => best(model, key)),
      ]),
    ),
    markup`<p class="remark">Each query’s right course among the courses that its prefix does not \
have, in the ${count(variant.n_queries)} of ${
      count(results.n_queries)
    } queries whose right course is \
one of these. Bold on green: best of its column, or not distinguishable from the best.</p>`,
  );
}

/** A table of values with their intervals below, a model a row. */
function card(
  keys: readonly Key[],
  rows: readonly (readonly [Html, readonly Html[]])[],
): Html {
  return markup`<div class="summary card"><div class="scroll" tabindex="0" role="group" \
aria-label="Table of metrics"><table><thead><tr><th scope="col">Model</th>${
    keys.map((key) => markup`<th scope="col" class="number">${breakable(MEASURE_TITLES[key])}</th>`)
  }</tr></thead><tbody>${
    rows.map(([name, values]) => markup`<tr><th scope="row">${name}</th>${values}</tr>`)
  }</tbody></table></div></div>`;
}

function cells(
  values: Values,
  model: string,
  keys: readonly Key[],
  isBest: (key: Key) => boolean = () => false,
): Html[] {
  const intervals: Partial<Record<Key, Interval>> = values.intervals_95[model];
  return keys.map((key) => {
    const interval = intervals[key];
    const mark = isBest(key);
    return markup`<td class="${mark ? "number best" : "number"}"><span class="value">${
      value(values, model, key)
    }${mark && markup`<span class="star"> ★</span>`}</span>${
      interval !== undefined &&
      markup`<small>${interval.low.toFixed(3)}–<wbr>${interval.high.toFixed(3)}</small>`
    }</td>`;
  });
}

function value({ baselines }: Pick<Values, "baselines">, model: string, key: Key): string {
  const number = baselines[model][key];
  return number === undefined ? "–" : metric(number);
}
