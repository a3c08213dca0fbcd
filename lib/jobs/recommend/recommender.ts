/** A saved model, ready to be asked. */
import type { Fault } from "../../errors/input_error.ts";
import type { Computing, OpenScorer } from "../../baselines/baseline.ts";
import { queriesAtOnce } from "../../evaluation/evaluate.ts";
import type { Query } from "../../evaluation/queries.ts";
import type { Scores } from "../../metrics/rank.ts";
import { type FittedModel, openScorer } from "../models.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Histories, HistoryModel } from "./history.ts";
import { holdsPair } from "./placed_history.ts";
import { type Ask, type Recommendation, recommendRow } from "./recommend.ts";

/** A model that answers. Calls come one after another, never at once: an engine is behind it. */
export interface Recommender {
  /** The model's name in its run. */
  readonly name: string;
  readonly architecture: string;
  /** What computes: "wasm, 1 thread"; "TypeScript" for the models without an engine. */
  readonly device: string;
  readonly catalogue: Catalogue;
  /** The few-shot methods that take a learner's history, the default one first. */
  readonly historyMethods: readonly string[];
  /** Why there are none, where that was looked for. */
  readonly historyLacking?: Fault;
  /**
   * The best courses for each ask, in parts between which others have their turn. A session's
   * answer depends on the session alone, not on what is asked beside or before it.
   */
  recommend(asks: readonly Ask[]): Promise<Recommendation[][]>;
  /** Frees the engine. */
  dispose(): void;
}

/**
 * Makes a saved model ready. `computing` makes the engine of a neural one; `histories` answer asks
 * with a history, the first by default, and are disposed with it.
 */
export async function openRecommender(
  model: FittedModel,
  catalogue: Catalogue,
  computing: Computing,
  { methods: histories, lacking }: Histories = { methods: [] },
): Promise<Recommender> {
  const { name, architecture } = model.baseline;
  const open = () => openScorer(model, computing);
  const scorer = await open();
  const score = scorer.streams
    ? (queries: readonly Query[]) => eachAnew(open, queries)
    : scorer.score;
  const chunk = queriesAtOnce(catalogue.courses.length);

  /** Each ask by the method that its history wants, or by the model as it is. */
  async function answer(asks: readonly Ask[]): Promise<Recommendation[][]> {
    const answers: Recommendation[][] = asks.map(() => []);
    const byMethod = Map.groupBy(asks.keys(), (i) => methodOf(histories, asks[i]));
    for (const [history, places] of byMethod) {
      const own = places.map((i) => asks[i]);
      if (history === undefined) {
        const scores = await score(own.map(({ session }) => ({ prefix: session })));
        places.forEach((i, row) =>
          answers[i] = recommendRow(scores, row, catalogue, asks[i], scorer.logits === true)
        );
      } else {
        const rows = await history.score(own);
        places.forEach((i, row) =>
          answers[i] = recommendRow(rows[row], 0, catalogue, asks[i], history.logits)
        );
      }
    }
    return answers;
  }

  return {
    name,
    architecture,
    device: scorer.device,
    catalogue,
    historyMethods: histories.map((history) => history.name),
    historyLacking: lacking,
    async recommend(asks) {
      const answers: Recommendation[][] = [];
      for (let from = 0; from < asks.length; from += chunk) {
        // a timer: only while it waits does Deno look at its sockets at once
        if (from > 0) await new Promise((resolve) => setTimeout(resolve, 1));
        const part = asks.slice(from, from + chunk);
        answers.push(...await answer(part));
      }
      return answers;
    },
    dispose() {
      scorer.dispose();
      for (const history of histories) history.dispose();
    },
  };
}

/** The method that uses an ask's history; none where it holds no pair. */
function methodOf(
  histories: readonly HistoryModel[],
  { history = [], method }: Ask,
): HistoryModel | undefined {
  if (!holdsPair(history)) return undefined;
  return method === undefined ? histories[0] : histories.find(({ name }) => name === method);
}

/** Scores each query at the beginning of the model's stream, so that none depends on another. */
async function eachAnew(
  open: () => Promise<OpenScorer>,
  queries: readonly Query[],
): Promise<Scores> {
  const rows: Scores[] = [];
  for (const query of queries) {
    const scorer = await open();
    rows.push(await scorer.score([query]));
    scorer.dispose();
  }
  const scores = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0));
  rows.reduce((at, row) => {
    scores.set(row, at);
    return at + row.length;
  }, 0);
  return scores;
}
