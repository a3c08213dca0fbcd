import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  cliquesOf,
  criticalDifference,
  rangeQuantile,
  rankModels,
} from "../../lib/metrics/friedman.ts";

Deno.test("critical values are those of Demšar's table 5(a)", () => {
  const table = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164];
  // the table is cut, not rounded
  for (const [i, value] of table.entries()) {
    assertAlmostEquals(rangeQuantile(i + 2) / Math.SQRT2, value, 8e-4);
  }
  assertAlmostEquals(criticalDifference(4, 14), 2.569 * Math.sqrt(4 * 5 / (6 * 14)), 1e-3);
});

Deno.test("mean ranks: equal values share theirs; models that rank alike have a large p", () => {
  const { ranks, meanRanks, p } = rankModels([[0.5, 0.4, 0.4], [0.6, 0.1, 0.7]], 1);
  assertEquals(ranks, [[1, 2.5, 2.5], [2, 3, 1]]);
  assertEquals(meanRanks, [1.5, 2.75, 1.75]);
  assert(p > 0.3, `${p}`);
  const same = rankModels([[1, 1], [2, 2]], 1);
  assertEquals([same.meanRanks, same.p], [[1.5, 1.5], 1]);
  assertThrows(() => rankModels([], 1), RangeError);
});

Deno.test("Friedman's p is exact where all assignments can be counted", () => {
  // five data sets, three models in the same order: 6 of 6⁵ assignments are as far
  const { p } = rankModels(Array.from({ length: 5 }, () => [3, 2, 1]), 1);
  assertAlmostEquals(p, 6 / 6 ** 5, 4e-4);
  // two models, four of five: sign test, 2 (1 + 5) / 32
  const four = rankModels([[1, 0], [1, 0], [1, 0], [1, 0], [0, 1]], 2);
  assertAlmostEquals(four.p, 12 / 32, 0.02);
});

Deno.test("cliques: models within the critical difference, none of them inside another", () => {
  const ranking = { ranks: [], p: 0.01, criticalDifference: 1.5 };
  assertEquals(cliquesOf({ ...ranking, meanRanks: [4.2, 1, 2, 3, 6] }), [[1, 2], [2, 3], [3, 0]]);
  assertEquals(cliquesOf({ ...ranking, meanRanks: [1, 1.2, 1.4] }), [[0, 1, 2]]);
  assertEquals(cliquesOf({ ...ranking, meanRanks: [1, 3, 5] }), []);
});
