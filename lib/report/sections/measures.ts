/** NDCG, and what the lists of ten are made of. */
import { LIST_METRICS } from "../../metrics/lists.ts";
import { METRIC_NAMES, RANK_METRICS } from "../../metrics/metrics.ts";
import { markup } from "../html.ts";
import { type Key, measureCells, measureTable } from "../measure_table.ts";
import { count } from "../numbers.ts";
import { breakable } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

const FURTHER: readonly Key[] = [
  ...RANK_METRICS.filter((key) => !(METRIC_NAMES as readonly string[]).includes(key)),
  ...LIST_METRICS,
];

/** Every metric beyond the first four; nothing for runs before these metrics. */
export function measuresSection({ results, models }: View): Section | undefined {
  if (results.baselines[models[0]]["ndcg@10"] === undefined) return undefined;
  return {
    id: "measures",
    title: "NDCG, and what is recommended",
    link: "Recommended",
    body: [
      measureTable(
        FURTHER,
        models.map((model) => [breakable(model), measureCells(results, model, FURTHER)]),
      ),
      markup`<p class="remark">Coverage: the share of the ${count(results.n_items)} courses that \
stand among the first ten of any query. Popularity: the share of training learners who took a \
recommended course. Novelty: how surprising it is, −log2 of that share, in bits. Gini: 0 when \
every course is shown as often as any other, near 1 when a few have all places. Small: 95 % \
intervals over users; the metrics of lists have none.</p>`,
    ],
  };
}
