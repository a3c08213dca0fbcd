/**
 * Dropout masks from the counter-based generator; the same bits in TypeScript, WebAssembly and
 * WGSL.
 *
 * Element `index` of a site at a training step: threefry(key = (seed, site), counter = (index >> 2,
 * step)) gives two words, four 16-bit draws, low half first; draw `index & 3` keeps the element
 * when it is at least `threshold(p)`. Kept elements are scaled by 1/(1-p). `step` counts optimiser
 * steps from 1.
 *
 * Indices do not depend on how an engine lays out memory. With row = the sequence's place in the
 * batch, t = its position in the window (0 = first item) and T = the model's `maxLen`: a hidden
 * vector's element j of width w: (row·T + t)·w + j; an attention weight: ((row·heads + head)·T +
 * query)·T + key.
 */
import { threefry } from "./threefry.ts";

/** The sites of SASRec in order of use: 0 the embeddings; then four for each block b. */
export const EMBEDDING_SITE = 0;
/** Attention weights of block b. */
export const attentionSite = (block: number): number => 1 + 4 * block;
/** Output of the attention of block b. */
export const projectionSite = (block: number): number => 2 + 4 * block;
/** Inside the feed-forward of block b, after ReLU. */
export const innerSite = (block: number): number => 3 + 4 * block;
/** Output of the feed-forward of block b. */
export const outerSite = (block: number): number => 4 + 4 * block;

/** The smallest 16-bit draw that keeps an element at dropout rate p in [0, 1). */
export function threshold(p: number): number {
  if (!(p >= 0 && p < 1)) throw new RangeError(`a dropout rate lies in [0, 1), got ${p}`);
  return Math.round(p * 65536);
}

/** Whether one element is kept. */
export function keeps(
  seed: number,
  site: number,
  step: number,
  index: number,
  limit: number,
  scratch: Uint32Array,
): boolean {
  threefry(seed, site, index >>> 2, step, scratch);
  const word = scratch[(index >>> 1) & 1];
  return (index & 1 ? word >>> 16 : word & 0xffff) >= limit;
}

/** Which mask of a training it is, and the rate at which it drops elements, in [0, 1). */
export interface Mask {
  readonly seed: number;
  readonly site: number;
  readonly step: number;
  readonly rate: number;
}

/**
 * Fills `out` with the scaled mask of its elements from `first` on: 0 where dropped, 1/(1-rate)
 * where kept.
 */
export function fillMask(out: Float32Array, mask: Mask, first: number): void {
  const { seed, site, step, rate } = mask;
  const limit = threshold(rate);
  const scale = Math.fround(1 / (1 - rate));
  const words = new Uint32Array(2);
  for (let i = 0, block = -1; i < out.length; i++) {
    const index = first + i;
    if (index >>> 2 !== block) {
      block = index >>> 2;
      threefry(seed, site, block, step, words);
    }
    const word = words[(index >>> 1) & 1];
    const draw = index & 1 ? word >>> 16 : word & 0xffff;
    out[i] = draw >= limit ? scale : 0;
  }
}
