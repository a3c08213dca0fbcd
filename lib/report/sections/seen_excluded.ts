/** The variant without the courses that a query has already. */
import { counted } from "../../errors/counted.ts";
import { METRIC_NAMES } from "../../metrics/metrics.ts";
import { markup } from "../html.ts";
import { type Key, measureCells, measureTable } from "../measure_table.ts";
import { count } from "../numbers.ts";
import { breakable } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

const KEYS: readonly Key[] = [...METRIC_NAMES, "ndcg@10", "coverage@10"];

/** The table, where the run evaluated the variant. */
export function seenExcludedSection({ results, models }: View): Section | undefined {
  const variant = results.seen_excluded;
  if (variant === undefined) return undefined;
  const isBest = (model: string, key: Key) =>
    variant.best_within_noise[key]?.includes(`${model}, seen excluded`) ?? false;
  return {
    id: "seen-excluded",
    title: "Seen courses excluded",
    link: "Seen excluded",
    body: [
      measureTable(
        KEYS,
        models.map((model) => [
          markup`${breakable(model)}, seen excluded`,
          measureCells(variant, model, KEYS, (key) => isBest(model, key)),
        ]),
      ),
      markup`<p class="remark">Each query’s right course among the courses that its prefix does \
not have, in the ${count(variant.n_queries)} of ${counted(results.n_queries, "query")} whose right \
course is one of these. ★ and bold: best of its column within noise.</p>`,
    ],
  };
}
