/** The gates of the GRU against the scalar version, forward and backward. */
import { pad4 } from "../../../lib/kernels/wasm/sizes.ts";
import { assertClose } from "../../close.ts";
import { flat, kernelMemory, numbers, zeros } from "./memory.ts";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The gates of one unit from what they take: r, z, n of the item, and of the state before. */
function gatesOf(item: readonly number[], state: readonly number[], biasN: number) {
  const r = sigmoid(item[0] + state[0]);
  const z = sigmoid(item[1] + state[1]);
  const c = state[2] + biasN;
  return { r, z, c, n: Math.tanh(item[2] + r * c) };
}

for (const first of [true, false]) {
  Deno.test(`GRU gates and their gradients, ${first ? "first" : "later"} step`, () => {
    for (const width of [4, 20]) {
      const what = `width ${width}`;
      const { kernels, take, put, putInts, read } = kernelMemory();
      const slots = [2, 0, 2]; // two windows are at the same item
      const rows = slots.length;
      const items = numbers(3, 3 * width, 1);
      const gates = numbers(rows, 3 * width, 2);
      const [biasN] = numbers(1, width, 3);
      const before = numbers(rows, width, 4);
      const common = {
        rows,
        width: pad4(width),
        slots: putInts(slots),
        states: take(rows * 4 * width),
        previous: put(before),
        first,
      };
      const hidden = take(rows * width);
      const bias = put([biasN]);
      kernels.gruForward({
        ...common,
        projected: put(items),
        gates: put(gates),
        biasN: bias,
        hidden,
      });
      const dAfter = numbers(rows, width, 5);
      const dHidden = put(dAfter);
      const dGates = take(rows * 3 * width);
      const dItemsBefore = numbers(3, 3 * width, 6);
      const dProjected = put(dItemsBefore);
      kernels.gruBackward({ ...common, dHidden, dGates, dProjected });

      const after = zeros(rows, width);
      const dBefore = zeros(rows, width);
      const dState = zeros(rows, 3 * width);
      const dItems = dItemsBefore.map((row) => row.slice());
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < width; j++) {
          const of = (row: Float64Array) => [row[j], row[width + j], row[2 * width + j]];
          const state = first ? [0, 0, 0] : of(gates[i]);
          const { r, z, c, n } = gatesOf(of(items[slots[i]]), state, biasN[j]);
          const h = first ? 0 : before[i][j];
          const g = dAfter[i][j];
          after[i][j] = (1 - z) * n + z * h;
          dBefore[i][j] = g * z;
          const dn = g * (1 - z) * (1 - n * n);
          const dz = g * (h - n) * z * (1 - z);
          const dr = dn * c * r * (1 - r);
          [dr, dz, dn * r].forEach((d, gate) => dState[i][gate * width + j] = d);
          [dr, dz, dn].forEach((d, gate) => dItems[slots[i]][gate * width + j] += d);
        }
      }
      assertClose(flat(read(hidden, rows, width)), flat(after), `state, ${what}`, 1e-6, 1e-4);
      assertClose(flat(read(dHidden, rows, width)), flat(dBefore), `dh, ${what}`, 1e-6, 1e-4);
      assertClose(flat(read(dGates, rows, 3 * width)), flat(dState), `dGates`, 1e-6, 1e-4);
      assertClose(flat(read(dProjected, 3, 3 * width)), flat(dItems), `dItems`, 1e-6, 1e-4);
    }
  });
}
