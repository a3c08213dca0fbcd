import { assertEquals } from "@std/assert";
import { headGradients } from "../../../lib/kernels/webgpu/fused_head.ts";
import { softmaxHead } from "../../../lib/kernels/webgpu/softmax_head.ts";
import { shardHeadGradients } from "../../../lib/kernels/webgpu/head_gradients.ts";
import {
  hiddenGradient,
  hiddenGradientSum,
  SHARD_SLICES,
} from "../../../lib/kernels/webgpu/hidden_gradient.ts";
import { logits } from "../../../lib/kernels/webgpu/logits.ts";
import { NO_LABEL, TARGET } from "../../../lib/kernels/webgpu/plan_records.ts";
import { countBefore, labelLogits } from "../../../lib/kernels/webgpu/rank.ts";
import { shardGradients, shardStatistics } from "../../../lib/kernels/webgpu/shard_softmax.ts";
import { assertClose } from "../../close.ts";
import { checkFused, HIDDEN, ROWS, ROWS4 } from "./fused.ts";
import { dot, floats, kernelTest, packed, runKernels } from "./harness.ts";

/** Hidden states, an output layer and labels, and in float64 what a head makes of them. */
function problem(items: number) {
  const stride = Math.ceil(items / 4) * 4;
  const hidden = floats(ROWS4 * HIDDEN, 1);
  const weight = floats(items * HIDDEN, 2);
  const bias = floats(items, 3);
  const labels = Array.from({ length: ROWS }, (_, r) => (r * 7 + 1) % items);
  const logit = (r: number, v: number) =>
    bias[v] + dot(HIDDEN, (k) => hidden[r * HIDDEN + k], (k) => weight[v * HIDDEN + k]);
  const losses = new Float64Array(ROWS);
  const logits = new Float64Array(ROWS * items);
  const d = new Float64Array(ROWS * items);
  const dHidden = new Float64Array(ROWS * HIDDEN);
  for (let r = 0; r < ROWS; r++) {
    for (let v = 0; v < items; v++) logits[r * items + v] = logit(r, v);
    const row = logits.subarray(r * items, (r + 1) * items);
    const most = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((s, x) => s + Math.exp(x - most), 0);
    losses[r] = Math.log(sum) + most - row[labels[r]];
    for (let v = 0; v < items; v++) {
      d[r * items + v] = (Math.exp(row[v] - most) / sum - +(v === labels[r])) / ROWS;
    }
    for (let k = 0; k < HIDDEN; k++) {
      dHidden[r * HIDDEN + k] = dot(items, (v) => d[r * items + v], (v) => weight[v * HIDDEN + k]);
    }
  }
  const targets = targetsOf(Array.from({ length: ROWS4 }, (_, r) => labels[r] ?? NO_LABEL));
  return { items, stride, hidden, weight, bias, labels, losses, logits, d, dHidden, targets };
}

/** The plan's words of targets with these labels. */
function targetsOf(labels: readonly number[]): Uint32Array {
  const words = new Uint32Array(labels.length * TARGET.size);
  labels.forEach((label, i) => words[i * TARGET.size + TARGET.at.label] = label);
  return words;
}

for (const items of [23, 301]) {
  for (const size of [64, 128, 256]) {
    kernelTest(`the fused head over ${items} courses with ${size} threads`, async () => {
      await checkFused(softmaxHead, problem(items), { size });
    });
  }
}

/**
 * A catalogue of 57 in shards of 20, 20 and 17: everything of the large head, shard after shard.
 */
for (const [gemm, size] of [[64, 64], [256, 256]] as const) {
  kernelTest(
    `the head in shards with ${size} threads: logits, losses, gradients, ranks`,
    async () => {
      const p = problem(57);
      const cuts = [[0, 20], [20, 20], [40, 17]];
      const act = packed({
        hidden: p.hidden,
        dHidden: ROWS4 * HIDDEN,
        statistics: 4 * 3 * ROWS4,
        partials: 3 * SHARD_SLICES * ROWS4 * HIDDEN,
      });
      const step = {
        targets: ROWS,
        scale: 1 / ROWS,
        capacity: ROWS4,
        hiddenAt: act.at.hidden / 4,
        hiddenGradientAt: act.at.dHidden / 4,
        statisticsAt: act.at.statistics / 4,
        headPartialsAt: act.at.partials / 4,
      };
      const shards = cuts.map(([first, items], index) => {
        const store = packed({
          weight: p.weight.slice(first * HIDDEN, (first + items) * HIDDEN),
          bias: p.bias.slice(first, first + items),
        });
        const stride = Math.ceil(items / 4) * 4;
        const shard = {
          first,
          items,
          rowsAt: store.at.weight / 4,
          biasAt: store.at.bias / 4,
          stride,
          index,
          count: 3,
          parameters: store.data.length,
        };
        return { shard, store, logits: floats(ROWS4 * stride, 4) };
      });
      let activations = act.data;
      let losses = new Float32Array(64);
      let ranks = losses;
      /** Runs a kernel over every shard, carrying along what it leaves. */
      const over = async (kernel: Parameters<typeof runKernels>[0][number], ranking = false) => {
        for (const s of shards) {
          const out = await runKernels([kernel], {
            step,
            shard: s.shard,
            sizes: { targets: ROWS, shardItems: s.shard.items },
            buffers: {
              plan: p.targets,
              weights: s.store.data,
              gradients: new Float32Array(s.store.data.length),
              activations,
              losses: ranking ? ranks : losses,
              logits: s.logits,
            },
          });
          activations = out.activations as Float32Array<ArrayBuffer>;
          s.logits = out.logits as Float32Array<ArrayBuffer>;
          if (ranking) ranks = out.losses as Float32Array<ArrayBuffer>;
          else losses = out.losses as Float32Array<ArrayBuffer>;
          Object.assign(s, { gradients: out.gradients });
        }
      };
      const columns = (r: number, field: (s: typeof shards[number]) => Float32Array) =>
        shards.flatMap((
          s,
        ) => [...field(s).subarray(r * s.shard.stride, r * s.shard.stride + s.shard.items)]);
      const all = () =>
        Float64Array.from(
          Array.from({ length: ROWS }, (_, r) => columns(r, (s) => s.logits)).flat(),
        );
      await over(logits(HIDDEN, true, gemm));
      const scores = all();
      assertClose(scores, p.logits, "logits");
      await over(labelLogits(size), true);
      await over(countBefore(size), true);
      for (let r = 0; r < ROWS; r++) {
        const row = scores.subarray(r * 57, (r + 1) * 57);
        const own = row[p.labels[r]];
        assertEquals(
          ranks[r],
          1 + row.filter((x, v) => x > own || (x === own && v < p.labels[r])).length,
          `rank of target ${r}`,
        );
      }
      await over(shardStatistics(size));
      await over(shardGradients(size));
      assertClose(losses.subarray(0, ROWS), p.losses, "losses");
      assertClose(all(), p.d, "gradients of the logits");
      await over(hiddenGradient(HIDDEN, size));
      ({ activations } = await runKernels([hiddenGradientSum(HIDDEN, 3, size)], {
        step,
        sizes: { targets: ROWS },
        buffers: { activations },
      }) as { activations: Float32Array<ArrayBuffer> });
      assertClose(
        activations.subarray(act.at.dHidden, act.at.dHidden + ROWS * HIDDEN),
        p.dHidden,
        "gradients of the hidden states",
      );
      await over(shardHeadGradients(HIDDEN, true, size));
      for (
        const { shard, store, gradients }
          of shards as (typeof shards[number] & { gradients: Float32Array })[]
      ) {
        const column = (v: number) => (r: number) => p.d[r * 57 + shard.first + v];
        const dWeight = Float64Array.from(
          { length: shard.items * HIDDEN },
          (_, i) =>
            dot(ROWS, column(Math.floor(i / HIDDEN)), (r) => p.hidden[r * HIDDEN + i % HIDDEN]),
        );
        assertClose(
          gradients.subarray(0, dWeight.length),
          dWeight,
          "gradients of the output layer",
        );
        const dBias = Float64Array.from(
          { length: shard.items },
          (_, v) => dot(ROWS, column(v), () => 1),
        );
        assertClose(
          gradients.subarray(store.at.bias, store.at.bias + shard.items),
          dBias,
          "gradients of its bias",
        );
      }
    },
  );
}

kernelTest(
  "equal scores rank by the lower id, and a score that is no number gives no rank",
  async () => {
    const row = [2, 5, 2, 7, 2, NaN];
    const targets = targetsOf([2, 4, 3, 0]);
    for (const [items, expected] of [[5, [4, 5, 1, 3]], [6, undefined]] as const) {
      const { losses } = await runKernels([labelLogits(), countBefore()], {
        step: { targets: 4 },
        shard: { items, stride: 8, count: 1 },
        sizes: { targets: 4 },
        buffers: {
          plan: targets,
          logits: Float32Array.from({ length: 32 }, (_, i) => row[i % 8] ?? 9),
          activations: new Float32Array(64),
        },
      });
      if (expected) assertEquals([...losses.subarray(0, 4)], [...expected]);
      else for (const rank of losses.subarray(0, 4)) assertEquals(rank < 1, true);
    }
  },
);

Deno.test("the head's gradients are pieces over the head's slices", () => {
  const pieces = headGradients({
    items: 5,
    hidden: 8,
    stride: 8,
    headWeight: 0,
    headBias: 64,
    headTransposed: 128,
  });
  assertEquals(pieces.map((piece) => [piece.kind, piece.to]), [["outer", 0], ["columnSum", 64]]);
});
