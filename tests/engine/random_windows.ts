/** Windows that engines are tried on. */
import { uniform } from "../../lib/random/threefry.ts";
import type { Sequences } from "../../lib/samplers/sequences.ts";

/**
 * Random ragged windows; with `several`, targets at about half of the positions, else one at the
 * last item.
 */
export function randomWindows(
  nItems: number,
  count: number,
  longest: number,
  seed: number,
  several = false,
): Sequences {
  const words = new Uint32Array(2);
  const draw = (stream: number, i: number, n: number) =>
    Math.floor(uniform(seed, stream, i, words) * n);
  const length = Int32Array.from(
    { length: count },
    (_, i) => i === 0 ? longest : 1 + draw(1, i, longest),
  );
  const start = new Int32Array(count);
  for (let i = 1; i < count; i++) start[i] = start[i - 1] + length[i - 1];
  const positions = Array.from(
    length,
    (n, i) =>
      Array.from({ length: n }, (_, t) => t).filter((t) =>
        t === n - 1 || (several && draw(2, 64 * i + t, 2) === 0)
      ),
  );
  const offsets = [0];
  for (const places of positions) offsets.push(offsets[offsets.length - 1] + places.length);
  return {
    items: Int32Array.from(
      { length: start[count - 1] + length[count - 1] },
      (_, i) => draw(3, i, nItems),
    ),
    start,
    length,
    targetOffsets: Int32Array.from(offsets),
    targetPosition: Int32Array.from(positions.flat()),
    targetLabel: Int32Array.from(positions.flat(), (_, i) => draw(4, i, nItems)),
  };
}
