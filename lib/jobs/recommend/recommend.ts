/** Scores → the best courses, by name. */
import { type Scores, topK } from "../../metrics/rank.ts";
import type { Catalogue } from "./catalogue.ts";

/** What is asked of a model. */
export interface Ask {
  /** The session's course ids in order; only popularity answers a session without any. */
  readonly session: Int32Array;
  /** The learner's earlier sessions, the oldest first, for a model that takes them. */
  readonly history?: readonly Int32Array[];
  /** The few-shot method that uses the history; default: the model's first. */
  readonly method?: string;
  /** Courses wanted; a catalogue with fewer gives what it has. */
  readonly top: number;
  /** Leave out the courses of the session. */
  readonly excludeSeen: boolean;
}

/** One recommended course. */
export interface Recommendation {
  readonly course: string;
  /** The model's own score, as the evaluation ranks it: a logit, a share, a weighted vote. */
  readonly score: number;
  /** Softmax of the logits over all courses, excluded ones included; neural models only. */
  readonly probability?: number;
}

/**
 * The best courses of row `row` of scores [rows × n], best first, ties to the lower id. `logits`
 * says that the scores are logits, which adds probabilities.
 */
export function recommendRow(
  scores: Scores,
  row: number,
  { courses }: Catalogue,
  { session, top, excludeSeen }: Ask,
  logits: boolean,
): Recommendation[] {
  const nItems = courses.length;
  const offset = row * nItems;
  const best = topK(scores, offset, nItems, top, excludeSeen ? new Set(session) : undefined);
  if (!logits) return best.map((item) => ({ course: courses[item], score: scores[offset + item] }));
  const logSum = logSumExp(scores, offset, nItems);
  return best.map((item) => {
    const score = scores[offset + item];
    return { course: courses[item], score, probability: Math.exp(score - logSum) };
  });
}

function logSumExp(scores: Scores, offset: number, length: number): number {
  let largest = -Infinity;
  let sum = 0;
  for (let i = offset; i < offset + length; i++) largest = Math.max(largest, scores[i]);
  for (let i = offset; i < offset + length; i++) sum += Math.exp(scores[i] - largest);
  return largest + Math.log(sum);
}
