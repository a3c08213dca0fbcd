/**
 * A few queries with what each model recommends, by name, so that a reader can see with the eye
 * that nothing is odd.
 */
import type { Dataset } from "../../dataset/dataset.ts";
import type { Scorer } from "../../evaluation/evaluate.ts";
import { type Queries, queryPrefix } from "../../evaluation/queries.ts";
import { topK } from "../../metrics/rank.ts";

/**
 * Queries shown: the first ones of the evaluation, so that the random streams give what was
 * evaluated.
 */
const SHOWN = 3;

/** One query and each model's five best courses. */
export interface SanitySample {
  readonly pair_id: number;
  readonly prefix: readonly string[];
  readonly label: string;
  readonly top5: Record<string, readonly string[]>;
}

/** The first queries without recommendations yet. */
export function sampleQueries({ courses }: Dataset, queries: Queries): SanitySample[] {
  return Array.from({ length: Math.min(SHOWN, queries.rows.length) }, (_, query) => ({
    pair_id: queries.pairs.pairId[queries.rows[query]],
    prefix: Array.from(queryPrefix(queries, query).slice(-10), (item) => courses[item]),
    label: courses[queries.labels[query]],
    top5: {},
  }));
}

/**
 * Adds a model's five best courses to the samples. `scorer` must be fresh: nothing drawn from its
 * stream yet.
 */
export async function addRecommendations(
  samples: readonly SanitySample[],
  name: string,
  scorer: Scorer,
  { courses }: Dataset,
  queries: Queries,
): Promise<void> {
  const scores = await scorer.score(queries, 0, samples.length);
  samples.forEach((sample, row) =>
    sample.top5[name] = topK(scores, row * scorer.nItems, scorer.nItems, 5).map((item) =>
      courses[item]
    )
  );
}
