import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { checkLoss, CROSS_ENTROPY, positiveWeight } from "../../lib/models/loss.ts";
import {
  binaryGradients,
  bprMaxGradients,
  type DifferentiateScores,
} from "../../lib/models/sampled_loss.ts";

const bce = (negatives: number) => ({ name: "bce", negatives, calibration: 0 }) as const;
const gbce = (negatives: number, calibration: number) =>
  ({ name: "gbce", negatives, calibration }) as const;
const bprMax = (regularisation: number) =>
  ({ name: "bpr_max", negatives: 4, regularisation }) as const;

const LOSSES: readonly (readonly [string, DifferentiateScores])[] = [
  ["bce", binaryGradients(bce(4), 30)],
  ["gbce", binaryGradients(gbce(4, 0.75), 30)],
  ["bpr_max", bprMaxGradients(bprMax(0.5))],
  ["bpr_max without regularisation", bprMaxGradients(bprMax(0))],
];

/** Ordinary ones, one that was drawn twice, one negative far above the label, all alike. */
const SCORES = [[1.2, -0.7, 0.3, 0.3, 2.1], [-3, 8, -1, 0.5, 0], [0, 0, 0, 0, 0]];

for (const [name, differentiate] of LOSSES) {
  Deno.test(`${name}: gradients are the differences of losses`, () => {
    const lossAt = (scores: number[]) => differentiate(Float64Array.from(scores), 1);
    for (const scores of SCORES) {
      const d = Float64Array.from(scores);
      assertEquals(differentiate(d, 2), lossAt(scores), "the loss is not scaled");
      scores.forEach((_, j) => {
        const moved = (by: number) => lossAt(scores.map((x, i) => i === j ? x + by : x));
        assertAlmostEquals(d[j] / 2, (moved(1e-5) - moved(-1e-5)) / 2e-5, 1e-8);
      });
    }
  });

  Deno.test(`${name}: scores of 1,000 overflow nothing`, () => {
    for (const scores of [[1000, -1000, 0, 3, 3], [-1000, 1000, 999, 0, 0]]) {
      const d = Float64Array.from(scores);
      assert(Number.isFinite(differentiate(d, 1)), `${scores}`);
      assert(d.every(Number.isFinite), `${d}`);
    }
  });
}

Deno.test("values worked out by hand: equal scores", () => {
  // every term is log 2
  assertAlmostEquals(binaryGradients(bce(3), 9)(new Float64Array(4), 1), Math.log(2), 1e-15);
  // α = 3/8 and t = ½: β = 1 + ½·(3/8 − 1) = 11/16
  const share = (11 / 16 + 3) / 4;
  const value = binaryGradients(gbce(3, 0.5), 9)(new Float64Array(4), 1);
  assertAlmostEquals(value, share * Math.log(2), 1e-15);
  // Σ s·σ(0) = ½; the squares of scores of 3 are 9
  assertAlmostEquals(bprMaxGradients(bprMax(0))(new Float64Array(5), 1), Math.log(2), 1e-15);
  const threes = bprMaxGradients(bprMax(0.25))(new Float64Array(5).fill(3), 1);
  assertAlmostEquals(threes, Math.log(2) + 9 / 4, 1e-15);
});

Deno.test("gBCE's β is 1 without calibration, the drawn share with all, never above 1", () => {
  assertEquals(positiveWeight(gbce(10, 0), 101), 1);
  assertAlmostEquals(positiveWeight(gbce(10, 1), 101), 0.1, 1e-15);
  assertEquals(positiveWeight(gbce(500, 1), 101), 1);
  assertEquals(positiveWeight(bce(10), 101), 1);
});

Deno.test("a loss that draws needs a second course", () => {
  checkLoss(CROSS_ENTROPY, 1);
  checkLoss(bce(5), 2);
  assertThrows(() => checkLoss(bce(5), 1), InputError, "a catalogue of one course");
});
