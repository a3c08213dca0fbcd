/** Every metric of every run and model: its interval, its difference from the first run. */
import { METRIC_NAMES, type MetricName } from "../../metrics/metrics.ts";
import type { RunDocuments } from "../../runs/run_documents.ts";
import { type Comparison, letterOf } from "../compare.ts";
import { type Html, markup } from "../html.ts";
import { interval, metric, METRIC_TITLES, signed } from "../numbers.ts";
import { breakable, table } from "../parts.ts";
import type { Section } from "../section.ts";
import { verdictTag } from "./differences.ts";

/** The table. */
export function numbersSection({ runs, models, differences }: Comparison): Section {
  const cell = (run: RunDocuments, i: number, model: string, key: MetricName): Html => {
    const metrics = run.results.baselines[model];
    if (metrics === undefined) return markup`–`;
    const difference = differences.find((entry) =>
      entry.run === i && entry.model === model && entry.metric === key
    );
    const below = difference !== undefined &&
      markup` ${verdictTag(difference, signed(difference.difference))}`;
    return markup`${metric(metrics[key])}${below}<small>${
      interval(run.results.intervals_95[model][key])
    }</small>`;
  };
  return {
    id: "table",
    title: "Every number",
    link: "Every number",
    body: [
      markup`<div class="card dense">${
        table({
          head: ["Model and run", ...METRIC_NAMES.map((key) => breakable(METRIC_TITLES[key]))],
          rows: models.flatMap((model) =>
            runs.map((run, i) => [
              markup`<span class="${i > 0 && "soft"}">${breakable(model)}</span> <b>${
                letterOf(i)
              }</b>`,
              ...METRIC_NAMES.map((key) => cell(run, i, model, key)),
            ])
          ),
        })
      }</div>`,
      markup`<p class="remark">Small: 95 % interval. Beside a number: the difference from A, \
coloured by its sign if distinguishable.</p>`,
    ],
  };
}
