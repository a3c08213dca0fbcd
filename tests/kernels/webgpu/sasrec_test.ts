import { kernel } from "../../../lib/kernels/webgpu/kernel.ts";
import dropoutText from "../../../lib/kernels/webgpu/dropout.wgsl" with { type: "text" };
import { sasRecBackward, sasRecForward } from "../../../lib/kernels/webgpu/sasrec.ts";
import { sasRecLayout } from "../../../lib/kernels/webgpu/sasrec_layout.ts";
import { fillCopies } from "../../../lib/kernels/webgpu/store_layout.ts";
import {
  attentionSite,
  EMBEDDING_SITE,
  innerSite,
  keeps,
  outerSite,
  projectionSite,
  threshold,
} from "../../../lib/random/dropout.ts";
import { assertEquals } from "@std/assert";
import { assertClose } from "../../close.ts";
import type { Sequences } from "../../../lib/samplers/sequences.ts";
import { floats, kernelTest, packed, runKernels } from "./harness.ts";
import { planned, plannedTarget, plannedWindow, windowsOf } from "./planned.ts";

kernelTest(
  "dropout masks have the bits of the TypeScript generator, four at a time and one by one",
  async () => {
    const body = `@compute @workgroup_size(SIZE) fn main(@builtin(global_invocation_id) id: vec3u) {
    let index = step.distinct + 4u * id.x;
    activations[id.x] = dropFour(step.tokens, index);
    activations[64u + id.x] = vec4f(
      dropOne(step.tokens, index),
      dropOne(step.tokens, index + 1u),
      dropOne(step.tokens, index + 2u),
      dropOne(step.tokens, index + 3u),
    );
  }`;
    const probe = kernel({
      name: "probe",
      bindings: { activations: "vec4f" },
      key: { SIZE: 64 },
      text: [dropoutText, body],
      dispatch: () => [1],
    });
    for (
      const [seed, site, step, first, p] of [[20260107, 3, 1, 0, 0.2], [
        0xffffffff,
        8,
        77777,
        4_000_000_000,
        0.5,
      ], [1, 0, 5, 1 << 20, 0.999]]
    ) {
      const keep = 1 / (1 - p);
      const words = new Uint32Array(2);
      const { activations } = await runKernels([probe], {
        step: { seed, tokens: site, number: step, distinct: first, dropBelow: threshold(p), keep },
        buffers: { activations: new Float32Array(512) },
      });
      const expected = Float32Array.from(
        { length: 256 },
        (_, i) => keeps(seed, site, step, first + i, threshold(p), words) ? keep : 0,
      );
      assertEquals(activations.subarray(0, 256), expected);
      assertEquals(activations.subarray(256, 512), expected);
    }
  },
);

const MODEL = {
  nItems: 11,
  hiddenDim: 16,
  numHeads: 2,
  numBlocks: 2,
  maxLen: 9,
  feedForwardDim: 20,
  layerNormEps: 1e-5,
};
const SEED = 5;
const STEP = 3;
const RATE = 0.3;
/** Sizes at which several threads share a sum. */
const LONG_MODEL = { ...MODEL, hiddenDim: 32, numHeads: 4, maxLen: 40, feedForwardDim: 48 };
const LAST_ITEM = windowsOf(12, [6, 1, 9, 3, 2], [[5], [0], [8], [2], [1]]);

/** Names, models, windows; threads and bytes for scores: few make several passes over the lines. */
const CASES: readonly (readonly [
  string,
  typeof MODEL,
  Sequences,
  readonly (readonly [number, number])[],
])[] = [
  ["last_item", MODEL, LAST_ITEM, [[64, 16384], [128, 16384], [256, 16384]]],
  ["last_column", MODEL, LAST_ITEM, [[64, 16384], [256, 16384]]],
  [
    "several targets",
    MODEL,
    windowsOf(12, [6, 1, 9, 3, 2], [
      [1, 3, 3, 4],
      [0],
      [0, 1, 2, 3, 4, 5, 6, 7, 8],
      [2],
      [0],
    ]),
    [[64, 16384], [256, 16384], [64, 1000], [256, 1000]],
  ],
  ["one target of a long window", LONG_MODEL, windowsOf(12, [37, 3], [[36], [1]]), [[256, 16384]]],
  [
    "several targets of long windows",
    LONG_MODEL,
    windowsOf(12, [29, 18], [[4, 11, 27], [17]]),
    [[64, 2000], [256, 16384]], // two heads at once; all of them
  ],
];

for (const [name, model, sequences, sizes] of CASES) {
  for (const [size, storage] of sizes) {
    kernelTest(
      `SASRec both ways, ${name}, ${size} threads, ${storage} bytes for scores`,
      async () => {
        const l = sasRecLayout(model, false);
        const weights = floats(l.store.weightsSize, 1, 0.6);
        const { epoch, sizes, step } = planned(sequences, 12, 1, name === "last_column");
        const { words } = epoch;
        const { token, target, partials } = l.records;
        fillCopies(l.store, weights);
        const dHidden = floats(sizes.targets * l.hidden, 2);
        const h = l.hidden;
        const act = packed({
          records: sizes.tokens * token.size,
          targetRecords: sizes.targets * target.size,
          partials: sizes.windows * partials.size,
          hidden: sizes.targets * h,
          dHidden,
        });
        const q = (part: string) => act.at[part] / 4;
        const { activations } = await runKernels([
          sasRecForward(l, size, storage),
          sasRecBackward(l, size, storage),
        ], {
          step: {
            ...step,
            seed: SEED,
            number: STEP,
            dropBelow: threshold(RATE),
            keep: 1 / (1 - RATE),
            recordsAt: q("records"),
            targetRecordsAt: q("targetRecords"),
            partialsAt: q("partials"),
            hiddenAt: q("hidden"),
            hiddenGradientAt: q("dHidden"),
          },
          sizes,
          buffers: { plan: words, weights, activations: act.data },
        });
        for (let w = 0; w < sizes.windows; w++) {
          const window = plannedWindow(epoch, w);
          const { firstRow, firstToken, items, rows, firstTarget, targets, place } = window;
          const positions = Array.from(
            { length: targets },
            (_, i) => plannedTarget(epoch, firstTarget + i).position,
          );
          const input = Float64Array.from({ length: rows * h }, (_, i) => {
            const t = Math.floor(i / h);
            const item = t < items
              ? words[step.distinctAt + words[step.tokensAt + firstToken + t]]
              : 0;
            return weights[l.embedding + item * h + i % h] + weights[l.positions + i];
          });
          const outputs = (x: Float64Array) => {
            const all = forward(l, weights, x, rows, place);
            return positions.flatMap((p) => [...all.subarray(p * h, (p + 1) * h)]);
          };
          assertClose(
            activations.subarray(
              act.at.hidden + firstTarget * h,
              act.at.hidden + (firstTarget + targets) * h,
            ),
            outputs(input),
            `hidden states of window ${w}`,
          );
          // the gradient by central differences of Σ dHidden·hidden, a few elements a window
          const objective = (x: Float64Array) =>
            outputs(x).reduce((sum, y, i) => sum + y * dHidden[firstTarget * h + i], 0);
          const stride = Math.max(1, Math.floor(rows * h / (model === MODEL ? 29 : 9)));
          for (let i = 0; i < rows * h; i += stride) {
            const up = input.slice();
            const down = input.slice();
            const e = 1e-5;
            up[i] += e;
            down[i] -= e;
            const record = act.at.records + (firstRow + Math.floor(i / h)) * token.size;
            const at = record + token.at.gradient + i % h;
            assertClose(
              [activations[at]],
              [(objective(up) - objective(down)) / (2 * e)],
              `gradient of window ${w}, element ${i}`,
              2e-5,
              2e-4,
            );
          }
        }
      },
    );
  }
}

/** SASRec of one window in float64, every row of it, with the dropout masks of the step. */
function forward(
  l: ReturnType<typeof sasRecLayout>,
  w: Float32Array,
  input: Float64Array,
  n: number,
  place: number,
): Float64Array {
  const { numHeads, feedForwardDim: f, maxLen, layerNormEps } = l.sizes;
  const h = l.hidden;
  const width = h / numHeads;
  const words = new Uint32Array(2);
  const mask = (site: number, index: number) =>
    keeps(SEED, site, STEP, index, threshold(RATE), words) ? 1 / (1 - RATE) : 0;
  const hiddenMask = (site: number, t: number, j: number, of: number) =>
    mask(site, (place * maxLen + t) * of + j);
  const linear = (x: Float64Array, inner: number, weight: number, bias: number, outer: number) =>
    Float64Array.from({ length: n * outer }, (_, i) => {
      const t = Math.floor(i / outer);
      const j = i % outer;
      let sum = w[bias + j];
      for (let k = 0; k < inner; k++) sum += x[t * inner + k] * w[weight + j * inner + k];
      return sum;
    });
  const norm = (x: Float64Array, scale: number, shift: number) => {
    const y = new Float64Array(n * h);
    for (let t = 0; t < n; t++) {
      const row = x.subarray(t * h, (t + 1) * h);
      const mean = row.reduce((a, b) => a + b, 0) / h;
      const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / h;
      row.forEach((v, j) =>
        y[t * h + j] = (v - mean) / Math.sqrt(variance + layerNormEps) * w[scale + j] + w[shift + j]
      );
    }
    return y;
  };
  let x = input.map((v, i) => v * hiddenMask(EMBEDDING_SITE, Math.floor(i / h), i % h, h));
  l.blocks.forEach((p, b) => {
    const qkv = linear(x, h, p.inWeight, p.inBias, 3 * h);
    const attended = new Float64Array(n * h);
    for (let head = 0; head < numHeads; head++) {
      for (let t = 0; t < n; t++) {
        const at = (row: number, part: number, d: number) =>
          qkv[row * 3 * h + part * h + head * width + d];
        const scores = Array.from({ length: t + 1 }, (_, k) => {
          let s = 0;
          for (let d = 0; d < width; d++) s += at(t, 0, d) * at(k, 1, d);
          return Math.exp(s / Math.sqrt(width));
        });
        const sum = scores.reduce((a, c) => a + c, 0);
        scores.forEach((s, k) => {
          const share = s / sum *
            mask(attentionSite(b), ((place * numHeads + head) * maxLen + t) * maxLen + k);
          for (let d = 0; d < width; d++) attended[t * h + head * width + d] += share * at(k, 2, d);
        });
      }
    }
    const projected = linear(attended, h, p.outWeight, p.outBias, h);
    const x1 = norm(
      x.map((v, i) =>
        v + projected[i] * hiddenMask(projectionSite(b), Math.floor(i / h), i % h, h)
      ),
      p.norm1Scale,
      p.norm1Shift,
    );
    const inner = linear(x1, h, p.innerWeight, p.innerBias, f).map((v, i) =>
      Math.max(0, v) * hiddenMask(innerSite(b), Math.floor(i / f), i % f, f)
    );
    const outer = linear(inner, f, p.outerWeight, p.outerBias, h);
    x = norm(
      x1.map((v, i) => v + outer[i] * hiddenMask(outerSite(b), Math.floor(i / h), i % h, h)),
      p.norm2Scale,
      p.norm2Shift,
    );
  });
  return norm(x, l.normScale, l.normShift);
}
