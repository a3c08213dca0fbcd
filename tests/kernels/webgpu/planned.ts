/**
 * A small step as the engine plans it: ragged windows, one with two targets at one place, more than
 * one group of four.
 */
import {
  STEP_BYTES,
  type StepField,
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
  rows: number,
  padded = false,
): { epoch: EpochPlan; sizes: StepSizes; step: Partial<Record<StepField, number>> } {
  const n = sequences.start.length;
  const plan = { order: Int32Array.from({ length: n }, (_, i) => i), offsets: Int32Array.of(0, n) };
  const epoch = planEpoch(sequences, plan, { items, rows, padded });
  const view = new DataView(epoch.numbers, 0, STEP_BYTES);
  const names: StepField[] = [
    "windowsAt",
    "windows",
    "tokensAt",
    "tokens",
    "distinctAt",
    "distinct",
    "segmentsAt",
    "sortedAt",
    "targetsAt",
    "targets",
    "lossesAt",
  ];
  const step = Object.fromEntries(names.map((name, i) => [name, view.getUint32(4 * i, true)]));
  return {
    epoch,
    sizes: { ...epoch.steps[0], shardItems: 0, storeSize: 0 },
    step: { ...step, longest: epoch.steps[0].longest, scale: 1 / epoch.steps[0].targets },
  };
}

/**
 * The windows of a plan in its own order: row of activations, first token, items, rows, first
 * target, targets, place.
 */
export function plannedWindows({ words, steps: [step] }: EpochPlan): number[][] {
  return Array.from({ length: step.windows + 1 }, (_, i) => [...words.subarray(8 * i, 8 * i + 7)])
    .filter((w) => w[3] > 0 && w[3] <= step.longest).slice(0, step.windows);
}
