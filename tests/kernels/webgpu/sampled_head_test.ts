/** Losses over sampled negatives on the device, against the functions in double precision. */
import { assertEquals } from "@std/assert";
import type { Kernel } from "../../../lib/kernels/webgpu/kernel.ts";
import { NO_LABEL, TARGET } from "../../../lib/kernels/webgpu/plan_records.ts";
import {
  sampledHead,
  type SampledSizes,
  shardSampled,
} from "../../../lib/kernels/webgpu/sampled_head.ts";
import { positiveWeight } from "../../../lib/models/loss.ts";
import { binaryGradients, bprMaxGradients } from "../../../lib/models/sampled_loss.ts";
import { negativesOf } from "../../../lib/random/negatives.ts";
import { assertClose } from "../../close.ts";
import { checkFused, HIDDEN, ROWS, ROWS4 } from "./fused.ts";
import { dot, floats, kernelTest, runKernels } from "./harness.ts";

const SEED = 0xfedcba98;
const STEP = 4;

/** The loss as the device has it, and in double precision. */
function lossOf(name: "gbce" | "bpr_max", negatives: number, nItems: number) {
  if (name === "bpr_max") {
    const regularisation = 0.3;
    const sizes: SampledSizes = { negatives, regularisation };
    return { sizes, differentiate: bprMaxGradients({ name, negatives, regularisation }) };
  }
  const loss = { name, negatives, calibration: 0.75 } as const;
  const sizes: SampledSizes = { negatives, positiveWeight: positiveWeight(loss, nItems) };
  return { sizes, differentiate: binaryGradients(loss, nItems) };
}

/** States, an output layer, labels and places; in float64 the losses and the logits' gradients. */
function problem(
  items: number,
  negatives: number,
  name: "gbce" | "bpr_max",
  biased = true,
) {
  const hidden = floats(ROWS4 * HIDDEN, 1);
  const weight = floats(items * HIDDEN, 2, 2);
  const bias = floats(items, 3, 3);
  const labels = Array.from({ length: ROWS }, (_, r) => (r * 7 + 1) % items);
  const places = labels.map((_, r) => (r * 5 + 2) % 11);
  const { sizes, differentiate } = lossOf(name, negatives, items);
  const logits = new Float32Array(ROWS4 * items);
  logits.forEach((_, i) => {
    const [r, v] = [Math.floor(i / items), i % items];
    logits[i] = (biased ? bias[v] : 0) +
      dot(HIDDEN, (k) => hidden[r * HIDDEN + k], (k) => weight[v * HIDDEN + k]);
  });
  const d = new Float64Array(ROWS * items);
  const losses = labels.map((label, r) => {
    const draws = { seed: SEED, step: STEP, nItems: items, count: negatives };
    const courses = [label, ...negativesOf(draws, places[r], label)];
    const scores = Float64Array.from(courses, (v) => logits[r * items + v]);
    const loss = differentiate(scores, 1 / ROWS);
    courses.forEach((v, j) => d[r * items + v] += scores[j]);
    return loss;
  });
  const dHidden = Float64Array.from(
    { length: ROWS * HIDDEN },
    (_, i) =>
      dot(
        items,
        (v) => d[Math.floor(i / HIDDEN) * items + v],
        (v) => weight[v * HIDDEN + i % HIDDEN],
      ),
  );
  const targets = new Uint32Array(ROWS4 * TARGET.size);
  for (let r = 0; r < ROWS4; r++) {
    targets[r * TARGET.size + TARGET.at.label] = labels[r] ?? NO_LABEL;
    targets[r * TARGET.size + TARGET.at.place] = places[r] ?? 0;
  }
  return { sizes, hidden, weight, bias, logits, d, losses, dHidden, targets };
}

/** Fewer and more negatives than threads, an odd count, more than there are courses. */
const CASES = [[23, 5], [23, 130], [301, 64]] as const;

for (const name of ["gbce", "bpr_max"] as const) {
  for (const [items, negatives] of CASES) {
    for (const [size, biased] of [[64, true], [128, false], [256, true]] as const) {
      kernelTest(
        `${name}, fused: ${negatives} of ${items} courses, ${size} threads, bias: ${biased}`,
        async () => {
          const p = problem(items, negatives, name, biased);
          const step = { seed: SEED, number: STEP };
          await checkFused(sampledHead(p.sizes), p, { size, biased, step });
        },
      );
    }
  }

  for (const [size, negatives] of [[64, 5], [64, 130], [256, 64]] as const) {
    kernelTest(`${name}, 57 courses in shards: ${negatives}, ${size} threads`, async () => {
      const p = problem(57, negatives, name);
      const cuts = [[0, 20], [20, 20], [40, 17]];
      const shards = cuts.map(([first, items], index) => {
        const stride = Math.ceil(items / 4) * 4;
        const logits = floats(ROWS4 * stride, 4);
        for (let r = 0; r < ROWS4; r++) {
          for (let v = 0; v < items; v++) logits[r * stride + v] = p.logits[r * 57 + first + v];
        }
        return { shard: { first, items, stride, index, count: 3 }, logits };
      });
      let activations = new Float32Array(4 * 2 * 3 * ROWS4);
      let losses = new Float32Array(64);
      const over = async (kernel: Kernel) => {
        for (const s of shards) {
          const out = await runKernels([kernel], {
            step: { targets: ROWS, scale: 1 / ROWS, seed: SEED, number: STEP, capacity: ROWS4 },
            shard: s.shard,
            sizes: { targets: ROWS, shardItems: s.shard.items },
            buffers: { plan: p.targets, activations, losses, logits: s.logits },
          });
          activations = out.activations as Float32Array<ArrayBuffer>;
          losses = out.losses as Float32Array<ArrayBuffer>;
          s.logits = out.logits as Float32Array<ArrayBuffer>;
        }
      };
      for (const kernel of shardSampled(p.sizes, 57, size)) await over(kernel);
      assertClose(losses.subarray(0, ROWS), p.losses, "losses");
      for (const { shard: { first, items, stride }, logits } of shards) {
        for (let r = 0; r < ROWS; r++) {
          const row = logits.subarray(r * stride, (r + 1) * stride);
          const wanted = p.d.subarray(r * 57 + first, r * 57 + first + items);
          assertClose(row.subarray(0, items), wanted, `gradients of target ${r} from ${first} on`);
          for (const beyond of row.subarray(items)) assertEquals(beyond, 0);
        }
      }
    });
  }
}
