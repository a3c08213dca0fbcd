import { assertEquals } from "@std/assert";
import { addStretches } from "../../../lib/kernels/webgpu/add_stretches.ts";
import { layoutBuilder, sumSlices } from "../../../lib/kernels/webgpu/store_layout.ts";
import {
  type GradientPiece,
  weightGradients,
} from "../../../lib/kernels/webgpu/weight_gradients.ts";
import { assertClose } from "../../close.ts";
import { dot, floats, kernelTest, packed, runKernels } from "./harness.ts";
import { planned, plannedTarget, plannedWindow, windowsOf } from "./planned.ts";

const ITEMS = 19;
const WIDTH = 8;
const GATES = 24;
const A = 72;
const B = 40; // floats of a record's two halves; A is more than one tile of 64 threads
const sequences = windowsOf(ITEMS, [9, 1, 6, 11, 2, 7], [[8, 3], [0], [5], [2, 10], [1], [6]]);

/** Tokens of course 3 for three stretches, of course 5 for one that is just long, few of others. */
const POPULAR = {
  ...windowsOf(ITEMS, new Array(110).fill(13), new Array(110).fill([12])),
  items: Int32Array.from({ length: 1430 }, (_, i) => i % 50 === 0 ? i / 50 % ITEMS : 3)
    .fill(5, 1001, 1018),
};

for (const size of [64, 256]) {
  for (
    const [projected, of] of [[false, sequences], [true, sequences], [false, POPULAR], [
      true,
      POPULAR,
    ]] as const
  ) {
    kernelTest(
      `weight gradients with ${size} threads${projected ? ", through the input projection" : ""}${
        of === POPULAR ? ", of popular items in stretches" : ""
      }`,
      async () => {
        const b = layoutBuilder();
        const embedding = b.place("e", ITEMS, WIDTH);
        b.end("direct");
        const outer = b.place("outer", A, B);
        const gathered = b.place("gathered", 12, 16);
        const embedded = b.place("embedded", GATES, WIDTH);
        const column = b.place("column", 1, A);
        const positions = b.place("positions", 13, 16);
        const partial = b.place("partial", 1, 16);
        const weightIh = b.place("ih", GATES, WIDTH);
        b.end("token");
        const head = b.place("head", 23, 12);
        const headBias = b.place("bias", 1, 24);
        const store = b.finish();
        const { epoch, sizes, step } = planned(of, ITEMS, 1);
        const { words } = epoch;
        const record = A + B;
        const { tokens, targets, windows } = sizes;
        const act = packed({
          records: floats(tokens * record, 1),
          targetRows: floats(targets * 12, 2),
          logits: floats(targets * 24, 3),
          hidden: floats(targets * 12, 4),
          partials: floats(windows * 16, 5),
          stretchSums: sizes.furtherStretches * WIDTH,
        });
        assertEquals([sizes.stretches, sizes.furtherStretches], of === POPULAR ? [4, 2] : [0, 0]);
        const weights = floats(store.weightsSize, 6);
        const q = (name: string) => act.at[name] / 4;
        const records = (at: number) => ({ at: `step.recordsAt + ${at / 4}u`, stride: record / 4 });
        const pieces: GradientPiece[] = [
          {
            kind: "outer",
            over: "tokens",
            a: records(0),
            b: records(A),
            height: A,
            width: B,
            to: outer,
          },
          {
            kind: "outer",
            over: "targets",
            a: { at: "step.targetRecordsAt", stride: 3 },
            b: records(4),
            gathered: true,
            height: 12,
            width: 16,
            to: gathered,
          },
          { kind: "outerEmbedded", a: records(8), height: GATES, width: WIDTH, to: embedded },
          { kind: "columnSum", over: "tokens", a: records(0), width: A, to: column },
          { kind: "positions", a: records(16), height: 13, width: 16, to: positions },
          {
            kind: "columnSum",
            over: "windows",
            a: { at: "step.partialsAt", stride: 4 },
            width: 16,
            to: partial,
          },
          {
            kind: "outer",
            over: "head",
            a: { at: "step.logitGradientAt", stride: 6 },
            b: { at: "step.hiddenAt", stride: 3 },
            height: 23,
            width: 12,
            to: head,
          },
          {
            kind: "columnSum",
            over: "head",
            a: { at: "step.logitGradientAt", stride: 6 },
            width: 24,
            to: headBias,
          },
        ];
        const items = {
          a: records(0),
          width: WIDTH,
          embedding,
          sharded: false,
          ...projected ? { projection: { gates: GATES, weightIh } } : {},
        };
        const kernels = [weightGradients(store, pieces, items, size), addStretches(store, items)];
        const chunk = (n: number) => Math.max(16, Math.ceil(n / 16 / 16) * 16);
        const { gradients } = await runKernels(kernels, {
          step: {
            ...step,
            stretchSumsAt: q("stretchSums"),
            recordsAt: q("records"),
            targetRecordsAt: q("targetRows"),
            logitGradientAt: q("logits"),
            hiddenAt: q("hidden"),
            partialsAt: q("partials"),
            tokenChunk: chunk(tokens),
            targetChunk: chunk(targets),
            headChunk: Math.ceil(targets / 4 / 16) * 16,
            windowChunk: Math.ceil(windows / 16),
          },
          sizes,
          buffers: {
            plan: words,
            weights,
            activations: act.data,
            gradients: new Float32Array(store.gradientsSize),
          },
        });
        const sums = sumSlices(store, gradients);
        const r = (t: number, i: number) => act.data[act.at.records + t * record + i];
        const check = (at: number, n: number, expected: (i: number) => number, what: string) =>
          assertClose(
            sums.subarray(at, at + n),
            Float64Array.from({ length: n }, (_, i) => expected(i)),
            what,
          );
        const over = (name: string, stride: number) => (row: number, i: number) =>
          act.data[act.at[name] + row * stride + i];
        const [t12, d24, h12, p16] = [
          over("targetRows", 12),
          over("logits", 24),
          over("hidden", 12),
          over("partials", 16),
        ];
        const tokenRow = (i: number) => plannedTarget(epoch, i).row;
        const itemOf = (t: number) => words[step.distinctAt + words[step.tokensAt + t]];
        check(
          outer,
          A * B,
          (i) => dot(tokens, (t) => r(t, Math.floor(i / B)), (t) => r(t, A + i % B)),
          "outer product",
        );
        check(
          gathered,
          12 * 16,
          (i) => dot(targets, (k) => t12(k, Math.floor(i / 16)), (k) => r(tokenRow(k), 4 + i % 16)),
          "outer product with gathered rows",
        );
        check(
          embedded,
          GATES * WIDTH,
          (i) =>
            dot(
              tokens,
              (t) => r(t, 8 + Math.floor(i / WIDTH)),
              (t) => weights[embedding + itemOf(t) * WIDTH + i % WIDTH],
            ),
          "outer product with embeddings",
        );
        check(column, A, (i) => dot(tokens, (t) => r(t, i), () => 1), "column sum");
        check(partial, 16, (i) => dot(windows, (w) => p16(w, i), () => 1), "column sum of windows");
        check(
          head,
          23 * 12,
          (i) => dot(targets, (k) => d24(k, Math.floor(i / 12)), (k) => h12(k, i % 12)),
          "output layer",
        );
        check(headBias, 24, (i) => dot(targets, (k) => d24(k, i), () => 1), "its bias");
        const starts = Array.from({ length: windows }, (_, w) => plannedWindow(epoch, w))
          .map(({ firstRow, rows }) => [firstRow, rows]);
        check(
          positions,
          13 * 16,
          (i) =>
            starts.reduce(
              (s, [row, n]) =>
                s + (Math.floor(i / 16) < n ? r(row + Math.floor(i / 16), 16 + i % 16) : 0),
              0,
            ),
          "positions",
        );
        const projection = (t: number, j: number) =>
          projected
            ? dot(GATES, (g) => r(t, g), (g) => weights[weightIh + g * WIDTH + j])
            : r(t, j);
        check(embedding, ITEMS * WIDTH, (i) => {
          const item = Math.floor(i / WIDTH);
          if (item === 0) return 0;
          return dot(tokens, (t) => itemOf(t) === item ? projection(t, i % WIDTH) : 0, () => 1);
        }, "embeddings; item 0 has no gradient");
      },
    );
  }
}
