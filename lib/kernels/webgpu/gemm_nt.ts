/** Sizes of the tiled product shared by the input projection and the logits. */
import text from "./gemm_nt.wgsl" with { type: "text" };
import type { Constants } from "./template.ts";

/** The template that includes `loadA`, `loadB` and `store` of another. */
export const GEMM_NT: string = text;

/** Workgroup sizes that a tile can have: squares. */
export const GEMM_SIZES = [64, 256] as const;

/** Constants of a product with `quads` quads along the inner dimension. */
export function gemmKey(size: typeof GEMM_SIZES[number], quads: number): Constants {
  const side = Math.sqrt(size);
  const depth = Math.min(4, quads);
  return { SIZE: size, SIDE: side, DEPTH: depth, KQ: quads, TILE: 4 * side * (depth + 1) };
}

/** Workgroups along a dimension. */
export function gemmGroups(size: number, n: number): number {
  return Math.ceil(n / (4 * Math.sqrt(size)));
}
