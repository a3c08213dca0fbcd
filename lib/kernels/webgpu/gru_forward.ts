/** The GRU forwards, all time steps in one dispatch; a record a token, a hidden state a target. */
import text from "./gru_forward.wgsl" with { type: "text" };
import type { GruLayout } from "./gru_layout.ts";
import { type Kernel, kernel } from "./kernel.ts";
import { rowsFor, splitKey, splitRecurrence } from "./recurrence.ts";

/** PyTorch's gates r, z, n: h ← n + z·(h − n), n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn)). */
export function gruForward(l: GruLayout, maxThreads: number, registers = true): Kernel {
  const units = l.hidden / 4;
  const rows = rowsFor(units, maxThreads);
  const split = splitRecurrence(3 * units, units, rows, units, maxThreads, registers);
  return kernel({
    name: "gruForward",
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      ...splitKey(split),
      ROWS: rows,
      HIDDEN: l.hidden,
      TRANSPOSED: l.weightHhTransposed / 4,
      BIAS_HH: l.biasHh / 4,
      STATE: rows * units,
      PRODUCTS: rows * split.parts * 3 * units,
    },
    text: [text],
    dispatch: ({ windows }) => [Math.ceil(windows / rows)],
  });
}
