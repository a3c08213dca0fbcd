/**
 * The kernels write no more than `sizes.ts` says: behind every place that they may write to lies a
 * float that must still be there afterwards.
 */
import { assertEquals } from "@std/assert";
import { KERNELS } from "../../../lib/kernels/wasm/binary.ts";
import { instantiateKernels } from "../../../lib/kernels/wasm/kernels.ts";
import { BLOCK_BYTES } from "../../../lib/kernels/wasm/fields.ts";
import {
  attentionScratch,
  gemmScratch,
  maskScratch,
  packedSize,
  pad4,
} from "../../../lib/kernels/wasm/sizes.ts";

/** Where the calls are written. */
const BLOCK = 1024;
const memory = new WebAssembly.Memory({ initial: 512, maximum: 65536, shared: true });
const kernels = instantiateKernels(new WebAssembly.Module(KERNELS), memory, BLOCK);
const floats = new Float32Array(memory.buffer);
const GUARD = 1234.5;
const GUARDS = 64;

/** Places on a fresh memory of guards. */
function places() {
  let top = 65536;
  floats.fill(GUARD, top / 4);
  const behindBlock = (BLOCK + BLOCK_BYTES) / 4;
  floats.fill(GUARD, behindBlock, behindBlock + GUARDS);
  const guards = [behindBlock];
  return {
    /** Exactly `count` floats, guards before and after. */
    take(count: number, value = 0.1): number {
      const at = top;
      floats.fill(value, at / 4, at / 4 + count);
      guards.push(at / 4 + count);
      top += 4 * (Math.ceil(count / 4) * 4 + GUARDS);
      return at;
    },
    check(what: string): void {
      for (const [place, guard] of guards.entries()) {
        const after = floats.subarray(guard, guard + GUARDS);
        const written = after.findIndex((value) => value !== GUARD);
        assertEquals(written, -1, `${what}: float ${written} behind place ${place}`);
      }
    },
  };
}

Deno.test("products stay within their panels and scratch", () => {
  for (const M of [1, 3, 4, 50, 131]) {
    for (const N of [1, 4, 7, 20]) {
      for (const K of [1, 4, 6, 129]) {
        const { take, check } = places();
        const a = take(M * pad4(K));
        const transposed = take(K * pad4(M));
        const b = take(K * pad4(N));
        const bt = take(N * pad4(K));
        const c = take(M * pad4(N));
        const packed = take(packedSize(K, N));
        const scratch = take(gemmScratch(K, 0));
        const scratchTN = take(gemmScratch(M, N));
        kernels.packB(K, N, b, pad4(N), packed);
        kernels.gemm({
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
        kernels.packBT(K, N, bt, pad4(K), packed);
        kernels.gemm({
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
        kernels.gemmTN({
          rows: M,
          columns: N,
          depth: K,
          a: transposed,
          lda: pad4(M),
          b,
          ldb: pad4(N),
          c,
          ldc: pad4(N),
          scratch: scratchTN,
        });
        check(`${M} × ${N} × ${K}`);
      }
    }
  }
});

Deno.test("attention stays within its scratch, with and without dropout", () => {
  for (const length of [1, 3, 16, 17, 50, 100]) {
    for (const headDim of [1, 4, 5, 32]) {
      for (const limit of [0, 13107]) {
        const { take, check } = places();
        const ld = pad4(headDim);
        const rows = () => take(length * ld);
        const [q, k, v, out, dOut, dq, dk, dv] = Array.from({ length: 8 }, rows);
        const shares = take(length * pad4(length));
        const scratch = take(attentionScratch(length, headDim));
        const lds = pad4(length);
        kernels.attentionForward({
          length,
          headDim,
          q,
          k,
          v,
          ld,
          shares,
          ldShares: lds,
          out,
          ldOut: ld,
          limit,
          keep: 1.25,
          seed: 1,
          site: 1,
          step: 1,
          base: 3,
          maxLen: length,
          scratch,
        });
        kernels.attentionBackward({
          length,
          headDim,
          q,
          k,
          v,
          ld,
          shares,
          ldShares: lds,
          dOut,
          ldOut: ld,
          keep: 1.25,
          dq,
          dk,
          dv,
          scratch,
        });
        check(`${length} positions, heads of ${headDim}, limit ${limit}`);
      }
    }
  }
});

Deno.test("masks stay within their scratch, wherever they begin", () => {
  for (const width of [1, 4, 29, 32, 100, 3000]) {
    for (const index of [0, 1, 2, 3]) {
      const { take, check } = places();
      const x = take(pad4(width));
      const asked = take(8);
      const rows = take(width * 8);
      const shares = take(pad4(width));
      const out = take(8);
      const indices = take(1);
      const scratch = take(maskScratch(width));
      new Int32Array(memory.buffer)[indices / 4] = index;
      kernels.dropoutRows({
        rows: 1,
        width,
        ld: pad4(width),
        x,
        indices,
        seed: 1,
        site: 1,
        step: 1,
        limit: 13107,
        keep: 1.25,
        scratch,
      });
      kernels.readOutForward({
        length: width,
        width: 8,
        headDim: 4,
        asked,
        x: rows,
        shares,
        out,
        limit: 13107,
        keep: 1.25,
        seed: 1,
        site: 1,
        step: 1,
        base: index,
        scratch,
      });
      check(`${width} elements from ${index}`);
    }
  }
});
