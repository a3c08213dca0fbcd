import { assertEquals } from "@std/assert";
import { adam, adamOfShard } from "../../../lib/kernels/webgpu/adam.ts";
import { gatherRows, scatterRows } from "../../../lib/kernels/webgpu/embedding_rows.ts";
import {
  fillCopies,
  gradientAt,
  layoutBuilder,
  rowGradientAt,
  sumSlices,
} from "../../../lib/kernels/webgpu/store_layout.ts";
import { assertClose } from "../../close.ts";
import { floats, kernelTest, packed, runKernels } from "./harness.ts";

const WIDTH = 8;

for (const size of [64, 256]) {
  for (const rowSlices of [0, 1] as const) {
    kernelTest(
      `Adam with ${size} threads: slices in order, moments, transposed copies, gradients cleared` +
        (rowSlices ? ", a tied table's too" : ""),
      async () => {
        const b = layoutBuilder();
        const direct = b.place("direct", 5, 8);
        b.end("direct");
        const token = b.place("token", 12, 8);
        b.end("token");
        const head = b.place("head", 7, 4);
        b.transpose(token, 12, 8);
        const store = b.finish({ slices: 3, targetSlices: 2, rowSlices });
        const n = store.targetEnd;
        const weights = floats(store.weightsSize, 1);
        const gradients = floats(store.gradientsSize, 2);
        fillCopies(store, weights);
        const moments = floats(2 * n, 3).map((x, i) => i < n ? x : Math.abs(x));
        const sums = sumSlices(store, gradients);
        const step = 7;
        const lr = 0.01;
        const [b1, b2] = [0.9, 0.999];
        const out = await runKernels([adam(store, size)], {
          step: {
            stepSize: lr / (1 - b1 ** step),
            rootCorrection: 1 / Math.sqrt(1 - b2 ** step),
            epsilon: 1e-8,
            oneMinusBeta1: 1 - b1,
            beta2: b2,
            oneMinusBeta2: 1 - b2,
          },
          sizes: {},
          buffers: { weights, moments, gradients },
        });
        const m = Float64Array.from({ length: n }, (_, i) => b1 * moments[i] + (1 - b1) * sums[i]);
        const v = m.map((_, i) => b2 * moments[n + i] + (1 - b2) * sums[i] ** 2);
        const w = m.map((x, i) =>
          weights[i] - lr / (1 - b1 ** step) * x / (Math.sqrt(v[i] / (1 - b2 ** step)) + 1e-8)
        );
        assertClose(out.moments.subarray(0, n), m, "first moments");
        assertClose(out.moments.subarray(n, 2 * n), v, "second moments");
        assertClose(out.weights.subarray(0, n), w, "weights");
        const copied = out.weights.slice();
        fillCopies(store, copied);
        assertEquals(
          out.weights.subarray(0, store.weightsSize),
          copied.subarray(0, store.weightsSize),
        );
        assertEquals(out.gradients.subarray(direct, direct + 40).every((x) => x === 0), true);
        if (rowSlices) {
          const rows = rowGradientAt(store, head);
          assertEquals(rows, store.gradientsSize - (n - head));
          assertEquals(out.gradients.subarray(rows, rows + 28).every((x) => x === 0), true);
        }
        assertEquals(
          out.gradients[gradientAt(store, token).at],
          gradients[gradientAt(store, token).at],
        );
      },
    );
  }

  kernelTest(
    "rows of a sharded table to the distinct items and back, and Adam over the shard, " +
      `with ${size} threads`,
    async () => {
      const ids = [0, 3, 6, 7, 9];
      const table = floats(4 * WIDTH, 1);
      const act = packed({ embedded: ids.length * WIDTH, gradient: floats(ids.length * WIDTH, 2) });
      const run = {
        step: {
          distinct: ids.length,
          embeddedAt: act.at.embedded / 4,
          embeddedGradientAt: act.at.gradient / 4,
          stepSize: 0.1,
          rootCorrection: 1,
          epsilon: 1e-8,
          oneMinusBeta1: 0.1,
          beta2: 0.999,
          oneMinusBeta2: 0.001,
        },
        shard: { first: 6, items: 3, rows: 4, parameters: 4 * WIDTH }, // a row that is no course
        sizes: { distinct: ids.length, storeSize: 4 * WIDTH },
        buffers: {
          plan: Uint32Array.from(ids),
          weights: table,
          activations: act.data,
          moments: new Float32Array(8 * WIDTH),
          gradients: new Float32Array(4 * WIDTH),
        },
      };
      const { activations, gradients } = await runKernels([
        gatherRows(WIDTH, size),
        scatterRows(WIDTH, false, size),
      ], run);
      const after = await runKernels([scatterRows(WIDTH, false, size), adamOfShard(size)], run);
      // a tied table's rows have the output layer's gradients already
      const before = floats(4 * WIDTH, 3);
      const added = await runKernels([scatterRows(WIDTH, true, size)], {
        ...run,
        buffers: { ...run.buffers, gradients: before },
      });
      ids.forEach((id, u) => {
        for (let j = 0; j < WIDTH; j++) {
          assertEquals(
            activations[act.at.embedded + u * WIDTH + j],
            id >= 6 ? table[(id - 6) * WIDTH + j] : 0,
          );
        }
      });
      for (let i = 0; i < 4 * WIDTH; i++) {
        const u = ids.indexOf(6 + Math.floor(i / WIDTH));
        const g = u < 0 ? 0 : act.data[act.at.gradient + u * WIDTH + i % WIDTH];
        assertEquals(gradients[i], g);
        assertEquals(added.gradients[i], Math.fround(before[i] + g));
        assertEquals(after.gradients[i], 0);
        assertClose([after.weights[i]], [
          g === 0 ? table[i] : table[i] - 0.1 * 0.1 * g / (Math.sqrt(0.001 * g * g) + 1e-8),
        ], "weight");
      }
    },
  );
}
