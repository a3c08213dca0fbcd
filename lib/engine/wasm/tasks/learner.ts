/**
 * One task under way in one thread: its parameters, the gradients of its two parts, and arithmetic
 * over "everything that moves": the body's tensors and the touched rows of the item table.
 */
import { deal } from "../deal.ts";
import type { TensorLayout } from "../layout.ts";
import type { Parts } from "../parts.ts";
import type { BatchScratch } from "../scratch.ts";
import { writeLabels, writeStates } from "../step.ts";
import type { Thread } from "../thread.ts";
import type { TaskPlace } from "./place.ts";

/** A thread that works alone on its own copy of the parameters. */
export interface Solo {
  readonly thread: Thread;
  readonly parts: Parts;
  readonly scratch: BatchScratch;
  readonly place: TaskPlace;
  /** Address of the parameters from which every task starts. */
  readonly start: number;
}

/** A part of a task, support or queries. */
export interface TaskPart {
  /**
   * The mean loss at the task's parameters. Its gradients go to `place.gradients` (the body) and
   * to `exchange.itemGradients` (the rows of `exchange.items`).
   */
  gradient(): number;
  /**
   * The same for the output layer alone. The states are those of the first call: nothing below the
   * output layer may have moved since.
   */
  headGradient(): number;
  /**
   * The gradients of everything below the output layer, as `gradient` leaves them, from those of
   * the states [targets × hidden].
   */
  goDown(stateGradients: number): void;
  /** Pairs. */
  readonly targets: number;
}

/** Makes a part of its windows' numbers. */
export function taskPart({ thread, parts, scratch }: Solo, windows: Int32Array): TaskPart {
  const { exchange, layout, ints } = thread;
  const share = deal(thread, windows, false);
  const { targets } = share.size;
  const forward = () => {
    const pass = parts.architecture.forward(thread, share, 0);
    writeStates(thread, share, pass);
    writeLabels(thread, windows);
    return pass;
  };
  const head = () => parts.head.differentiate(thread, thread.loss, targets, 0);
  const begin = () => {
    scratch.reset();
    thread.clear(exchange.dense[0], layout.dense[1] - layout.dense[0]);
  };
  let statesAreThere = false;
  return {
    targets,
    gradient() {
      begin();
      const pass = forward();
      const loss = head();
      pass.backward(exchange.stateGradients[0]);
      return loss;
    },
    headGradient() {
      scratch.reset();
      if (!statesAreThere) forward();
      statesAreThere = true;
      ints[exchange.items[0] / 4] = 0;
      return head();
    },
    goDown(stateGradients) {
      begin();
      forward().backward(stateGradients);
    },
  };
}

/** Floats of a tensor with its padding. */
export function floatsOf({ blocks, paddedRows, stride }: TensorLayout): number {
  return blocks * paddedRows * stride;
}

/** Floats of the body. */
export function bodyFloats({ thread: { layout } }: Solo): number {
  return layout.size - layout.dense[0];
}

/** The touched rows: the item of each, as of the last gradient. A view. */
export function touchedItems({ thread: { ints, exchange } }: Solo): Int32Array {
  const list = exchange.items[0] / 4;
  return ints.subarray(list + 1, list + 1 + ints[list]);
}

/** Address of an item's row in a region of the parameters' layout. */
export function itemRow({ thread: { layout } }: Solo, region: number, item: number): number {
  return region + 4 * (layout.itemTable.offset + item * layout.itemTable.stride);
}

/** Address of touched row i in a region of body and rows. */
export function savedRow(solo: Solo, region: number, i: number): number {
  return region + 4 * (bodyFloats(solo) + i * solo.thread.layout.itemTable.stride);
}

/** Address of touched row i's gradient. */
export function rowGradient({ thread: { layout, exchange } }: Solo, i: number): number {
  return exchange.itemGradients[0] + 4 * i * layout.itemTable.stride;
}

/** The task's parameters become those of the start, which its last task's rows are again. */
export function beginTask(solo: Solo): void {
  const { thread, place, start } = solo;
  const body = 4 * thread.layout.dense[0];
  thread.copy(start + body, place.own + body, bodyFloats(solo));
}

/** The rows of `items` become those of the start again. */
export function restoreRows(solo: Solo, items: Int32Array): void {
  const { thread, place, start } = solo;
  for (const item of items) {
    thread.copy(
      itemRow(solo, start, item),
      itemRow(solo, place.own, item),
      thread.layout.itemTable.stride,
    );
  }
}

/** All parameters become those of the start, after it has moved. */
export function copyStart({ thread, place, start }: Solo): void {
  thread.copy(start, place.own, thread.layout.size);
}
