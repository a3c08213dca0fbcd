/** Random tasks, their pairs of sessions that several share, for comparisons with the CPU. */
import { uniform } from "../../../../lib/random/threefry.ts";
import type { TaskPair, TaskPairs } from "../../../../lib/samplers/task_windows.ts";

/** Tasks with `pairs` support pairs and two more queries, over sessions of seven courses. */
export function randomTasks(nItems: number, tasks: number, pairs: number): TaskPairs[] {
  const words = new Uint32Array(2);
  const draw = (stream: number, i: number, n: number) =>
    Math.floor(uniform(11, stream, i, words) * n);
  return Array.from({ length: tasks }, (_, t) => {
    const list = (stream: number, count: number): TaskPair[] => {
      const session = Int32Array.from({ length: 7 }, (_, i) => draw(stream, i, nItems));
      session[1] = 0; // a course that shares the padding's row
      // three pairs of one session, two of them of one prefix, then each of a session of its own
      return Array.from({ length: count }, (_, p) => ({
        prefix: p < 3 ? session.subarray(0, [4, 2, 4][p]) : session.slice(0, p),
        label: draw(stream, 20 + p, nItems),
      }));
    };
    return { support: list(2 * t, pairs), queries: list(2 * t + 1, pairs + 2) };
  });
}
