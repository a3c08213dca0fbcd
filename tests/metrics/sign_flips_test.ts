import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { clustersOf } from "../../lib/metrics/clusters.ts";
import { pairedDifference } from "../../lib/metrics/paired.ts";
import { drawSigns, signFlipTest } from "../../lib/metrics/sign_flips.ts";

const never = () => {
  throw new Error("asked for drawn signs");
};

Deno.test("the mid-p of few users, by hand", () => {
  const p = (...differences: number[]) => signFlipTest(Float64Array.from(differences), never).p;
  assertEquals(p(), 1);
  assertEquals(p(0, 0, 0), 1);
  assertEquals(p(5), 1 / 2); // both signs are as far
  assertEquals(p(1, 1), 1 / 4);
  assertEquals(p(1, -1), 1 / 2 + 1 / 4); // two of four are farther, two as far
  assertEquals(p(3, 2, 1), 1 / 8);
  assertEquals(p(0.5, 0.25, -0.125), 1 / 4 + 1 / 8); // 0.625; farther: 0.875
  assertEquals(p(...new Array(5).fill(2)), 2 ** -5);
});

Deno.test("with fewer than five users nothing can be called different at 5 %", () => {
  for (let users = 1; users < 5; users++) {
    const { p } = signFlipTest(new Float64Array(users).fill(9), never);
    assert(p > 0.05, `${users} users: ${p}`);
  }
});

Deno.test("the table of whole numbers, the halves and the draws agree", () => {
  const whole = Float64Array.from({ length: 28 }, (_, i) => (i * 7) % 5 - 1.9 < 0 ? -1 : 1 + i % 3);
  const { p, exact } = signFlipTest(whole, never);
  const halves = signFlipTest(whole.map((x) => x / 7), never); // no whole numbers any more
  assert(exact && halves.exact);
  assertAlmostEquals(halves.p, p, 1e-12);
  const long = Float64Array.from({ length: 90 }, (_, i) => i % 3 === 0 ? -1.5 : 1);
  const table = signFlipTest(long.map((x) => 2 * x), never);
  const drawn = signFlipTest(long, () => drawSigns(1, 90));
  assertEquals([table.exact, drawn.exact], [true, false]);
  assertAlmostEquals(drawn.p, table.p, 4 * Math.sqrt(table.p * (1 - table.p) / 50_000));
});

Deno.test("drawn p-values: the same for the same seed, others for another, never zero", () => {
  const differences = Float64Array.from({ length: 60 }, (_, i) => (i % 3 - 0.7) / (1 + i));
  const p = (seed: number, of = differences) => signFlipTest(of, () => drawSigns(seed, 60)).p;
  assertEquals(p(1), p(1));
  assert(p(1) !== p(2));
  const clear = p(1, differences.map((_, i) => 1 + i / 1000));
  assert(clear > 0 && clear < 1e-4, `${clear}`);
});

Deno.test("signs are fair coins, eight users a byte", () => {
  const { width, draws, bytes } = drawSigns(7, 11);
  assertEquals([width, draws, bytes.length], [2, 50_000, 100_000]);
  for (let user = 0; user < 11; user++) {
    let heads = 0;
    for (let draw = 0; draw < draws; draw++) {
      heads += bytes[draw * width + (user >> 3)] >> (user & 7) & 1;
    }
    assert(Math.abs(heads - draws / 2) < 4 * Math.sqrt(draws / 4), `${user}: ${heads}`);
  }
});

Deno.test("of very many users the normal limit is taken, where it agrees with the draws", () => {
  const share = (users: number) =>
    Float64Array.from({ length: users }, (_, i) => (i % 7 - 2.99) / (1 + i % 5));
  const drawn = signFlipTest(share(19_999), () => drawSigns(1, 19_999));
  const limit = signFlipTest(share(20_001), never);
  assertAlmostEquals(limit.p, drawn.p, 0.05 * limit.p);
  assert(limit.p > 0.01 && limit.p < 0.9 && !limit.exact, `${limit.p}`);
});

Deno.test("a paired difference: none with itself, certain with a worse model", () => {
  const users = clustersOf(Array.from({ length: 400 }, (_, i) => Math.floor(i / 4)));
  const half = Int32Array.from({ length: 400 }, (_, i) => Math.floor(i / 4) % 2 === 0 ? 1 : 9);
  const same = pairedDifference(half, half, users, "accuracy@1", 1);
  assertEquals([same.difference, same.p, same.differing], [0, 1, 0]);
  assert(same.interval.low < 0 && same.interval.high > 0, "equal here is not equal everywhere");
  const worse = pairedDifference(half, half.map(() => 9), users, "accuracy@1", 1);
  assertEquals([worse.difference, worse.differing], [0.5, 50]);
  assert(worse.interval.low > 0.35 && worse.p < 1e-10);
});

Deno.test("the same reciprocal ranks in another order are no difference", () => {
  const users = clustersOf([0, 0, 0, 1, 1, 1]);
  const paired = pairedDifference([3, 7, 11, 3, 7, 11], [11, 3, 7, 7, 11, 3], users, "mrr", 1);
  assertEquals([paired.differing, paired.p, paired.difference], [0, 1, 0]);
});

Deno.test("different queries cannot be paired", () => {
  const users = clustersOf([0]);
  assertThrows(() => pairedDifference([1], [1, 2], users, "mrr", 1), RangeError, "same queries");
});
