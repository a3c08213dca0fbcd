/** The results: a table with the best of each column, and a chart for each metric. */
import type { Interval } from "../metrics/interval.ts";
import { METRIC_NAMES, type MetricName } from "../metrics/metrics.ts";
import { bars } from "./drawings.ts";
import { type Html, markup, name } from "./html.ts";
import { count, interval, metric, METRIC_TITLES, percent } from "./numbers.ts";
import { breakable, type Figure, figures, section } from "./parts.ts";
import type { View } from "./view.ts";

/** The summary table. */
export function summarySection(view: View): Html {
  const { results, models, ceiling, standings, users } = view;
  const cell = (model: string, key: MetricName) => {
    const value = results.baselines[model][key];
    const isBest = standings[key].best.includes(model);
    return markup`<td class="${isBest ? "number best" : "number"}"><span class="value">${
      metric(value)
    }${isBest && markup`<span class="star"> ★</span>`}</span><small>${
      ends(results.intervals_95[model][key])
    }</small></td>`;
  };
  const head = markup`<tr><th scope="col">Model</th>${
    METRIC_NAMES.map((key) =>
      markup`<th scope="col" class="number">${breakable(METRIC_TITLES[key])}</th>`
    )
  }<th scope="col" class="number ties">Tied queries</th></tr>`;
  const rows = models.map((model) =>
    markup`<tr><th scope="row">${breakable(model)}</th>${
      METRIC_NAMES.map((key) => cell(model, key))
    }<td class="number ties">${tied(results.tied_queries[model])}</td></tr>`
  );
  const last = Object.keys(ceiling).length > 0 &&
    markup`<tr class="ceiling"><th scope="row">ceiling <span class="tag">no contestant</span></th>${
      METRIC_NAMES.map((key) =>
        markup`<td class="number">${ceiling[key] === undefined ? "–" : metric(ceiling[key])}</td>`
      )
    }<td class="number ties">–</td></tr>`;
  return section(
    "summary",
    "Summary",
    markup`<div class="summary card"><div class="scroll" tabindex="0" role="group" \
aria-label="Summary of the results"><table><thead>${head}</thead>\
<tbody>${rows}${last}</tbody></table></div></div>`,
    markup`<p class="remark">Bold on green: best of its column, or not distinguishable from \
the best. Small: 95 % interval (${
      results.statistics === undefined
        ? `bootstrap over ${count(results.n_test_episodes)} test episodes`
        : `over ${count(users)} users`
    }). Every metric counts ${
      count(results.n_queries)
    } queries, each with one right course among all ${
      count(results.n_items)
    }; courses with equal scores stand in the order of their ids.${
      last && " The ceiling is what one would reach who knew the process that made these data."
    }</p>`,
  );
}

const ends = ({ low, high }: Interval): Html => markup`${low.toFixed(3)}–<wbr>${high.toFixed(3)}`;
const tied = (queries: number | null | undefined) =>
  queries === null || queries === undefined ? "not counted" : count(queries);

/** A chart for each metric. */
export function metricsSection(view: View): Html {
  return section(
    "metrics",
    "Metrics with their intervals",
    figures(...METRIC_NAMES.map((key) => metricFigure(view, key))),
  );
}

function metricFigure({ results, models, looks, ceiling }: View, key: MetricName): Figure {
  const sorted = [...models].sort((a, b) => results.baselines[b][key] - results.baselines[a][key]);
  const title = METRIC_TITLES[key];
  const meaning = {
    "accuracy@1": "right course ranked first",
    "recall@5": "right course among the first five",
    "recall@10": "right course among the first ten",
    mrr: "mean reciprocal rank of the right course",
  }[key];
  const limit = ceiling[key];
  return {
    chart: {
      id: `metric-${key.replace("@", "-at-")}`,
      title: `${title}: ${meaning}`,
      description: `Bars with 95 % intervals, best first: ${
        sorted.map((model) =>
          `${model} ${metric(results.baselines[model][key])} (${
            interval(results.intervals_95[model][key])
          })`
        ).join(
          "; ",
        )
      }.${limit === undefined ? "" : ` The ceiling is ${metric(limit)}.`}`,
      ...bars(
        sorted.map((model) => ({
          name: model,
          value: results.baselines[model][key],
          label: metric(results.baselines[model][key]),
          colour: looks[model].colour,
          interval: results.intervals_95[model][key],
        })),
        {
          format: (x) =>
            key === "mrr" ? String(Number(x.toFixed(3))) : `${Number((100 * x).toFixed(2))} %`,
          limit: 1,
          ceiling: limit === undefined
            ? undefined
            : { label: `ceiling ${metric(limit)}`, value: limit },
        },
      ),
    },
    numbers: {
      head: ["Model", title, "95 % interval", "Queries it gets right"],
      rows: sorted.map((model) => {
        const value = results.baselines[model][key];
        return [
          name(model),
          metric(value),
          interval(results.intervals_95[model][key]),
          key === "mrr"
            ? "–"
            : `${count(Math.round(value * results.n_queries))} (${percent(value)})`,
        ];
      }),
    },
  };
}
