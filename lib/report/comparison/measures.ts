/** Every metric of every run and model that a comparison is about. */
import { LIST_METRICS } from "../../metrics/lists.ts";
import { RANK_METRICS } from "../../metrics/metrics.ts";
import type { RunDocuments } from "../../runs/run_documents.ts";
import { type Comparison, letterOf } from "../compare.ts";
import { markup } from "../html.ts";
import { MEASURE_TITLES, metric } from "../numbers.ts";
import { breakable, table } from "../parts.ts";
import type { Section } from "../section.ts";

/** A model of a run in the table of all metrics. */
export interface MeasureRow {
  /** The model's name, or that of the variant without seen courses. */
  readonly name: string;
  /** Index of the run among those compared. */
  readonly run: number;
  /** A value for each of `MEASURES`, "–" where the run does not have it. */
  readonly values: readonly string[];
}

/** Every metric, the notebook's four first. */
export const MEASURES = [...RANK_METRICS, ...LIST_METRICS] as const;

/** A row for each model and run that has it, and one for each variant that was evaluated. */
export function measureRows(
  runs: readonly RunDocuments[],
  models: readonly string[],
): MeasureRow[] {
  return models.flatMap((model) => [
    ...rowsOf(model, runs.map(({ results }) => results.baselines[model])),
    ...rowsOf(
      `${model}, seen excluded`,
      runs.map(({ results }) => results.seen_excluded?.baselines[model]),
    ),
  ]);
}

type Metrics = RunDocuments["results"]["baselines"][string];

function rowsOf(name: string, byRun: readonly (Metrics | undefined)[]): MeasureRow[] {
  const valueOf = (value: number | undefined) => value === undefined ? "–" : metric(value);
  return byRun.flatMap((metrics, run) =>
    metrics === undefined
      ? []
      : [{ name, run, values: MEASURES.map((key) => valueOf(metrics[key])) }]
  );
}

/** The table. */
export function measuresSection({ runs, models }: Comparison): Section {
  return {
    id: "measures",
    title: "Every metric",
    link: "Every metric",
    body: [
      markup`<div class="card">${
        table({
          head: ["Model and run", ...MEASURES.map((key) => breakable(MEASURE_TITLES[key]))],
          rows: measureRows(runs, models).map(({ name, run, values }) => [
            markup`${breakable(name)} <b>${letterOf(run)}</b>`,
            ...values,
          ]),
        })
      }</div>`,
      markup`<p class="remark">Seen excluded: without the courses that a query’s prefix has, in \
the queries whose right course is not one of them.</p>`,
    ],
  };
}
