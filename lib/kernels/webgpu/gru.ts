/**
 * The GRU's two passes, all time steps in one dispatch each: forwards a record a token and a hidden
 * state a target; backwards each record becomes the gates' gradients.
 */
import backward from "./gru_backward.wgsl" with { type: "text" };
import forward from "./gru_forward.wgsl" with { type: "text" };
import begin from "./recurrence_begin.wgsl" with { type: "text" };
import products from "./recurrence_products.wgsl" with { type: "text" };
import { placesInQuads, quadConstants } from "./fields.ts";
import type { GruLayout } from "./gru_layout.ts";
import { type Kernel, kernel, unrolled } from "./kernel.ts";
import { splitRecurrence, windowsAtOnce } from "./recurrence.ts";

/** PyTorch's gates r, z, n: h ← n + z·(h − n), n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn)). */
export function gruForward(l: GruLayout, maxThreads: number, registers = true): Kernel {
  return pass("gruForward", forward, l, { maxThreads, registers }, {
    columns: l.gates.size,
    inner: l.hidden,
    matrix: l.weightHhTransposed,
  });
}

/** Gradients of the gates from those of the hidden states that the head read. */
export function gruBackward(l: GruLayout, maxThreads: number, registers = true): Kernel {
  return pass("gruBackward", backward, l, { maxThreads, registers }, {
    columns: l.hidden,
    inner: l.gates.size,
    matrix: l.weightHh,
  });
}

/** The product of a time step, [windows × inner]·[inner × columns], in floats. */
interface Product {
  readonly columns: number;
  readonly inner: number;
  /** Where the matrix lies. */
  readonly matrix: number;
}

function pass(
  name: string,
  text: string,
  l: GruLayout,
  threads: { readonly maxThreads: number; readonly registers: boolean },
  { columns, inner, matrix }: Product,
): Kernel {
  const units = l.hidden / 4;
  const windows = windowsAtOnce(units, threads.maxThreads);
  const split = splitRecurrence({
    columns: columns / 4,
    inner: inner / 4,
    owners: windows * units,
    ...threads,
  });
  return kernel({
    name,
    bindings: { plan: "u32", weights: "vec4f", activations: "vec4f" },
    key: {
      SIZE: split.size,
      FIRST_OWNER: split.firstOwner,
      IN_REGISTERS: +split.inRegisters,
      PARTS: split.parts,
      DEPTH: split.depth,
      UNROLL: unrolled(inner / 4, 4),
      WINDOWS: windows,
      COLUMNS: columns / 4,
      INNER_QUADS: inner / 4,
      HIDDEN_QUADS: units,
      OWN_INPUTS: +(l.ownInputs !== undefined),
      VECTORS: windows * inner / 4,
      PRODUCTS: windows * split.parts * columns / 4,
      ...placesInQuads({ matrix, biasHh: l.biasHh }),
      ...quadConstants("gate", l.gates),
      ...quadConstants("record", l.record),
    },
    text: [text],
    parts: { begin, products },
    dispatch: (sizes) => [Math.ceil(sizes.windows / windows)],
  });
}
