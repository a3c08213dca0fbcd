import { assertEquals } from "@std/assert";
import { learnersByCourse } from "../../lib/dataset/course_learners.ts";
import { type Pairs, prefixOf } from "../../lib/dataset/dataset.ts";
import { madeUpLog } from "../baselines/made_up_log.ts";

/** The same by sets. */
function bySets(pairs: Pairs, nItems: number): number[] {
  const learners = Array.from({ length: nItems }, () => new Set<number>());
  for (let row = 0; row < pairs.count; row++) {
    for (const course of prefixOf(pairs, row)) learners[course].add(pairs.user[row]);
    learners[pairs.label[row]].add(pairs.user[row]);
  }
  return learners.map(({ size }) => size);
}

Deno.test("each learner of a course counts once, in whatever order the pairs stand", () => {
  for (const seed of [1, 2, 3]) {
    const { pairs, nItems } = madeUpLog(seed, 60);
    const wanted = bySets(pairs, nItems);
    assertEquals([...learnersByCourse(pairs, nItems)], wanted);
    assertEquals(wanted.some((n) => n > 1 && n < pairs.users.length), true);
  }
});

Deno.test("prefixes that share a place in the pool are of their own learners", () => {
  const pairs: Pairs = {
    count: 3,
    pairId: Float64Array.of(0, 1, 2),
    users: ["a", "b"],
    user: Int32Array.of(0, 1, 0),
    items: Int32Array.of(4, 5, 6),
    prefixStart: Int32Array.of(0, 0, 0),
    prefixLength: Int32Array.of(2, 2, 3),
    label: Int32Array.of(0, 0, 5),
    labelTime: Float64Array.of(1, 2, 3),
  };
  assertEquals([...learnersByCourse(pairs, 8)], [2, 0, 0, 0, 2, 2, 1, 0]);
});
