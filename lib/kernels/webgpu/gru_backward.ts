/**
 * The GRU backwards, all time steps in one dispatch; each token's record becomes its gates'
 * gradients.
 */
import text from "./gru_backward.wgsl" with { type: "text" };
import type { GruLayout } from "./gru_layout.ts";
import { type Kernel, kernel } from "./kernel.ts";
import { rowsFor, splitKey, splitRecurrence } from "./recurrence.ts";

/** Gradients of the gates from those of the hidden states that the head read. */
export function gruBackward(l: GruLayout, maxThreads: number, registers = true): Kernel {
  const units = l.hidden / 4;
  const rows = rowsFor(units, maxThreads);
  const split = splitRecurrence(units, 3 * units, rows, units, maxThreads, registers);
  return kernel({
    name: "gruBackward",
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      ...splitKey(split),
      ROWS: rows,
      HIDDEN: l.hidden,
      WEIGHT_HH: l.weightHh / 4,
      STATE: rows * 3 * units,
      PRODUCTS: rows * split.parts * units,
    },
    text: [text],
    dispatch: ({ windows }) => [Math.ceil(windows / rows)],
  });
}
