/**
 * A small step as the engine plans it: ragged windows, one with two targets at one place, more than
 * one group of four.
 */
import { readWords } from "../../../lib/kernels/webgpu/fields.ts";
import { TARGET, WINDOW } from "../../../lib/kernels/webgpu/plan_records.ts";
import {
  readStep,
  type StepNumbers,
  type StepSizes,
} from "../../../lib/kernels/webgpu/step_uniform.ts";
import { type EpochPlan, planEpoch } from "../../../lib/engine/webgpu/plan.ts";
import type { Sequences } from "../../../lib/samplers/sequences.ts";

/** Windows of these lengths over items 0..nItems-1; window i's targets are at `positions[i]`. */
export function windowsOf(
  nItems: number,
  lengths: readonly number[],
  positions: readonly (readonly number[])[],
): Sequences {
  const length = Int32Array.from(lengths);
  const start = new Int32Array(length.length);
  const targets = positions.flat();
  for (let i = 1; i < start.length; i++) start[i] = start[i - 1] + length[i - 1];
  const offsets = [0];
  for (const places of positions) offsets.push(offsets[offsets.length - 1] + places.length);
  return {
    items: Int32Array.from(
      { length: length.reduce((a, b) => a + b, 0) },
      (_, i) => (i * 7 + (i >> 2)) % nItems,
    ),
    start,
    length,
    targetOffsets: Int32Array.from(offsets),
    targetPosition: Int32Array.from(targets),
    targetLabel: Int32Array.from(targets, (_, i) => (i * 5 + 3) % nItems),
  };
}

/** All windows as one batch: the plan, its sizes, and the numbers of its only step. */
export function planned(
  sequences: Sequences,
  items: number,
  windowsAWorkgroup: number,
  padded = false,
): { epoch: EpochPlan; sizes: StepSizes; step: StepNumbers } {
  const n = sequences.start.length;
  const plan = { order: Int32Array.from({ length: n }, (_, i) => i), offsets: Int32Array.of(0, n) };
  const epoch = planEpoch(sequences, plan, { items, padding: 0, windowsAWorkgroup, padded });
  return {
    epoch,
    sizes: { ...epoch.steps[0], shardItems: 0, storeSize: 0 },
    step: readStep(epoch.numbers, 0),
  };
}

/** Window i of a plan with one step, in the plan's order. */
export function plannedWindow({ words, numbers }: EpochPlan, i: number) {
  return readWords(WINDOW, words, readStep(numbers, 0).windowsAt + i * WINDOW.size);
}

/** Target i of a plan with one step. */
export function plannedTarget({ words, numbers }: EpochPlan, i: number) {
  return readWords(TARGET, words, readStep(numbers, 0).targetsAt + i * TARGET.size);
}
