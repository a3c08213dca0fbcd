/** The tiled product that the input projection and the logits share. */
import text from "./gemm_nt.wgsl" with { type: "text" };
import type { Constants } from "./template.ts";

/** The template that includes `rowsA`, `rowsB`, `loadA`, `loadB` and `storeQuad` of another. */
export const GEMM_NT: string = text;

/** Workgroup sizes that a tile can have: squares. */
export const GEMM_SIZES = [64, 256] as const;

/** Constants of a product with so many quads along the inner dimension. */
export function gemmKey(size: typeof GEMM_SIZES[number], innerQuads: number): Constants {
  const side = Math.sqrt(size);
  const depth = Math.min(4, innerQuads);
  return {
    SIZE: size,
    SIDE: side,
    DEPTH: depth,
    INNER_QUADS: innerQuads,
    LINES: 4 * side,
    LINE: depth + 1,
  };
}

/** Workgroups along a dimension. */
export function gemmGroups(size: number, n: number): number {
  return Math.ceil(n / (4 * Math.sqrt(size)));
}
