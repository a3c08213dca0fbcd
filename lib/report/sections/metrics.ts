/** A chart for each metric, all on one scale. */
import { METRIC_NAMES, type MetricName } from "../../metrics/metrics.ts";
import { bars } from "../drawings.ts";
import { markup, name } from "../html.ts";
import { count, interval, metric, METRIC_TITLES } from "../numbers.ts";
import { type Figure, figures } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

const MEANING: Readonly<Record<MetricName, string>> = {
  "accuracy@1": "right course ranked first",
  "recall@5": "right course among the first five",
  "recall@10": "right course among the first ten",
  mrr: "mean reciprocal rank of the right course",
};

/** The charts. */
export function metricsSection(view: View): Section {
  const { results, models, ceiling } = view;
  const top = Math.max(
    ...METRIC_NAMES.flatMap((key) => [
      ceiling[key] ?? 0,
      ...models.map((model) =>
        Math.max(results.baselines[model][key], results.intervals_95[model][key].high)
      ),
    ]),
  );
  return {
    id: "metrics",
    title: "Metrics with their intervals",
    link: "Metrics",
    body: [
      figures(...METRIC_NAMES.map((key) => metricFigure(view, key, top))),
      markup`<p class="remark">Lines across the bars’ ends: 95 % intervals. ★: best within noise. \
All four charts have one scale.</p>`,
    ],
  };
}

function metricFigure(
  { results, models, looks, ceiling, standings }: View,
  key: MetricName,
  top: number,
): Figure {
  const sorted = [...models].sort((a, b) => results.baselines[b][key] - results.baselines[a][key]);
  const title = METRIC_TITLES[key];
  const limit = ceiling[key];
  const star = (model: string) => standings[key].best.includes(model) ? " ★" : "";
  return {
    chart: {
      id: `metric-${key.replace("@", "-at-")}`,
      title: `${title}: ${MEANING[key]}`,
      description: `Bars with 95 % intervals, best first: ${
        sorted.map((model) =>
          `${model} ${metric(results.baselines[model][key])} (${
            interval(results.intervals_95[model][key])
          })`
        ).join("; ")
      }.${limit === undefined ? "" : ` The ceiling is ${metric(limit)}.`}`,
      ...bars(
        sorted.map((model) => ({
          name: model,
          value: results.baselines[model][key],
          label: `${metric(results.baselines[model][key])}${star(model)}`,
          colour: looks[model].colour,
          interval: results.intervals_95[model][key],
        })),
        {
          format: (x) => String(Number(x.toFixed(4))),
          limit: 1,
          top,
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
          `${metric(value)}${star(model)}`,
          interval(results.intervals_95[model][key]),
          key === "mrr" ? "–" : count(Math.round(value * results.n_queries)),
        ];
      }),
    },
  };
}
