/**
 * The words of an epoch that kernels read: for each step its windows, targets, items, distinct
 * items and the order of its tokens by item. Made on the processor from typed arrays, uploaded once
 * an epoch.
 */
import {
  NO_LABEL,
  TARGET,
  TARGET_GROUP,
  wholeGroups,
  WINDOW,
} from "../../kernels/webgpu/plan_records.ts";
import { STEP_BYTES, type StepCounts, writeStep } from "../../kernels/webgpu/step_uniform.ts";
import { batchCount, type Plan, type Sequences } from "../../samplers/sequences.ts";

/** How a model wants its windows. */
export interface PlanShape {
  /** Rows of the embedding table. */
  readonly items: number;
  /** The row that is padding: the first of the distinct items, and without a gradient. */
  readonly padding: number;
  /** Windows that one workgroup takes: long ones are paired with short ones. */
  readonly windowsAWorkgroup: number;
  /**
   * Every window as long as the batch's longest, read at its last column (SASRec's `last_column`
   * while training).
   */
  readonly padded: boolean;
}

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
  const draft: Draft = {
    words: new Uint32Array(wordsFor(sequences, plan, shape)),
    size: 0,
    slotOf: new Int32Array(shape.items),
  };
  let losses = 0;
  for (let b = 0; b < batches; b++) {
    const batch = plan.order.subarray(plan.offsets[b], plan.offsets[b + 1]);
    const { rowOf, longest, ...windows } = layWindows(draft, sequences, batch, shape);
    const items = layItems(draft, windows.tokensAt, rowOf, shape.padding);
    const { tokens, targets } = windows;
    const sizes = { windows: batch.length, tokens, distinct: items.distinct, targets, longest };
    writeStep(numbers, b, {
      ...sizes,
      ...windows,
      ...items,
      lossesAt: losses,
      scale: 1 / targets,
    });
    steps.push({ ...sizes, lossesAt: losses });
    losses += wholeGroups(targets);
  }
  const most = (of: (step: PlannedStep) => number) =>
    steps.reduce((largest, step) => Math.max(largest, of(step)), 0);
  return {
    words: draft.words.subarray(0, draft.size),
    capacity: draft.words.length,
    numbers,
    steps,
    losses,
    most: {
      windows: most((s) => s.windows),
      tokens: most((s) => s.tokens),
      distinct: most((s) => s.distinct),
      targets: most((s) => s.targets),
      longest: most((s) => s.longest),
    },
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

/**
 * Words that any order of these windows in as many batches can need, so that one buffer serves all
 * epochs.
 */
function wordsFor(
  { length, targetOffsets }: Sequences,
  { order, offsets }: Plan,
  { items, windowsAWorkgroup }: PlanShape,
): number {
  let tokens = 0;
  let targets = 0;
  for (const window of order) {
    tokens += length[window];
    targets += targetOffsets[window + 1] - targetOffsets[window];
  }
  const batches = offsets.length - 1;
  const distinct = Math.min(batches * items, tokens + batches);
  return (order.length + batches * windowsAWorkgroup) * WINDOW.size +
    (targets + batches * TARGET_GROUP) * TARGET.size + 2 * tokens + 2 * distinct +
    batches;
}

/** Words under construction, written one after the other; they begin as zeros. */
interface Draft {
  readonly words: Uint32Array;
  size: number;
  /** Each item's place among the distinct ones of the step that is being planned. */
  readonly slotOf: Int32Array;
}

/** Room for n words; where it begins. */
function take(draft: Draft, n: number): number {
  const at = draft.size;
  draft.size += n;
  return at;
}

/** Windows, targets and items of a step; `rowOf` is each token's row of activations. */
function layWindows(
  draft: Draft,
  { items, start, length, targetOffsets, targetPosition, targetLabel }: Sequences,
  batch: Int32Array,
  { items: known, windowsAWorkgroup, padded }: PlanShape,
) {
  const { words } = draft;
  const order = byLength(batch, length, windowsAWorkgroup);
  const longest = length[batch[order[0]]];
  let itemCount = 0;
  let targets = 0;
  for (const window of batch) {
    itemCount += length[window];
    targets += targetOffsets[window + 1] - targetOffsets[window];
  }
  /** Each window's first target, counted through the batch as it came. */
  const firstPlace = new Int32Array(batch.length);
  for (let i = 1; i < batch.length; i++) {
    const before = batch[i - 1];
    firstPlace[i] = firstPlace[i - 1] + targetOffsets[before + 1] - targetOffsets[before];
  }
  const windowsAt = take(draft, order.length * WINDOW.size);
  const targetsAt = take(draft, wholeGroups(targets) * TARGET.size);
  const tokensAt = take(draft, itemCount);
  const rowOf = new Uint32Array(itemCount);
  let row = 0;
  let token = 0;
  let target = 0;
  order.forEach((place, i) => {
    if (place < 0) return; // a window of no rows
    const at = windowsAt + i * WINDOW.size;
    const window = batch[place];
    const n = length[window];
    const rows = padded ? longest : n;
    const firstTarget = targetOffsets[window];
    const pastTargets = targetOffsets[window + 1];
    words[at + WINDOW.at.firstRow] = row;
    words[at + WINDOW.at.firstToken] = token;
    words[at + WINDOW.at.items] = n;
    words[at + WINDOW.at.rows] = rows;
    words[at + WINDOW.at.firstTarget] = target;
    words[at + WINDOW.at.targets] = pastTargets - firstTarget;
    words[at + WINDOW.at.place] = place;
    for (let t = 0; t < n; t++) {
      const item = items[start[window] + t];
      if (!(item >= 0 && item < known)) {
        throw new RangeError(`window ${window} has item ${item}, the model has ${known}`);
      }
      words[tokensAt + token] = item;
      rowOf[token++] = row + t;
    }
    for (let t = firstTarget; t < pastTargets; t++) {
      const position = padded ? longest - 1 : targetPosition[t];
      const to = targetsAt + target++ * TARGET.size;
      words[to + TARGET.at.row] = row + position;
      words[to + TARGET.at.label] = targetLabel[t];
      words[to + TARGET.at.position] = position;
      words[to + TARGET.at.place] = firstPlace[place] + t - firstTarget;
    }
    row += rows;
  });
  for (; target < wholeGroups(targets); target++) {
    words[targetsAt + target * TARGET.size + TARGET.at.label] = NO_LABEL;
  }
  return { windowsAt, targetsAt, targets, tokensAt, tokens: row, longest, rowOf };
}

/**
 * The distinct items of a step, and their tokens' rows, item by item. The tokens, which are items
 * so far, become places among the distinct ones.
 */
function layItems(draft: Draft, tokensAt: number, rowOf: Uint32Array, padding: number) {
  const { words, slotOf } = draft;
  const tokens = words.subarray(tokensAt, tokensAt + rowOf.length);
  const ids = distinctItems(tokens, slotOf.length, padding);
  const distinct = ids.length;
  const distinctAt = take(draft, distinct);
  const segmentsAt = take(draft, distinct + 1);
  words.set(ids, distinctAt);
  ids.forEach((id, slot) => slotOf[id] = slot);
  for (let t = 0; t < tokens.length; t++) {
    const slot = tokens[t] = slotOf[tokens[t]];
    // the first is padding: no gradient, no segment
    if (slot > 0) words[segmentsAt + slot + 1]++;
  }
  for (let slot = 0; slot < distinct; slot++) {
    words[segmentsAt + slot + 1] += words[segmentsAt + slot];
  }
  const sortedAt = take(draft, words[segmentsAt + distinct]);
  const next = words.slice(segmentsAt, segmentsAt + distinct);
  for (let t = 0; t < tokens.length; t++) {
    const slot = tokens[t];
    if (slot > 0) words[sortedAt + next[slot]++] = rowOf[t];
  }
  return { distinctAt, distinct, segmentsAt, sortedAt };
}

/**
 * Places in the batch, longest window first and then, with several windows a workgroup, forwards
 * and backwards in turns; −1 fills up.
 */
function byLength(
  batch: Int32Array,
  length: Int32Array,
  windowsAWorkgroup: number,
): Int32Array {
  const sorted = Int32Array.from(batch, (_, place) => place).sort((a, b) =>
    length[batch[b]] - length[batch[a]] || a - b
  );
  if (windowsAWorkgroup === 1) return sorted;
  const workgroups = Math.ceil(batch.length / windowsAWorkgroup);
  const order = new Int32Array(workgroups * windowsAWorkgroup).fill(-1);
  sorted.forEach((place, i) => {
    const round = Math.floor(i / workgroups);
    const at = i % workgroups;
    const workgroup = round % 2 === 0 ? at : workgroups - 1 - at;
    order[workgroup * windowsAWorkgroup + round] = place;
  });
  return order;
}

/** The padding, whether it occurs or not, then the distinct items in ascending order. */
function distinctItems(tokens: Uint32Array, items: number, padding: number): Uint32Array {
  if (items <= 16 * tokens.length) {
    const seen = new Uint8Array(items);
    for (const item of tokens) seen[item] = 1;
    seen[padding] = 0;
    const ids: number[] = [padding];
    seen.forEach((yes, id) => {
      if (yes) ids.push(id);
    });
    return Uint32Array.from(ids);
  }
  const ids = new Set<number>(tokens);
  ids.delete(padding);
  const all = new Uint32Array(1 + ids.size).fill(padding);
  all.set(Uint32Array.from(ids).sort(), 1);
  return all;
}
