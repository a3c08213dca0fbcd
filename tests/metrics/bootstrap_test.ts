import { assert, assertEquals, assertThrows } from "@std/assert";
import { bootstrapInterval, pairedBootstrap } from "../../lib/metrics/bootstrap.ts";

const episodes = 100;
const offsets = Int32Array.from({ length: episodes + 1 }, (_, e) => 4 * e);
/** Half of all queries are hits. */
const half = Int32Array.from({ length: 4 * episodes }, (_, i) => i % 2 === 0 ? 1 : 9);
/** As many hits, but an episode's queries all hit or all miss. */
const clustered = Int32Array.from(
  { length: 4 * episodes },
  (_, i) => Math.floor(i / 4) % 2 === 0 ? 1 : 9,
);

Deno.test("episodes are drawn whole: clustering widens the interval", () => {
  // every episode has two of four
  assertEquals(bootstrapInterval(half, offsets, "accuracy@1", 1), { low: 0.5, high: 0.5 });
  const { low, high } = bootstrapInterval(clustered, offsets, "accuracy@1", 1);
  const wanted = 2 * 1.96 * Math.sqrt(0.25 / episodes);
  assert(
    Math.abs(high - low - wanted) < 0.2 * wanted,
    `width ${high - low}, wanted about ${wanted}`,
  );
});

Deno.test("the same seed gives the same interval, another seed another", () => {
  assertEquals(
    bootstrapInterval(clustered, offsets, "mrr", 1),
    bootstrapInterval(clustered, offsets, "mrr", 1),
  );
  assert(
    bootstrapInterval(clustered, offsets, "mrr", 1).low !==
      bootstrapInterval(clustered, offsets, "mrr", 2).low,
  );
});

Deno.test("a paired difference: none with itself, certain with a worse model", () => {
  const same = pairedBootstrap(clustered, clustered, offsets, "accuracy@1", 1);
  assertEquals([same.difference, same.interval.low, same.interval.high, same.p], [0, 0, 0, 1]);
  const worse = pairedBootstrap(clustered, clustered.map(() => 9), offsets, "accuracy@1", 1);
  assertEquals(worse.difference, 0.5);
  assert(worse.interval.low > 0.35 && worse.p <= 0.001);
});

Deno.test("different queries cannot be paired", () => {
  assertThrows(() => pairedBootstrap([1], [1, 2], [0, 1], "mrr", 1), RangeError, "same queries");
  assertThrows(() => bootstrapInterval([], [0], "mrr", 1), RangeError, "at least one episode");
});
