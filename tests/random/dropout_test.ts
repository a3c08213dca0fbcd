import { assert, assertEquals, assertThrows } from "@std/assert";
import { fillMask, keeps, threshold } from "../../lib/random/dropout.ts";

Deno.test("a mask keeps the right share, scaled so that the mean stays", () => {
  for (const p of [0.1, 0.2, 0.5]) {
    const n = 100_000;
    const mask = new Float32Array(n);
    fillMask(mask, { seed: 1, site: 2, step: 3, rate: p }, 0);
    const kept = mask.filter((x) => x > 0).length / n;
    assert(Math.abs(kept - (1 - p)) < 4 * Math.sqrt(p * (1 - p) / n), `p ${p}: kept ${kept}`);
    assert(mask.every((x) => x === 0 || x === Math.fround(1 / (1 - p))));
  }
});

Deno.test("a run of a mask is the same elements one by one, wherever it begins", () => {
  const words = new Uint32Array(2);
  const p = 0.2;
  const limit = threshold(p);
  for (const first of [0, 1, 2, 3, 4, 1001]) {
    const mask = new Float32Array(13);
    fillMask(mask.subarray(2), { seed: 9, site: 4, step: 17, rate: p }, first);
    assertEquals(
      [...mask.subarray(2)].map((x) => x > 0),
      Array.from({ length: 11 }, (_, i) => keeps(9, 4, 17, first + i, limit, words)),
    );
    assertEquals([mask[0], mask[1]], [0, 0]);
  }
});

Deno.test("steps, sites and seeds have masks of their own", () => {
  const of = (seed: number, site: number, step: number) => {
    const mask = new Float32Array(64);
    fillMask(mask, { seed, site, step, rate: 0.5 }, 0);
    return mask.join();
  };
  assertEquals(new Set([of(1, 1, 1), of(2, 1, 1), of(1, 2, 1), of(1, 1, 2)]).size, 4);
});

Deno.test("rates outside [0, 1) are refused", () => {
  assertEquals(threshold(0), 0);
  for (const p of [-0.1, 1, NaN]) assertThrows(() => threshold(p), RangeError, "dropout rate");
});
