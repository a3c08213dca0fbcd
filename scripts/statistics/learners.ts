/**
 * Learners as the simulations draw them. A model ranks a learner's label first with a chance that
 * is the learner's own, drawn from a beta distribution, so that queries of one learner are
 * correlated; elsewhere the label's rank is log-uniform. Several models share a part of the chance
 * and of the misses, as models do that are asked the same.
 */
import type { MetricName } from "../../lib/metrics/metrics.ts";
import type { Draws } from "./draws.ts";

/** Courses of the simulated catalogue, as many as the notebook's. */
const COURSES = 343;
/** Queries of a learner. */
export const QUERIES = 10;
/** Part of the beta distribution's parameters that models of one learner share. */
const SHARED = 0.5;
/** Misses whose rank is that of the learner's other misses, and of the other models' misses. */
const BY_LEARNER = 0.3;
const BY_QUERY = 0.3;

/** Models asked the same queries, and how alike the queries of a learner are. */
export interface Population {
  /** Accuracy@1 of each model; 1/343 each where ranks are drawn uniformly. */
  readonly accuracies: readonly number[];
  /** Correlation of two queries of one learner. */
  readonly correlation: number;
}

/** The true value of a metric for a model of this accuracy. */
export function truth(accuracy: number, metric: MetricName): number {
  const misses = Array.from({ length: COURSES - 1 }, (_, i) => i + 2);
  const chance = (rank: number) => Math.log((rank + 1) / rank) / Math.log((COURSES + 1) / 2);
  const missed = misses.reduce((sum, rank) => {
    if (metric === "mrr") return sum + chance(rank) / rank;
    const places = { "accuracy@1": 1, "recall@5": 5, "recall@10": 10 }[metric];
    return rank <= places ? sum + chance(rank) : sum;
  }, 0);
  return accuracy + (1 - accuracy) * missed;
}

/** Ranks [learners × queries] of each model. */
export function askLearners(
  { accuracies, correlation }: Population,
  learners: number,
  queries: (learner: number) => number,
  draws: Draws,
): number[][] {
  const ranks: number[][] = accuracies.map(() => []);
  for (let learner = 0; learner < learners; learner++) {
    const chances = chancesOf(accuracies, correlation, draws);
    const ofLearner = draws.uniform();
    for (let query = queries(learner); query > 0; query--) {
      const ofQuery = draws.uniform();
      chances.forEach((chance, model) => {
        const luck = draws.uniform();
        // what is left of a draw that missed is uniform again
        const left = (luck - chance) / (1 - chance);
        ranks[model].push(luck < chance ? 1 : missedRank(left, ofLearner, ofQuery, draws));
      });
    }
  }
  return ranks;
}

/**
 * A learner's chance of a hit by each model. Gamma variables with a common part, divided by their
 * sum, are beta variables that are correlated; models of equal accuracy are exchangeable.
 */
function chancesOf(
  accuracies: readonly number[],
  correlation: number,
  { gamma, uniform }: Draws,
): number[] {
  const size = 1 / correlation - 1;
  const several = accuracies.length > 1 ? SHARED * size : 0;
  const hits = several * Math.min(...accuracies);
  const misses = several * (1 - Math.max(...accuracies));
  const commonHits = gamma(hits);
  const commonMisses = gamma(misses);
  return accuracies.map((accuracy) => {
    const hit = commonHits + gamma(accuracy * size - hits);
    const miss = commonMisses + gamma((1 - accuracy) * size - misses);
    // both vanish below the smallest number where the beta distribution is all at its ends
    if (hit + miss === 0) return uniform() < accuracy ? 1 : 0;
    return hit / (hit + miss);
  });
}

/** A rank from 2 to 343, log-uniform: the learner's, the query's or the model's own. */
function missedRank(kind: number, ofLearner: number, ofQuery: number, draws: Draws): number {
  const share = shareOf(kind, ofLearner, ofQuery, draws);
  return Math.floor(2 * ((COURSES + 1) / 2) ** share);
}

function shareOf(kind: number, ofLearner: number, ofQuery: number, { uniform }: Draws): number {
  if (kind < BY_LEARNER) return ofLearner;
  return kind < BY_LEARNER + BY_QUERY ? ofQuery : uniform();
}

/** Uniform ranks, as random scores give them: reciprocal ranks at their most skewed. */
export function randomRanks(learners: number, draws: Draws): number[] {
  return Array.from(
    { length: learners * QUERIES },
    () => 1 + Math.floor(COURSES * draws.uniform()),
  );
}

/** The true MRR of random scores. */
export const RANDOM_MRR =
  Array.from({ length: COURSES }, (_, i) => 1 / (i + 1)).reduce((sum, x) => sum + x, 0) / COURSES;
