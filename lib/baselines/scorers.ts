/**
 * Each model as a `Scorer`. The exact models draw from streams that start anew with each scorer.
 */
import type { Engine } from "../engine/engine.ts";
import { type PopularityModel, scorePopularity } from "./popularity.ts";
import { type RandomModel, randomStream, scoreRandom } from "./random.ts";
import { sampleStream, scoreSessionKnn, type SessionKnnModel } from "./sessionknn.ts";
import type { Scorer } from "../evaluation/evaluate.ts";
import { queryPrefix, queryWindows } from "../evaluation/queries.ts";

/** Random scores, drawn in query order. */
export function randomScorer(model: RandomModel): Scorer {
  const stream = randomStream(model);
  return { nItems: model.nItems, score: (_, from, to) => scoreRandom(model, stream, to - from) };
}

/** The same popularity for every query. */
export function popularityScorer(model: PopularityModel): Scorer {
  return { nItems: model.shares.length, score: (_, from, to) => scorePopularity(model, to - from) };
}

/** Session-KNN over whole prefixes, its samples drawn in query order. */
export function sessionKnnScorer(model: SessionKnnModel): Scorer {
  const stream = sampleStream(model);
  const { nItems } = model;
  return {
    nItems,
    score: (queries, from, to) => {
      const scores = new Float64Array((to - from) * nItems);
      for (let query = from; query < to; query++) {
        scores.set(
          scoreSessionKnn(model, queryPrefix(queries, query), stream),
          (query - from) * nItems,
        );
      }
      return scores;
    },
  };
}

/**
 * Catalogues from this size on are ranked on the device where the engine can: the scores would be
 * larger than all else that travels.
 */
const RANK_ON_DEVICE = 20_000;

/** A neural model on its engine; windows keep the last `maxLen` items. */
export function engineScorer(engine: Engine, nItems: number, maxLen: number): Scorer {
  const score: Scorer["score"] = (queries, from, to) =>
    engine.score(queryWindows(queries, from, to, maxLen));
  if (engine.rank === undefined || nItems < RANK_ON_DEVICE) return { nItems, score };
  return {
    nItems,
    score,
    rank: (queries, from, to) =>
      engine.rank!(queryWindows(queries, from, to, maxLen), queries.labels.subarray(from, to)),
  };
}
