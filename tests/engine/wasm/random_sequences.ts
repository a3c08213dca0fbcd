/** What the tests of the CPU engine train on. */
import { uniform } from "../../../lib/random/threefry.ts";
import type { Sequences } from "../../../lib/samplers/sequences.ts";

/** The same windows with a target at every position, two at some, each another label. */
export function atEveryPosition(sequences: Sequences, nItems: number): Sequences {
  const positions = Array.from(
    sequences.length,
    (n, i) => Array.from({ length: n }, (_, t) => i % 3 === 0 && t === 1 ? [t, t] : [t]).flat(),
  );
  const offsets = [0];
  for (const places of positions) offsets.push(offsets[offsets.length - 1] + places.length);
  return {
    ...sequences,
    targetOffsets: Int32Array.from(offsets),
    targetPosition: Int32Array.from(positions.flat()),
    targetLabel: Int32Array.from(positions.flat(), (_, i) => (5 * i + 3) % nItems),
  };
}

/** Random windows with one target each. */
export function randomSequences(
  nItems: number,
  count: number,
  longest: number,
  seed: number,
): Sequences {
  const words = new Uint32Array(2);
  const draw = (i: number, n: number) => Math.floor(uniform(seed, 77, i, words) * n);
  const length = Int32Array.from({ length: count }, (_, i) => 1 + draw(i, longest));
  const start = new Int32Array(count);
  for (let i = 1; i < count; i++) start[i] = start[i - 1] + length[i - 1];
  return {
    items: Int32Array.from(
      { length: start[count - 1] + length[count - 1] },
      (_, i) => draw(1000 + i, nItems),
    ),
    start,
    length,
    targetOffsets: Int32Array.from({ length: count + 1 }, (_, i) => i),
    targetPosition: length.map((n) => n - 1),
    targetLabel: Int32Array.from({ length: count }, (_, i) => draw(100_000 + i, nItems)),
  };
}
