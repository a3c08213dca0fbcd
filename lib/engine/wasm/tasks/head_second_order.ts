/**
 * The outer gradient through inner steps that move the output layer alone (ANIL). The states of the
 * support stay what they are through all steps, so that neither a step nor its way back goes below
 * the output layer: the Hessian's products are differences of the output layer's own gradients (see
 * `second_order.ts`), and what they say of the states is summed over the steps and goes down once.
 */
import { pad4 } from "../../../kernels/wasm/sizes.ts";
import { innerStep, type Steps } from "./inner_loop.ts";
import {
  floatsOf,
  itemRow,
  rowGradient,
  type Solo,
  type TaskPart,
  taskPart,
  touchedItems,
} from "./learner.ts";
import { STEP, takeUpGradient } from "./second_order.ts";

/** What came of a task. */
export interface HeadCarried {
  /** Of the queries. */
  readonly loss: number;
  /** The items whose rows at `place.carried` have a gradient. */
  readonly items: ReadonlySet<number>;
}

/** Adapts the output layer and leaves the outer gradient at `place.carried`. */
export function carryThroughHead(
  solo: Solo,
  { support, queries }: { readonly support: Int32Array; readonly queries: Int32Array },
  steps: Steps,
): HeadCarried {
  const { thread, place } = solo;
  const head = headOf(solo);
  const savedHead = (step: number) => place.saved + 4 * step * place.bodyAndRows;
  const known = taskPart(solo, support);
  for (let step = 1; step <= steps.steps; step++) {
    innerStep(
      solo,
      known,
      steps,
      step,
      () => thread.copy(place.own + head.at, savedHead(step - 1), head.floats),
    );
  }
  const loss = taskPart(solo, queries).gradient();
  const asked = touchedItems(solo).slice();
  takeUpGradient(solo, new Int32Array(0), asked);
  const again = taskPart(solo, support); // the queries' states have taken their place
  const states = again.targets * pad4(thread.model.hiddenDim);
  thread.clear(place.stateSums, states);
  for (let k = steps.steps - 1; k >= 0; k--) {
    carryStep(solo, again, steps, { head, saved: savedHead(k), states });
  }
  again.goDown(place.stateSums);
  return { loss, items: addBelow(solo, asked) };
}

/** The output layer's tensors, which lie in one piece at the end. */
interface HeadPiece {
  /** Bytes from the beginning of a region in the parameters' layout. */
  readonly at: number;
  readonly floats: number;
}

function headOf({ thread: { layout: { output: { weight, bias }, size } } }: Solo): HeadPiece {
  const first = Math.min(weight.offset, bias?.offset ?? weight.offset);
  return { at: 4 * first, floats: size - first };
}

/** One step back: v −= H·(α·v) for the output layer, and the same for the states. */
function carryStep(
  solo: Solo,
  support: TaskPart,
  { rates }: Steps,
  { head, saved, states }: {
    readonly head: HeadPiece;
    readonly saved: number;
    readonly states: number;
  },
): void {
  const { thread, place } = solo;
  const { kernels, exchange } = thread;
  const moving = thread.layout.tensors
    .map((tensor, t) => ({ floats: floatsOf(tensor), at: 4 * tensor.offset, rate: rates[t] }))
    .filter(({ rate }) => rate !== 0);
  const squares = moving.reduce((sum, { floats, at, rate }) => {
    const v = place.carried + at;
    return sum + rate ** 2 * kernels.dot(floats, v, v);
  }, 0);
  const length = Math.sqrt(squares);
  if (length === 0 || !Number.isFinite(length)) return;
  const s = STEP / length;
  const gradientAt = (signed: number) => {
    thread.copy(saved, place.own + head.at, head.floats);
    for (const { floats, at, rate } of moving) {
      kernels.addScaled(floats, place.own + at, signed * rate, place.carried + at);
    }
    support.headGradient();
  };
  const gradients = place.gradients + head.at;
  const [stateGradients] = exchange.stateGradients;
  gradientAt(s);
  thread.copy(gradients, place.other, head.floats);
  thread.copy(stateGradients, place.otherStates, states);
  gradientAt(-s);
  const addDifference = (count: number, sum: number, ahead: number, behind: number) => {
    kernels.addScaled(count, ahead, -1, behind);
    kernels.addScaled(count, sum, -1 / (2 * s), ahead);
  };
  addDifference(head.floats, place.carried + head.at, place.other, gradients);
  addDifference(states, place.stateSums, place.otherStates, stateGradients);
}

/** Adds the gradients below the output layer; returns the items of all rows that have one. */
function addBelow(solo: Solo, asked: Int32Array): ReadonlySet<number> {
  const { thread, place } = solo;
  const { kernels, layout } = thread;
  const { stride } = layout.itemTable;
  const [begin, end] = layout.dense;
  kernels.addTo(end - begin, place.carried + 4 * begin, place.gradients + 4 * begin);
  const items = new Set(asked);
  touchedItems(solo).forEach((item, i) => {
    const row = itemRow(solo, place.carried, item);
    if (items.has(item)) kernels.addTo(stride, row, rowGradient(solo, i));
    else thread.copy(rowGradient(solo, i), row, stride);
    items.add(item);
  });
  return items;
}
