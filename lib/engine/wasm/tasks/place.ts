/** Where one thread adapts its tasks: its own copy of the parameters and what belongs to it. */
import { pad4 } from "../../../kernels/wasm/sizes.ts";
import type { NeuralModel } from "../../../models/neural.ts";
import type { ParameterLayout } from "../layout.ts";
import type { SharedMemory } from "../memory.ts";
import type { Parts } from "../parts.ts";
import type { Exchange } from "../thread.ts";

/**
 * Byte addresses. A "body" is all parameters behind the item table; "rows" are those of the item
 * table that a part of a task touches, in the order of `exchange.items`.
 */
export interface TaskPlace {
  /** The task's parameters and their gradient, in the parameters' layout. */
  readonly own: number;
  readonly gradients: number;
  /** This thread's sum of outer gradients, in the parameters' layout. */
  readonly outer: number;
  /** Second order: what is carried back through the steps, in the parameters' layout. */
  readonly carried: number;
  /** Body and rows: a gradient beside `gradients`; before each step; Adam's two moments. */
  readonly other: number;
  readonly saved: number;
  readonly moments: number;
  /** Second order through the output layer: [targets × hidden] gradients of states, two of them. */
  readonly otherStates: number;
  readonly stateSums: number;
  /** Floats of one body with rows. */
  readonly bodyAndRows: number;
  readonly exchange: Exchange;
}

/** The largest part of a task in each respect. */
export interface LargestPart {
  readonly targets: number;
  readonly tokens: number;
}

/** Which of the regions the work needs. */
export interface PlaceNeeds {
  readonly outer: boolean;
  /** Inner steps to carry a gradient back through. */
  readonly savedSteps: number;
  readonly moments: boolean;
}

/** Reserves one thread's place. */
export function reservePlace(
  memory: SharedMemory,
  { head, loss }: Parts,
  { hiddenDim }: NeuralModel,
  layout: ParameterLayout,
  { targets, tokens }: LargestPart,
  { outer, savedSteps, moments }: PlaceNeeds,
): TaskPlace {
  const floats = (count: number) => memory.reserve(4 * Math.max(1, count));
  const items = Math.min(tokens, layout.itemTable.rows);
  const bodyAndRows = layout.size - layout.dense[0] + items * layout.itemTable.stride;
  const gradients = floats(layout.size);
  const states = targets * pad4(hiddenDim);
  const secondOrder = savedSteps > 0;
  return {
    own: floats(layout.size),
    gradients,
    outer: outer ? floats(layout.size) : 0,
    carried: secondOrder ? floats(layout.size) : 0,
    other: secondOrder ? floats(bodyAndRows) : 0,
    saved: floats(savedSteps * bodyAndRows),
    moments: moments ? floats(2 * bodyAndRows) : 0,
    otherStates: secondOrder ? floats(states) : 0,
    stateSums: secondOrder ? floats(states) : 0,
    bodyAndRows,
    exchange: {
      states: floats(states),
      labels: floats(targets),
      stateGradients: [floats(states)],
      head: [floats(head.exchanged(loss, targets))],
      dense: [gradients + 4 * layout.dense[0]], // the body's gradients lie in one piece
      items: [floats(items + 1)],
      itemGradients: [floats(items * layout.itemTable.stride)],
    },
  };
}
