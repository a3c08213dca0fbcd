import { assert, assertEquals } from "@std/assert";
import { sessionsOf } from "../../lib/dataset/sessions.ts";
import { positionSequences } from "../../lib/samplers/position_sequences.ts";
import { sessionPlan } from "../../lib/samplers/session_sequences.ts";
import { batchCount } from "../../lib/samplers/sequences.ts";
import { pairsOf } from "../dataset/tiny.ts";

/** Sessions of these lengths, every course of them another one. */
const LENGTHS = [2, 3, 7, 13, 5, 6];
const sessions = LENGTHS.map((length, s) => Array.from({ length }, (_, t) => 100 * s + t));
const pairs = pairsOf(sessions.flatMap((items, s) =>
  items.slice(1).map((label, t) => (
    { user: `u${s}`, prefix: items.slice(0, t + 1), label, time: t }
  ))
));
const positions = LENGTHS.reduce((sum, length) => sum + length - 1, 0);

for (const maxLen of [1, 3, 6, 50]) {
  Deno.test(`every position of every session is a target once, windows of ${maxLen}`, () => {
    const { items, start, length, ...targets } = positionSequences(sessionsOf(pairs), maxLen);
    const { targetOffsets, targetPosition, targetLabel } = targets;
    assertEquals(targetOffsets[start.length], positions);
    const asked = new Set<string>();
    const covered = new Set<number>();
    for (let w = 0; w < start.length; w++) {
      const window = [...items.subarray(start[w], start[w] + length[w])];
      assert(window.length >= 1 && window.length <= maxLen);
      const session = Math.floor(window[0] / 100);
      for (const item of window) {
        assert(!covered.has(item), `${item} is in two windows`);
        covered.add(item);
      }
      // a target a position, in their order
      const own = targetPosition.subarray(targetOffsets[w], targetOffsets[w + 1]);
      assertEquals([...own], window.map((_, t) => t));
      own.forEach((position, i) => {
        const label = targetLabel[targetOffsets[w] + i];
        // courses are numbered by their place: all that is seen came before, the last right before
        assertEquals(window.slice(0, position + 1).filter((item) => item >= label), []);
        assertEquals([window[position] + 1, Math.floor(label / 100)], [label, session]);
        asked.add(`${session} ${label % 100}`);
      });
    }
    assertEquals(asked.size, positions);
  });
}

Deno.test("windows are cut from the session's beginning, the last one ragged", () => {
  const { start, length, items } = positionSequences(sessionsOf(pairs), 5);
  const windows = Array.from(start, (at, w) => [items[at], length[w]]);
  assertEquals(windows.filter(([first]) => first >= 300 && first < 400), [
    [300, 5],
    [305, 5],
    [310, 2],
  ]);
});

Deno.test("an epoch has every window once, and keeps the ragged last batch", () => {
  const sequences = positionSequences(sessionsOf(pairs), 4);
  const windows = sequences.start.length;
  for (const epoch of [1, 2]) {
    const { order, offsets } = sessionPlan(sequences, 8, 1, "m", epoch);
    assertEquals([...order].sort((a, b) => a - b), Array.from({ length: windows }, (_, i) => i));
    assertEquals(offsets[offsets.length - 1], windows);
    const targets = Array.from(
      { length: offsets.length - 1 },
      (_, b) =>
        order.subarray(offsets[b], offsets[b + 1])
          .reduce((sum, w) => sum + sequences.length[w], 0),
    );
    assertEquals(targets.reduce((sum, n) => sum + n, 0), positions);
    assert(targets.slice(0, -1).every((n) => n >= 8 && n < 8 + 4), targets.join());
  }
  const plan = (epoch: number) => sessionPlan(sequences, 8, 1, "m", epoch);
  assert(plan(1).order.join() !== plan(2).order.join());
  assert(batchCount(plan(1)) > 2);
});

Deno.test("a session of one course has no window", () => {
  const one = {
    count: 2,
    offsets: Int32Array.of(0, 1, 3),
    items: Int32Array.of(4, 5, 6),
    times: new Float64Array(3),
  };
  const { start, targetLabel } = positionSequences(one, 3);
  assertEquals([[...start], [...targetLabel]], [[1], [6]]);
});
