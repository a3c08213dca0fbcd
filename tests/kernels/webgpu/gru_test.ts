import { assertEquals } from "@std/assert";
import { gruBackward, gruForward } from "../../../lib/kernels/webgpu/gru.ts";
import {
  gruInputGradients,
  gruInputs,
  hasOwnInputs,
} from "../../../lib/kernels/webgpu/gru_inputs.ts";
import { gruLayout } from "../../../lib/kernels/webgpu/gru_layout.ts";
import { project } from "../../../lib/kernels/webgpu/project.ts";
import { splitRecurrence } from "../../../lib/kernels/webgpu/recurrence.ts";
import { fillCopies } from "../../../lib/kernels/webgpu/store_layout.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { EMBEDDING_SITE, keeps, threshold } from "../../../lib/random/dropout.ts";
import { assertClose } from "../../close.ts";
import { floats, kernelTest, packed, runKernels } from "./harness.ts";
import { planned, plannedTarget, plannedWindow, windowsOf } from "./planned.ts";

const ITEMS = 17;
const sequences = windowsOf(ITEMS, [5, 1, 3, 7, 2], [[1, 4, 4], [0], [2], [0, 6], [1]]);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The store of a layout, filled, with its transposed copies. */
function weightsOf(l: ReturnType<typeof gruLayout>): Float32Array {
  const weights = floats(l.store.weightsSize, 1, 0.5);
  fillCopies(l.store, weights);
  return weights;
}

for (const [width, hidden] of [[8, 12], [64, 128]]) {
  const l = gruLayout(gruModel(ITEMS, { embeddingDim: width, hiddenDim: hidden }), false);
  const weights = weightsOf(l);
  const G = 3 * hidden;

  for (const size of [64, 256] as const) {
    kernelTest(`project ${width}→3·${hidden} with ${size} threads`, async () => {
      const { epoch, sizes, step } = planned(sequences, ITEMS, 2);
      const { activations } = await runKernels([project(l, size)], {
        step,
        sizes,
        buffers: { plan: epoch.words, weights, activations: new Float32Array(sizes.distinct * G) },
      });
      const expected = new Float64Array(sizes.distinct * G);
      for (let u = 0; u < sizes.distinct; u++) {
        const item = epoch.words[step.distinctAt + u];
        for (let g = 0; g < G; g++) {
          let x = weights[l.biasIh + g] + (g < 2 * hidden ? weights[l.biasHh + g] : 0);
          for (let k = 0; k < width; k++) {
            x += weights[l.embedding + item * width + k] * weights[l.weightIh + g * width + k];
          }
          expected[u * G + g] = x;
        }
      }
      assertClose(activations.subarray(0, expected.length), expected, "projections");
    });
  }

  for (
    const [threads, registers] of [[1024, true], [256, false], [128, false], [64, false]] as const
  ) {
    if (hidden === 128 && threads === 64) continue;
    const forward = gruForward(l, threads, registers);
    const backward = gruBackward(l, threads, registers);
    const together = forward.key.WINDOWS;
    kernelTest(
      `recurrences of ${hidden} with ${forward.key.SIZE} and ${backward.key.SIZE} threads, ${
        registers ? "registers" : "streamed"
      }`,
      async () => {
        assertEquals(forward.key.IN_REGISTERS, +registers);
        const { epoch, sizes, step } = planned(sequences, ITEMS, together);
        const { words } = epoch;
        const projected = floats(sizes.distinct * G, 2);
        const dHidden = floats(sizes.targets * hidden, 3);
        const { data, at } = packed({
          projected,
          records: sizes.tokens * l.record.size,
          hidden: (sizes.targets + 3) * hidden,
          dHidden,
        });
        const quads = {
          projectedAt: at.projected / 4,
          recordsAt: at.records / 4,
          hiddenAt: at.hidden / 4,
          hiddenGradientAt: at.dHidden / 4,
        };
        const run = {
          step: { ...step, ...quads },
          sizes,
          buffers: { plan: words, weights, activations: data },
        };
        const first = await runKernels([forward], run);
        const both = await runKernels([forward, backward], run);
        const expectedHidden = new Float64Array(sizes.targets * hidden);
        const expected = new Float64Array(sizes.tokens * 4 * hidden);
        const got = new Float64Array(expected.length);
        for (let w = 0; w < Math.ceil(sizes.windows / together) * together; w++) {
          const window = plannedWindow(epoch, w);
          const { firstRow, firstToken, rows, firstTarget, targets } = window;
          const goals = Array.from({ length: targets }, (_, i) => firstTarget + i)
            .map((target) => [target, plannedTarget(epoch, target).position]);
          const slot = (t: number) => words[step.tokensAt + firstToken + t];
          const trace = recur(
            weights,
            l.weightHh,
            l.biasHh,
            hidden,
            rows,
            (t, g) => projected[slot(t) * G + g],
          );
          for (const [target, position] of goals) {
            expectedHidden.set(trace.states[position + 1], target * hidden);
          }
          const gates = unwind(
            weights,
            l.weightHh,
            hidden,
            trace,
            (t, j) =>
              goals.reduce((sum, [i, p]) => sum + (p === t ? dHidden[i * hidden + j] : 0), 0),
          );
          gates.forEach((gate, t) => expected.set(gate, (firstRow + t) * 4 * hidden));
        }
        assertClose(
          first.activations.subarray(at.hidden, at.hidden + expectedHidden.length),
          expectedHidden,
          "hidden states at the targets",
        );
        for (let t = 0; t < sizes.tokens; t++) {
          got.set(
            both.activations.subarray(
              at.records + t * l.record.size,
              at.records + t * l.record.size + l.record.at.before,
            ),
            t * 4 * hidden,
          );
        }
        assertClose(got, expected, "gradients of the gates");
      },
      Math.max(forward.workgroupSize, backward.workgroupSize),
    );
  }
}

Deno.test("gates have threads of their own where registers and threads suffice", () => {
  const cases = [
    // units, most threads → threads, first owner
    [64, 1024, 128, 96],
    [64, 127, 96, 0],
    [128, 1024, 384, 0],
    [128, 256, 160, 96],
    [128, 128, 96, 0],
  ];
  for (const [units, maxThreads, size, firstOwner] of cases) {
    const quads = units / 4;
    const owners = 2 * quads;
    const step = { columns: 3 * quads, inner: quads, owners, maxThreads, registers: true };
    const split = splitRecurrence(step);
    assertEquals([split.size, split.firstOwner], [size, firstOwner]);
  }
});

interface Trace {
  readonly states: Float64Array[];
  readonly gates: { r: Float64Array; z: Float64Array; n: Float64Array; hn: Float64Array }[];
}

/** The GRU in float64, as PyTorch writes it. */
function recur(
  w: Float32Array,
  weightHh: number,
  biasHh: number,
  H: number,
  length: number,
  projected: (t: number, g: number) => number,
): Trace {
  const states = [new Float64Array(H)];
  const gates: Trace["gates"] = [];
  for (let t = 0; t < length; t++) {
    const h = states[t];
    const next = new Float64Array(H);
    const r = new Float64Array(H);
    const z = new Float64Array(H);
    const n = new Float64Array(H);
    const hn = new Float64Array(H);
    const times = (g: number) => h.reduce((sum, x, k) => sum + w[weightHh + g * H + k] * x, 0);
    for (let j = 0; j < H; j++) {
      r[j] = sigmoid(projected(t, j) + times(j));
      z[j] = sigmoid(projected(t, H + j) + times(H + j));
      hn[j] = times(2 * H + j) + w[biasHh + 2 * H + j];
      n[j] = Math.tanh(projected(t, 2 * H + j) + r[j] * hn[j]);
      next[j] = (1 - z[j]) * n[j] + z[j] * h[j];
    }
    states.push(next);
    gates.push({ r, z, n, hn });
  }
  return { states, gates };
}

/** Gradients dr, dz, dn, d(hn) of every step. */
function unwind(
  w: Float32Array,
  weightHh: number,
  H: number,
  { states, gates }: Trace,
  given: (t: number, j: number) => number,
): Float64Array[] {
  let dh = new Float64Array(H);
  const result: Float64Array[] = new Array(gates.length);
  for (let t = gates.length - 1; t >= 0; t--) {
    const { r, z, n, hn } = gates[t];
    const out = new Float64Array(4 * H);
    const before = new Float64Array(H);
    for (let j = 0; j < H; j++) {
      const d = dh[j] + given(t, j);
      const dn = d * (1 - z[j]) * (1 - n[j] ** 2);
      out[j] = dn * hn[j] * r[j] * (1 - r[j]);
      out[H + j] = d * (states[t][j] - n[j]) * z[j] * (1 - z[j]);
      out[2 * H + j] = dn;
      out[3 * H + j] = dn * r[j];
      before[j] = d * z[j];
    }
    for (let k = 0; k < H; k++) {
      for (let j = 0; j < H; j++) {
        before[k] += out[j] * w[weightHh + j * H + k] + out[H + j] * w[weightHh + (H + j) * H + k] +
          out[3 * H + j] * w[weightHh + (2 * H + j) * H + k];
      }
    }
    dh = before;
    result[t] = out;
  }
  return result;
}

const RATE = 0.3;
for (const width of [6, 8, 64]) {
  const model = gruModel(ITEMS, { embeddingDim: width, hiddenDim: 12, embeddingDropout: RATE });
  const l = gruLayout(model, false);
  for (const size of [64, 256] as const) {
    kernelTest(`inputs of their own, ${width} wide, and back with ${size} threads`, async () => {
      if (!hasOwnInputs(l)) throw new Error("the layout shares inputs");
      const weights = weightsOf(l);
      const { epoch, sizes, step } = planned(sequences, ITEMS, 2);
      const padded = l.width;
      const dRecords = floats(sizes.tokens * l.record.size, 4);
      const { data, at } = packed({
        dRecords,
        inputs: sizes.tokens * padded,
        masks: sizes.tokens * padded,
        gradients: sizes.tokens * padded,
      });
      const { activations } = await runKernels(
        [gruInputs(l, 2, size), gruInputGradients(l, size)],
        {
          step: {
            ...step,
            seed: 5,
            number: 3,
            dropBelow: threshold(RATE),
            keep: 1 / (1 - RATE),
            recordsAt: at.dRecords / 4,
            inputsAt: at.inputs / 4,
            inputMasksAt: at.masks / 4,
            inputGradientsAt: at.gradients / 4,
          },
          sizes,
          buffers: { plan: epoch.words, weights, activations: data },
        },
      );
      const words = new Uint32Array(2);
      const inputs = new Float64Array(sizes.tokens * width);
      const gradients = new Float64Array(sizes.tokens * width);
      const of = (begin: number) =>
        Float64Array.from(
          inputs,
          (_, i) => activations[begin + Math.floor(i / width) * padded + i % width],
        );
      for (let w = 0; w < Math.ceil(sizes.windows / 2) * 2; w++) {
        const { firstRow, firstToken, rows, place } = plannedWindow(epoch, w);
        for (let t = 0; t < rows; t++) {
          const slot = epoch.words[step.tokensAt + firstToken + t];
          const item = epoch.words[step.distinctAt + slot];
          for (let j = 0; j < width; j++) {
            const index = (place * model.maxLen + t) * width + j;
            const kept = keeps(5, EMBEDDING_SITE, 3, index, threshold(RATE), words);
            const mask = kept ? 1 / (1 - RATE) : 0;
            const to = (firstRow + t) * width + j;
            inputs[to] = mask * weights[l.embedding + item * padded + j];
            for (let g = 0; g < l.gates.size; g++) {
              gradients[to] += mask * weights[l.weightIh + g * padded + j] *
                dRecords[(firstRow + t) * l.record.size + l.record.at.r + g];
            }
          }
        }
      }
      assertClose(of(at.inputs), inputs, "embeddings under their masks");
      assertClose(of(at.gradients), gradients, "their gradients");
    });
  }
}
