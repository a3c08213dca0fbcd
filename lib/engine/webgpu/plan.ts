/**
 * The words of an epoch that kernels read: for each step its windows, targets, items, distinct
 * items and the order of its tokens by item. Made on the processor from typed arrays, uploaded once
 * an epoch.
 */
import {
  LONG,
  STRETCH,
  TARGET,
  TARGET_GROUP,
  wholeGroups,
  WINDOW,
} from "../../kernels/webgpu/plan_records.ts";
import {
  largerCounts,
  NO_COUNTS,
  STEP_BYTES,
  type StepCounts,
  writeStep,
} from "../../kernels/webgpu/step_uniform.ts";
import { batchCount, type Plan, type Sequences } from "../../samplers/sequences.ts";
import { type EpochSizes, type PlanShape, startDraft } from "./plan_draft.ts";
import { layStep } from "./plan_step.ts";

/** Sizes of one step and where its losses are. */
export interface PlannedStep extends StepCounts {
  /** Its first loss; there is room for whole groups of targets. */
  readonly lossesAt: number;
}

/** A planned epoch. */
export interface EpochPlan {
  readonly words: Uint32Array;
  /** Words that no order of the same windows exceeds. */
  readonly capacity: number;
  /** The steps' numbers, `STEP_BYTES` each; those of the optimiser are written when it runs. */
  readonly numbers: ArrayBuffer;
  readonly steps: readonly PlannedStep[];
  readonly losses: number;
  /** The largest of every size. */
  readonly most: StepCounts;
}

/** Plans all batches of an epoch. @throws RangeError for an item that the model does not have. */
export function planEpoch(sequences: Sequences, plan: Plan, shape: PlanShape): EpochPlan {
  const batches = batchCount(plan);
  const numbers = new ArrayBuffer(batches * STEP_BYTES);
  const steps: PlannedStep[] = [];
  const sizes = sizesOf(sequences, plan);
  const draft = startDraft(new Uint32Array(wordsFor(sizes, shape)), sizes, shape);
  let losses = 0;
  for (let b = 0; b < batches; b++) {
    const batch = plan.order.subarray(plan.offsets[b], plan.offsets[b + 1]);
    const laid = layStep(draft, sequences, batch, shape);
    const { tokens, targets, distinct, longest, stretches, furtherStretches } = laid;
    const windows = batch.length;
    writeStep(numbers, b, {
      ...laid,
      windows,
      lossesAt: losses,
      scale: 1 / targets,
    });
    steps.push({
      windows,
      tokens,
      distinct,
      targets,
      longest,
      stretches,
      furtherStretches,
      lossesAt: losses,
    });
    losses += wholeGroups(targets);
  }
  return {
    words: draft.words.subarray(0, draft.size),
    capacity: draft.words.length,
    numbers,
    steps,
    losses,
    most: steps.reduce<StepCounts>(largerCounts, NO_COUNTS),
  };
}

/** @throws RangeError when a window is longer than the model takes. */
export function checkLengths(
  { most: { longest } }: EpochPlan,
  { maxLen }: { readonly maxLen: number },
): void {
  if (longest > maxLen) {
    throw new RangeError(`a window has ${longest} items, the model takes ${maxLen}`);
  }
}

/** The mean loss of a step from the losses of its targets, added in float64 in their order. */
export function meanLoss(
  { lossesAt, targets }: PlannedStep,
  losses: Float32Array,
  from = 0,
): number {
  let sum = 0;
  for (let i = 0; i < targets; i++) sum += losses[lossesAt - from + i];
  return sum / targets;
}

function sizesOf({ length, targetOffsets }: Sequences, { order, offsets }: Plan): EpochSizes {
  let tokens = 0;
  let targets = 0;
  let mostWindows = 0;
  let mostTokens = 0;
  let longest = 0;
  const batches = offsets.length - 1;
  for (let b = 0; b < batches; b++) {
    const before = tokens;
    for (let i = offsets[b]; i < offsets[b + 1]; i++) {
      const window = order[i];
      tokens += length[window];
      targets += targetOffsets[window + 1] - targetOffsets[window];
      longest = Math.max(longest, length[window]);
    }
    mostTokens = Math.max(mostTokens, tokens - before);
    mostWindows = Math.max(mostWindows, offsets[b + 1] - offsets[b]);
  }
  return { windows: order.length, tokens, targets, batches, mostWindows, mostTokens, longest };
}

/**
 * Words that any order of these windows in as many batches can need, so that one buffer serves all
 * epochs.
 */
function wordsFor(
  { windows, tokens, targets, batches }: EpochSizes,
  { items, windowsAWorkgroup }: PlanShape,
): number {
  const distinct = Math.min(batches * items, tokens + batches);
  const stretches = Math.floor(tokens / LONG); // every one has more tokens, or follows one that has
  return (windows + batches * windowsAWorkgroup) * WINDOW.size +
    (targets + batches * TARGET_GROUP) * TARGET.size + 2 * tokens + 2 * distinct +
    batches + stretches * STRETCH.size;
}
