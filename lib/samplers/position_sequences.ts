/**
 * Whole sessions as windows with a target at every position: one pass a session serves all of it
 * (the objective of Kang & McAuley, ICDM 2018).
 */
import type { Sessions } from "../dataset/sessions.ts";
import type { Sequences } from "./sequences.ts";

/**
 * Each session but its last course, which is only ever asked for, in disjoint windows of `maxLen`
 * items from its beginning on; the last window is the shorter one. At each position the label is
 * the course that came next, so every position of a session is a target once, and a window knows
 * nothing of the windows before it.
 */
export function positionSequences({ offsets, items }: Sessions, maxLen: number): Sequences {
  const start: number[] = [];
  const length: number[] = [];
  const targetOffsets = [0];
  const targetPosition: number[] = [];
  const targetLabel: number[] = [];
  for (let s = 0; s + 1 < offsets.length; s++) {
    const last = offsets[s + 1] - 1;
    for (let from = offsets[s]; from < last; from += maxLen) {
      const size = Math.min(maxLen, last - from);
      start.push(from);
      length.push(size);
      for (let t = 0; t < size; t++) {
        targetPosition.push(t);
        targetLabel.push(items[from + t + 1]);
      }
      targetOffsets.push(targetLabel.length);
    }
  }
  return {
    items,
    start: Int32Array.from(start),
    length: Int32Array.from(length),
    targetOffsets: Int32Array.from(targetOffsets),
    targetPosition: Int32Array.from(targetPosition),
    targetLabel: Int32Array.from(targetLabel),
  };
}
