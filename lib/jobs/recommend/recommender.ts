/** A saved model, ready to be asked. */
import { ADAM, type CreateEngine } from "../../engine/engine.ts";
import { startingState } from "../../engine/training_state.ts";
import type { Scorer } from "../../evaluation/evaluate.ts";
import {
  engineScorer,
  popularityScorer,
  randomScorer,
  sessionKnnScorer,
} from "../../baselines/scorers.ts";
import type { Scores } from "../../metrics/rank.ts";
import type { SavedModel } from "../../baselines/model_files.ts";
import type { Catalogue } from "./catalogue.ts";
import { type Ask, type Recommendation, recommendRow } from "./recommend.ts";
import { sessionQueries } from "./sessions.ts";

/** A model that answers. Calls come one after another, never at once: an engine is behind it. */
export interface Recommender {
  /** The model's name in its run. */
  readonly name: string;
  readonly architecture: string;
  /** What computes: "wasm, 1 thread"; "TypeScript" for the models without an engine. */
  readonly device: string;
  readonly catalogue: Catalogue;
  /**
   * The best courses for each ask. A session's answer depends on the session alone, not on what is
   * asked beside or before it.
   */
  recommend(asks: readonly Ask[]): Promise<Recommendation[][]>;
  /** Frees the engine. */
  dispose(): void;
}

/** Scores in memory at once. */
const SCORES_AT_ONCE = 4_000_000;

/** Makes a saved model ready. `create` makes the engine of a neural one. */
export async function openRecommender(
  name: string,
  saved: SavedModel,
  catalogue: Catalogue,
  create: () => Promise<CreateEngine>,
  threads?: number,
): Promise<Recommender> {
  const nItems = catalogue.courses.length;
  const chunk = Math.max(1, Math.floor(SCORES_AT_ONCE / nItems));
  const answer = async (score: Scorer["score"], logits: boolean, asks: readonly Ask[]) => {
    const queries = sessionQueries(asks.map(({ session }) => session));
    const answers: Recommendation[][] = [];
    for (let from = 0; from < asks.length; from += chunk) {
      const part = asks.slice(from, from + chunk);
      const scores = await score(queries, from, from + part.length);
      part.forEach((ask, row) => answers.push(recommendRow(scores, row, catalogue, ask, logits)));
    }
    return answers;
  };
  if ("parameters" in saved) {
    const { model, parameters } = saved;
    const engine = await (await create())({
      model,
      state: startingState(model, 0, parameters),
      optimizer: ADAM,
      seed: 0,
      threads,
    });
    const { score } = engineScorer(engine, model.nItems, model.maxLen);
    return {
      name,
      architecture: model.architecture,
      device: engine.device,
      catalogue,
      recommend: (asks) => answer(score, true, asks),
      dispose: () => engine.dispose(),
    };
  }
  // random and sessionknn draw from a stream that runs on from query to query: each session gets
  // its beginning
  const score: Scorer["score"] = async (queries, from, to) => {
    const scores: Scores = new Float64Array((to - from) * nItems);
    for (let query = from; query < to; query++) {
      scores.set(
        await exactScorer(saved).score(queries, query, query + 1),
        (query - from) * nItems,
      );
    }
    return scores;
  };
  return {
    name,
    architecture: saved.architecture,
    device: "TypeScript",
    catalogue,
    recommend: (asks) => answer(score, false, asks),
    dispose: () => {},
  };
}

function exactScorer(saved: Exclude<SavedModel, { parameters: unknown }>): Scorer {
  switch (saved.architecture) {
    case "random":
      return randomScorer(saved);
    case "popularity":
      return popularityScorer(saved);
    case "sessionknn":
      return sessionKnnScorer(saved);
  }
}
