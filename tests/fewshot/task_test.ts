/** Tasks from episodes: who knows what, in which order, and the placebo. */
import { assertEquals, assertThrows } from "@std/assert";
import {
  askedOf,
  inOwnSession,
  supportOf,
  supportOfSessions,
  tasksOf,
  withPlacebo,
} from "../../lib/fewshot/task.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { SESSIONS, tinySplit, tinyTasks } from "./tiny_tasks.ts";

Deno.test("a support is its pairs in time and its sessions as far as the pairs show them", () => {
  const { tasks, asked } = tinyTasks();
  const [a, b] = tasks;
  assertEquals(a.support.pairs.map(({ prefix, label }) => [[...prefix], label]), [
    [[0], 1],
    [[0, 1], 2],
    [[3], 4],
  ]);
  assertEquals(a.support.sessions.map((session) => [...session]), [[0, 1, 2], [3, 4]]);
  assertEquals(a.queries.map(({ prefix, own }) => [[...prefix], own]), [
    [[3, 4], 1],
    [[3, 4, 1], 1],
    [[0], undefined], // begins as the first session does, and is another one
  ]);
  assertEquals(b.queries.map(({ own }) => own), [0, 0]);
  assertEquals([...asked.labels], [1, 5, 5, 1, 0]);
  assertEquals(inOwnSession(tinyTasks()), [true, true, false, true, true]);
});

Deno.test("a session that begins like another is its own, equal pairs are of the last", () => {
  const of = (prefix: number[], label: number) => ({ prefix: Int32Array.from(prefix), label });
  const support = supportOf([of([0], 1), of([0, 2], 3), of([0, 1], 4), of([5], 1), of([5, 1], 2)]);
  assertEquals(support.sessions.map((session) => [...session]), [[0, 1, 4], [0, 2, 3], [5, 1, 2]]);
  const own = (...prefix: number[]) => askedOf(support, Int32Array.from(prefix)).own;
  assertEquals([own(0, 1, 4), own(0, 1), own(0, 2, 3, 9), own(5, 1, 2, 7)], [0, undefined, 1, 2]);
});

Deno.test("placebo: the next task's support, and no session is one's own", () => {
  const tasks = tinyTasks();
  const placebo = withPlacebo(tasks);
  assertEquals(placebo.tasks.map(({ support }) => support), [
    tasks.tasks[1].support,
    tasks.tasks[0].support,
  ]);
  assertEquals(placebo.tasks[0].queries.map(({ own }) => own), [undefined, undefined, undefined]);
  assertEquals(placebo.asked, tasks.asked);
});

Deno.test("support after its queries is refused, with the episode and both times", () => {
  const { pairs, episodes } = tinySplit(SESSIONS, 3);
  const turned = {
    ...episodes,
    supportOffsets: episodes.queryOffsets,
    supportRows: episodes.queryRows,
    queryOffsets: episodes.supportOffsets,
    queryRows: episodes.supportRows,
  };
  assertThrows(
    () => tasksOf({ pairs, episodes: turned }),
    InputError,
    "While reading episode 0: a support pair of the time 21 and a query pair of 2",
  );
});

Deno.test("a history's support is its last pairs, however long it is", () => {
  const short = [Int32Array.of(5, 6, 7), Int32Array.of(8), Int32Array.of(1, 2)];
  const { pairs } = supportOfSessions(short, 2);
  assertEquals(pairs.map(({ prefix, label }) => [[...prefix], label]), [[[5, 6], 7], [[1], 2]]);
  const long = Int32Array.from({ length: 300_000 }, (_, i) => i % 120);
  const { pairs: last, sessions } = supportOfSessions([long, ...short], 4);
  assertEquals(last.map(({ prefix, label }) => [prefix.length, label]), [
    [299_999, 119],
    [1, 6],
    [2, 7],
    [1, 2],
  ]);
  assertEquals(sessions.map(({ length }) => length), [300_000, 3, 2]);
});
