import { assert, assertEquals } from "@std/assert";
import { bagsOf, lastDays, type Sessions, sessionsOf } from "../../lib/dataset/sessions.ts";
import { permutation } from "../../lib/random/threefry.ts";
import { choices } from "../fuzz/random.ts";
import { pairRows, pairsOf, type TinySession } from "./tiny.ts";

/** Sessions as lists. */
const listed = ({ count, offsets, items, times }: Sessions) =>
  Array.from({ length: count }, (_, s) => ({
    items: [...items.subarray(offsets[s], offsets[s + 1])],
    times: [...times.subarray(offsets[s], offsets[s + 1])],
  }));

Deno.test("a session is the longest prefix and its label, at the labels' times", () => {
  const pairs = pairsOf(pairRows([
    { user: "b", items: [4, 2], times: [5, 9] },
    { user: "a", items: [3, 1, 3, 0], times: [20, 25, 30, 35] },
    { user: "a", items: [1, 2], times: [7, 8] },
  ]));
  assertEquals(listed(sessionsOf(pairs)), [
    { items: [1, 2], times: [8, 8] }, // a learner's sessions by time; a first course has no time
    { items: [3, 1, 3, 0], times: [25, 25, 30, 35] },
    { items: [4, 2], times: [9, 9] },
  ]);
});

Deno.test("sessions that begin alike stay apart, and one that goes on is found again", () => {
  const alike = [[5, 6], [5, 6, 7], [5], [5, 8]];
  const rows = pairRows(
    alike.map((items, s) => ({ user: "u", items, times: items.map((_, i) => 100 * s + i) })),
  );
  assertEquals(listed(sessionsOf(pairsOf(rows))).map(({ items }) => items), [
    [5, 6],
    [5, 6, 7],
    [5, 8],
  ]);
  const interrupted = pairRows([
    { user: "u", items: [1, 2, 3], times: [1, 2, 30] },
    { user: "u", items: [7, 8], times: [10, 20] },
  ]);
  assertEquals(listed(sessionsOf(pairsOf(interrupted))), [
    { items: [1, 2, 3], times: [2, 2, 30] },
    { items: [7, 8], times: [20, 20] },
  ]);
});

Deno.test("courses that no pair has as its label take the time before theirs", () => {
  const rows = pairRows([{ user: "u", items: [1, 2, 3, 4, 5], times: [0, 10, 10, 10, 20] }]);
  const kept = rows.filter(({ prefix }) => prefix.length !== 2 && prefix.length !== 3);
  assertEquals(listed(sessionsOf(pairsOf(kept))), [
    { items: [1, 2, 3, 4, 5], times: [10, 10, 10, 10, 20] },
  ]);
  const late = rows.filter(({ prefix }) => prefix.length === 4);
  assertEquals(listed(sessionsOf(pairsOf(late)))[0].times, [20, 20, 20, 20, 20]);
});

Deno.test("whatever the order of the rows, the sessions are the same", () => {
  const { int: below } = choices(11);
  const sessions: TinySession[] = Array.from({ length: 60 }, (_, s) => {
    const items = Array.from({ length: 2 + below(6) }, () => below(4));
    const begin = 1000 * below(40) + s; // overlapping, and no two events at one time
    return { user: `u${below(7)}`, items, times: items.map((_, i) => begin + 100 * i) };
  });
  const rows = pairRows(sessions);
  const inOrder = listed(sessionsOf(pairsOf(rows)));
  const key = ({ items, times }: { items: readonly number[]; times: readonly number[] }) =>
    JSON.stringify([items, times.slice(1)]);
  assertEquals(inOrder.map(key).sort(), sessions.map(key).sort());
  for (let round = 0; round < 20; round++) {
    const shuffled = [...permutation(round, 5, rows.length)].map((row) => rows[row]);
    assertEquals(listed(sessionsOf(pairsOf(shuffled))), inOrder);
  }
});

Deno.test("no pairs, no sessions", () => {
  assertEquals(listed(sessionsOf(pairsOf([]))), []);
  assertEquals(lastDays(sessionsOf(pairsOf([])), 3).count, 0);
});

Deno.test("the last days begin at midnight, and events before are left out", () => {
  const day = 86_400;
  const sessions = sessionsOf(pairsOf(pairRows([
    { items: [1, 2, 3], times: [0, 7 * day - 1, 7 * day] },
    { items: [4, 5], times: [0, 5 * day] },
    { items: [6, 7], times: [0, 9 * day + 3600] },
  ])));
  assertEquals(listed(lastDays(sessions, 2)), [
    { items: [3], times: [7 * day] },
    { items: [6, 7], times: [9 * day + 3600, 9 * day + 3600] },
  ]);
  assertEquals(listed(lastDays(sessions, 4)).length, 3);
});

Deno.test("bags hold each course of a session once, with its count", () => {
  const sessions = sessionsOf(pairsOf(pairRows([
    { items: [3, 1, 3, 3], times: [1, 2, 3, 4] },
    { items: [1, 3], times: [1, 2] },
  ])));
  const { count, offsets, items, counts } = bagsOf(sessions, 5);
  assertEquals([count, ...offsets], [2, 0, 2, 4]);
  assertEquals([...items], [3, 1, 1, 3]);
  assertEquals([...counts], [3, 1, 1, 1]);
  assert(sessions.items.length === counts.reduce((sum, n) => sum + n, 0));
});
