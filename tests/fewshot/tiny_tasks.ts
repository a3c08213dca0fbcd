/** A few learners with sessions, and a base model that is a table, for few-shot tests. */
import type { Split } from "../../lib/dataset/dataset.ts";
import { type Base, softmax } from "../../lib/fewshot/base.ts";
import { type Tasks, tasksOf } from "../../lib/fewshot/task.ts";
import { pairRows, pairsOf, type TinySession } from "../dataset/tiny.ts";

/** Courses of the tiny catalogue. */
export const N_ITEMS = 6;

/** One episode a learner: its first `k` pairs are the support, the others the queries. */
export function tinySplit(sessions: readonly TinySession[], k: number): Split {
  const pairs = pairsOf(pairRows(sessions));
  const byUser = pairs.users.map((_, u) => {
    const rows = [...pairs.user.keys()].filter((row) => pairs.user[row] === u);
    return rows.sort((a, b) => pairs.labelTime[a] - pairs.labelTime[b] || a - b);
  });
  const offsets = (lengths: number[]) =>
    Int32Array.from([0, ...lengths].map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0)));
  return {
    pairs,
    episodes: {
      count: byUser.length,
      episodeId: Float64Array.from(byUser, (_, i) => i),
      user: Int32Array.from(byUser, (_, i) => i),
      supportOffsets: offsets(byUser.map(() => k)),
      supportRows: Int32Array.from(byUser.flatMap((rows) => rows.slice(0, k))),
      queryOffsets: offsets(byUser.map((rows) => rows.length - k)),
      queryRows: Int32Array.from(byUser.flatMap((rows) => rows.slice(k))),
    },
  };
}

/** Learner `a` has two sessions, the second one goes on in the queries; `b` has one. */
export const SESSIONS: readonly TinySession[] = [
  { user: "a", items: [0, 1, 2], times: [1, 2, 3] },
  { user: "a", items: [3, 4, 1, 5], times: [10, 11, 12, 13] },
  { user: "a", items: [0, 5], times: [20, 21] },
  { user: "b", items: [5, 4, 3, 2, 1, 0], times: [5, 6, 7, 8, 9, 10] },
];

/** The tasks of `SESSIONS` with three support pairs each. */
export function tinyTasks(): Tasks {
  return tasksOf(tinySplit(SESSIONS, 3));
}

/** After course c, course i has the logit of (i − c) mod 6, halved; the state points at c. */
export const TABLE: Base = {
  nItems: N_ITEMS,
  maxLen: 4,
  ask: (prefixes) =>
    Promise.resolve(prefixes.map((prefix) => {
      const last = prefix[prefix.length - 1];
      const logits = Float32Array.from(
        { length: N_ITEMS },
        (_, item) => ((item - last + N_ITEMS) % N_ITEMS) / 2,
      );
      const state = Float32Array.from({ length: N_ITEMS }, (_, i) => i === last ? 2 : 0);
      return { logits, chances: softmax(logits), state };
    })),
};
