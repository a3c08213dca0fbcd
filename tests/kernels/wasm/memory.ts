/** A memory with the CPU kernels over it, for tests that compare them with scalar versions. */
import { KERNELS } from "../../../lib/kernels/wasm/binary.ts";
import { instantiateKernels, type Kernels } from "../../../lib/kernels/wasm/kernels.ts";
import { BLOCK_BYTES } from "../../../lib/kernels/wasm/fields.ts";
import { pad4 } from "../../../lib/kernels/wasm/sizes.ts";

/** Rows of numbers, as the scalar versions have them. */
export type Rows = readonly Float64Array[];

/** The kernels and what lies in their memory. */
export interface KernelMemory {
  readonly kernels: Kernels;
  /** Address of `floats` fresh floats, all of them 9: kernels must not count on zeros. */
  take(floats: number): number;
  /** Address of rows, padded with zeros to multiples of four. */
  put(rows: Rows): number;
  /** Address of int32s. */
  putInts(values: readonly number[]): number;
  /** `count` rows of `width` floats at an address, padded. */
  read(at: number, count: number, width: number): Rows;
}

/** Makes a memory. */
export function kernelMemory(): KernelMemory {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
  const block = 1024;
  const kernels = instantiateKernels(new WebAssembly.Module(KERNELS), memory, block);
  const floats = new Float32Array(memory.buffer);
  const ints = new Int32Array(memory.buffer);
  let top = block + BLOCK_BYTES;
  const take = (count: number) => {
    const at = top;
    top += 4 * pad4(count) + 64;
    floats.fill(9, at / 4, at / 4 + count);
    return at;
  };
  return {
    kernels,
    take,
    put(rows) {
      const stride = pad4(rows[0].length);
      const at = take(rows.length * stride);
      floats.fill(0, at / 4, at / 4 + rows.length * stride);
      rows.forEach((row, i) => floats.set(row, at / 4 + i * stride));
      return at;
    },
    putInts(values) {
      const at = take(values.length);
      ints.set(values, at / 4);
      return at;
    },
    read: (at, count, width) =>
      Array.from({ length: count }, (_, i) => {
        const begin = at / 4 + i * pad4(width);
        return Float64Array.from(floats.subarray(begin, begin + width));
      }),
  };
}

/** Numbers between -1 and 1, others for every `salt`. */
export function numbers(rows: number, width: number, salt: number): Rows {
  return Array.from(
    { length: rows },
    (_, i) =>
      Float64Array.from(
        { length: width },
        (_, j) => Math.fround(Math.sin(1 + 3.7 * i + 7.3 * j + 11.9 * salt)),
      ),
  );
}

/** Σ aᵢ·bᵢ. */
export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** Rows one after the other. */
export function flat(rows: Rows): number[] {
  return rows.flatMap((row) => [...row]);
}

/** Rows of zeros. */
export function zeros(rows: number, width: number): Float64Array[] {
  return Array.from({ length: rows }, () => new Float64Array(width));
}
