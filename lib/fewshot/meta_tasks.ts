/** The tasks of meta-training's outer steps, drawn from the training episodes. */
import type { Split } from "../dataset/dataset.ts";
import { permutation, streamKey, uniform } from "../random/threefry.ts";
import type { TaskPairs } from "../samplers/task_windows.ts";
import { pairOf } from "./task.ts";

/**
 * How tasks are drawn: `users` draws distinct learners and one episode of each; `episodes` draws
 * episodes, of which active learners have many.
 */
export type TaskSampling = "users" | "episodes";

/** Draws the tasks of each outer step: the same for the same seed and step. */
export interface TaskDraws {
  /** Episodes of step `step` (from 1). */
  draw(step: number): Int32Array;
  /** An episode's pairs, the queries with their labels: it is a training episode. */
  pairs(episode: number): TaskPairs;
}

/** Draws from a training split. `perStep` is cut to the learners that there are. */
export function taskDraws(
  { pairs, episodes }: Split,
  sampling: TaskSampling,
  perStep: number,
  seed: number,
): TaskDraws {
  const byUser = new Map<number, number[]>();
  episodes.user.forEach((user, episode) => {
    const known = byUser.get(user);
    if (known === undefined) byUser.set(user, [episode]);
    else known.push(episode);
  });
  const users = [...byUser.values()];
  const scratch = new Uint32Array(2);
  const listOf = (rows: Int32Array, offsets: Int32Array, episode: number) =>
    Array.from(
      rows.subarray(offsets[episode], offsets[episode + 1]),
      (row) => pairOf(pairs, row),
    );
  return {
    draw(step) {
      const key = streamKey(`fewshot/tasks/${step}`);
      const draw = (i: number, n: number) => Math.floor(uniform(seed, key, i, scratch) * n);
      if (sampling === "episodes") {
        return Int32Array.from({ length: perStep }, (_, i) => draw(i, episodes.count));
      }
      const order = permutation(seed, streamKey(`fewshot/users/${step}`), users.length);
      return Int32Array.from(
        order.subarray(0, perStep),
        (user, i) => users[user][draw(i, users[user].length)],
      );
    },
    pairs: (episode) => ({
      support: listOf(episodes.supportRows, episodes.supportOffsets, episode),
      queries: listOf(episodes.queryRows, episodes.queryOffsets, episode),
    }),
  };
}
