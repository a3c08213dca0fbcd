/**
 * The matrix products at the models' shapes, against the machine's rate of 128-bit multiply-adds
 * measured in the same run.
 */
import { KERNELS } from "../../lib/kernels/wasm/binary.ts";
import { instantiateKernels } from "../../lib/kernels/wasm/kernels.ts";
import { gemmScratch, pad4 } from "../../lib/kernels/wasm/sizes.ts";
import { type BenchTable, median } from "./bench.ts";

/** What the product is for, M × N × K, and whether it is Aᵀ·B. */
const SHAPES: readonly (readonly [string, number, number, number, boolean])[] = [
  ["GRU gates of a step, 128 rows", 128, 384, 128, false],
  ["GRU gates of a step, 24 rows", 24, 384, 128, false],
  ["GRU input projection, 343 courses", 343, 384, 64, false],
  ["GRU recurrent gradient, 1,500 tokens", 384, 128, 1500, true],
  ["logits of 256 targets, 343 courses", 256, 343, 128, false],
  ["SASRec queries, keys, values, three windows", 150, 192, 64, false],
  ["SASRec feed-forward, three windows", 150, 256, 64, false],
  ["SASRec feed-forward gradient, three windows", 256, 64, 150, true],
  ["the same in one piece", 256, 64, 6400, true],
];

/** Rounds of a call: few, so that the calls soon reach the optimised code. */
const PEAK_ROUNDS = 20_000;

/** GFLOP/s on one thread. Packing of A is counted; B is packed once, as in training. */
export function benchGemm(quick: boolean): BenchTable {
  const memory = new WebAssembly.Memory({ initial: 1600, maximum: 65536, shared: true });
  const rounds = quick ? 3 : 15;
  const k = instantiateKernels(new WebAssembly.Module(KERNELS), memory, 1024);
  const time = (run: () => void, flops: number) => {
    const repeats = Math.max(1, Math.ceil(2e8 / flops));
    const rates: number[] = [];
    for (let i = 0; i < repeats; i++) run(); // until the code is optimised
    for (let r = 0; r < rounds; r++) {
      const begin = performance.now();
      for (let i = 0; i < repeats; i++) run();
      rates.push(flops * repeats / (performance.now() - begin) / 1e6);
    }
    return median(rates);
  };
  const a = 65536;
  const b = a + 4 * 6400 * 400;
  const c = b + 4 * 6400 * 400;
  const packed = c + 4 * 6400 * 400;
  const scratch = packed + 4 * 400 * 400 * 4;
  new Float32Array(memory.buffer, a, (packed - a) / 4).fill(0.5);
  const peaks: number[] = [];
  const rows = SHAPES.map(([what, M, N, K, transposed]) => {
    if (gemmScratch(Math.max(M, N), Math.max(M, N)) * 4 + scratch > memory.buffer.byteLength) {
      throw new RangeError(`no room for ${what}`);
    }
    const peak = time(() => k.peak(PEAK_ROUNDS, a), 72 * PEAK_ROUNDS);
    peaks.push(peak);
    k.packB(K, N, b, pad4(N), packed);
    const rate = time(
      () =>
        transposed
          ? k.gemmTN({
            rows: M,
            columns: N,
            depth: K,
            a,
            lda: pad4(M),
            b,
            ldb: pad4(N),
            c,
            ldc: pad4(N),
            scratch,
          })
          : k.gemm({
            rows: M,
            columns: N,
            depth: K,
            a,
            lda: pad4(K),
            packed,
            c,
            ldc: pad4(N),
            add: false,
            scratch,
          }),
      2 * M * N * K,
    );
    return [
      what,
      `${M} × ${N} × ${K}`,
      rate.toFixed(1),
      peak.toFixed(1),
      `${(100 * rate / peak).toFixed(0)} %`,
    ];
  });
  return {
    title: "Matrix products, one thread",
    columns: ["product", "M × N × K", "GFLOP/s", "FMA peak", "share"],
    rows,
    notes: [
      `peak: nine chains of 128-bit multiply-adds in registers, median ${
        median(peaks).toFixed(1)
      } GFLOP/s`,
    ],
  };
}
