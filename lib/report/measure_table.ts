/** Tables of any metrics, a model a row, with their intervals below. */
import type { Interval } from "../metrics/interval.ts";
import { LIST_METRICS } from "../metrics/lists.ts";
import { RANK_METRICS } from "../metrics/metrics.ts";
import type { ResultsDocument } from "../runs/run_documents.ts";
import { type Html, markup } from "./html.ts";
import { MEASURE_TITLES, metric } from "./numbers.ts";
import { breakable, scrolling } from "./parts.ts";

/** Metrics with the models' values and, where they have some, intervals. */
export type Values = Pick<ResultsDocument, "baselines" | "intervals_95">;
/** A metric's key in results.json. */
export type Key = typeof RANK_METRICS[number] | typeof LIST_METRICS[number];

/** Every metric, in the order of tables. */
export const ALL_MEASURES: readonly Key[] = [...RANK_METRICS, ...LIST_METRICS];

/** The table. */
export function measureTable(
  keys: readonly Key[],
  rows: readonly (readonly [Html, readonly Html[]])[],
): Html {
  const tableMarkup = markup`<table><thead><tr><th scope="col">Model</th>${
    keys.map((key) => markup`<th scope="col" class="number">${breakable(MEASURE_TITLES[key])}</th>`)
  }</tr></thead><tbody>${
    rows.map(([name, values]) => markup`<tr><th scope="row">${name}</th>${values}</tr>`)
  }</tbody></table>`;
  return markup`<div class="summary card">${
    scrolling(tableMarkup, keys.length + 1, "Table of metrics")
  }</div>`;
}

/** A model's cells. */
export function measureCells(
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
      measureOf(values, model, key)
    }${mark && markup`<span class="star"> ★</span>`}</span>${
      interval !== undefined &&
      markup`<small>${metric(interval.low)}–<wbr>${metric(interval.high)}</small>`
    }</td>`;
  });
}

/** A model's value; a dash where the run does not have it. */
export function measureOf(
  { baselines }: Pick<Values, "baselines">,
  model: string,
  key: Key,
): string {
  const number = baselines[model][key];
  return number === undefined ? "–" : metric(number);
}
