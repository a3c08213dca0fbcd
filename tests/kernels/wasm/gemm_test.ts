import { KERNELS } from "../../../lib/kernels/wasm/binary.ts";
import { instantiateKernels } from "../../../lib/kernels/wasm/kernels.ts";
import { gemmScratch, packedSize, pad4 } from "../../../lib/kernels/wasm/sizes.ts";
import { assertClose } from "../../close.ts";
import { fillMask, threshold } from "../../../lib/random/dropout.ts";
import { assertEquals } from "@std/assert";

const memory = new WebAssembly.Memory({ initial: 512, maximum: 65536, shared: true });
const k = instantiateKernels(new WebAssembly.Module(KERNELS), memory, 1024);
const f32 = new Float32Array(memory.buffer);
const i32 = new Int32Array(memory.buffer);
let top = 65536;
const take = (floats: number) => {
  const at = top;
  top += (4 * floats + 127) & ~63;
  return at;
};

const value = (i: number, j: number) => Math.sin(1 + 3 * i + 7 * j);
const matrix = (rows: number, columns: number) => {
  const at = take(rows * pad4(columns) + 16);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) f32[at / 4 + i * pad4(columns) + j] = value(i, j);
  }
  return at;
};
const product = (
  M: number,
  N: number,
  K: number,
  a: (m: number, q: number) => number,
  b: (q: number, n: number) => number,
  c0 = 0,
) => {
  const out = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) for (let q = 0; q < K; q++) out[m * N + n] += a(m, q) * b(q, n);
  }
  return out.map((x) => x + c0);
};
const read = (at: number, rows: number, columns: number) =>
  Float32Array.from(
    { length: rows * columns },
    (_, i) => f32[at / 4 + Math.floor(i / columns) * pad4(columns) + i % columns],
  );

Deno.test("products at every remainder of rows, columns and depth", () => {
  for (const M of [1, 2, 3, 4, 47, 50]) {
    for (const N of [1, 3, 4, 7, 12, 13, 20, 25]) {
      for (const K of [1, 3, 4, 5, 193]) {
        top = 65536;
        const a = matrix(M, K);
        const at = matrix(K, M);
        const b = matrix(K, N);
        const bt = matrix(N, K);
        const c = take(M * pad4(N) + 16);
        const packed = take(packedSize(K, N));
        const scratch = take(gemmScratch(Math.max(M, K), Math.max(N, K)));
        const what = `${M} × ${N} × ${K}`;
        k.packB(K, N, b, pad4(N), packed);
        k.gemm({
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
        });
        assertClose(read(c, M, N), product(M, N, K, value, value), `A·B ${what}`, 1e-4, 1e-5);
        k.packBT(K, N, bt, pad4(K), packed);
        f32.fill(2, c / 4, c / 4 + M * pad4(N));
        k.gemm({
          rows: M,
          columns: N,
          depth: K,
          a,
          lda: pad4(K),
          packed,
          c,
          ldc: pad4(N),
          add: true,
          scratch,
        });
        assertClose(
          read(c, M, N),
          product(M, N, K, value, (q, n) => value(n, q), 2),
          `A·Bᵀ added ${what}`,
          1e-4,
          1e-5,
        );
        f32.fill(0, c / 4, c / 4 + M * pad4(N));
        k.gemmTN({
          rows: M,
          columns: N,
          depth: K,
          a: at,
          lda: pad4(M),
          b,
          ldb: pad4(N),
          c,
          ldc: pad4(N),
          scratch,
        });
        assertClose(
          read(c, M, N),
          product(M, N, K, (m, q) => value(q, m), value),
          `Aᵀ·B ${what}`,
          1e-4,
          1e-5,
        );
      }
    }
  }
});

Deno.test("dropout masks are the bits of TypeScript, at any width", () => {
  for (const width of [1, 3, 4, 6, 8, 20, 64, 100]) {
    top = 65536;
    const tokens = [0, 7, 49, 123_456];
    const x = take(tokens.length * pad4(width));
    const ids = take(tokens.length);
    f32.fill(1, x / 4, x / 4 + tokens.length * pad4(width));
    i32.set(tokens, ids / 4);
    k.dropoutRows({
      rows: tokens.length,
      width,
      ld: pad4(width),
      x,
      indices: ids,
      seed: 20260107,
      site: 5,
      step: 31,
      limit: threshold(0.2),
      keep: 1 / 0.8,
      scratch: take(width + 40),
    });
    tokens.forEach((token, i) => {
      const mask = new Float32Array(width);
      fillMask(mask, { seed: 20260107, site: 5, step: 31, rate: 0.2 }, token * width);
      assertEquals(
        [...f32.subarray(x / 4 + i * pad4(width), x / 4 + i * pad4(width) + width)],
        [...mask],
        `width ${width}, token ${token}`,
      );
    });
  }
});
