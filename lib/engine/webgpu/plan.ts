/**
 * The words of an epoch that kernels read: for each step its windows, targets, items, distinct
 * items and the order of its tokens by item. Made on the processor from typed arrays, uploaded once
 * an epoch.
 */
import {
  NO_LABEL,
  STEP_BYTES,
  type StepField,
  TARGET_WORDS,
  WINDOW_WORDS,
  writeStep,
} from "../../kernels/webgpu/step_uniform.ts";
import { batchCount, type Plan, type Sequences } from "../../samplers/sequences.ts";

/** How a model wants its windows. */
export interface PlanShape {
  /** Rows of the embedding table. */
  readonly items: number;
  /** Windows that one workgroup takes: long ones are paired with short ones. */
  readonly rows: number;
  /**
   * Every window as long as the batch's longest, read at its last column (SASRec's `last_column`
   * while training).
   */
  readonly padded: boolean;
}

/** Sizes of one step. */
export interface PlannedStep {
  readonly windows: number;
  readonly tokens: number;
  readonly distinct: number;
  readonly targets: number;
  readonly longest: number;
  /** Its first loss, and the padded number of them. */
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
  /** The largest step. */
  readonly most: Omit<PlannedStep, "lossesAt">;
}

/** Targets are taken in groups of four. */
const TARGET_GROUP = 4;

/** Plans all batches of an epoch. */
export function planEpoch(sequences: Sequences, plan: Plan, shape: PlanShape): EpochPlan {
  const batches = batchCount(plan);
  const numbers = new ArrayBuffer(batches * STEP_BYTES);
  const steps: PlannedStep[] = [];
  const writer: Writer = { words: new Uint32Array(wordsFor(sequences, plan, shape)), size: 0 };
  const slotOf = new Int32Array(shape.items);
  let losses = 0;
  for (let b = 0; b < batches; b++) {
    const batch = plan.order.subarray(plan.offsets[b], plan.offsets[b + 1]);
    const { step, fields } = planStep(sequences, batch, shape, writer, slotOf, losses);
    writeStep(numbers, b, { ...fields, lossesAt: losses, scale: 1 / step.targets });
    losses += groups(step.targets);
    steps.push(step);
  }
  const most = (of: (step: PlannedStep) => number) =>
    steps.reduce((largest, step) => Math.max(largest, of(step)), 0);
  return {
    words: writer.words.subarray(0, writer.size),
    capacity: writer.words.length,
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
  { items, rows }: PlanShape,
): number {
  let tokens = 0;
  let targets = 0;
  for (const window of order) {
    tokens += length[window];
    targets += targetOffsets[window + 1] - targetOffsets[window];
  }
  const batches = offsets.length - 1;
  const distinct = Math.min(batches * items, tokens + batches);
  return (order.length + batches * rows) * WINDOW_WORDS +
    (targets + batches * TARGET_GROUP) * TARGET_WORDS + 2 * tokens + 2 * distinct +
    batches;
}

function groups(targets: number): number {
  return Math.ceil(targets / TARGET_GROUP) * TARGET_GROUP;
}

/** Words written one after the other. */
interface Writer {
  readonly words: Uint32Array;
  size: number;
}

/** Room for n words; where it begins. */
function take(writer: Writer, n: number): number {
  const at = writer.size;
  writer.size += n;
  return at;
}

function planStep(
  sequences: Sequences,
  batch: Int32Array,
  { items, rows, padded }: PlanShape,
  writer: Writer,
  slotOf: Int32Array,
  lossesAt: number,
): { step: PlannedStep; fields: Partial<Record<StepField, number>> } {
  const { words } = writer;
  const { start, length, targetOffsets, targetPosition, targetLabel } = sequences;
  const order = byLength(batch, length, rows);
  const longest = length[batch[order[0]]];
  let real = 0;
  let targets = 0;
  for (const window of batch) {
    real += length[window];
    targets += targetOffsets[window + 1] - targetOffsets[window];
  }

  const windowsAt = take(writer, order.length * WINDOW_WORDS);
  const targetsAt = take(writer, groups(targets) * TARGET_WORDS);
  const tokensAt = take(writer, real);
  const rowOf = new Uint32Array(real);
  let row = 0;
  let token = 0;
  let target = 0;
  order.forEach((place, i) => {
    const at = windowsAt + i * WINDOW_WORDS;
    if (place < 0) return words.fill(0, at, at + WINDOW_WORDS);
    const window = batch[place];
    const n = length[window];
    const first = targetOffsets[window];
    const count = targetOffsets[window + 1] - first;
    const span = padded ? longest : n;
    words.set([row, token, n, span, target, count, place, 0], at);
    for (let t = 0; t < n; t++) {
      const item = sequences.items[start[window] + t];
      if (!(item >= 0 && item < items)) {
        throw new RangeError(`window ${window} has item ${item}, the model has ${items}`);
      }
      words[tokensAt + token] = item;
      rowOf[token++] = row + t;
    }
    for (let t = first; t < first + count; t++) {
      const position = padded ? longest - 1 : targetPosition[t];
      words.set([row + position, targetLabel[t], position, 0], targetsAt + target++ * TARGET_WORDS);
    }
    row += span;
  });
  for (; target < groups(targets); target++) {
    words.set([0, NO_LABEL, 0, 0], targetsAt + target * TARGET_WORDS);
  }

  const ids = distinctItems(words.subarray(tokensAt, tokensAt + real), items);
  const distinct = ids.length;
  const distinctAt = take(writer, distinct);
  const segmentsAt = take(writer, distinct + 1);
  words.set(ids, distinctAt);
  ids.forEach((id, slot) => slotOf[id] = slot);
  words.fill(0, segmentsAt, segmentsAt + distinct + 1);
  for (let t = tokensAt; t < tokensAt + real; t++) {
    words[t] = slotOf[words[t]];
    // item 0 is padding: no gradient, no segment
    if (words[t] > 0) words[segmentsAt + words[t] + 1]++;
  }
  for (let slot = 0; slot < distinct; slot++) {
    words[segmentsAt + slot + 1] += words[segmentsAt + slot];
  }
  const sortedAt = take(writer, words[segmentsAt + distinct]);
  const next = words.slice(segmentsAt, segmentsAt + distinct);
  for (let t = 0; t < real; t++) {
    const slot = words[tokensAt + t];
    if (slot > 0) words[sortedAt + next[slot]++] = rowOf[t];
  }
  const step = { windows: batch.length, tokens: row, distinct, targets, longest, lossesAt };
  return {
    step,
    fields: {
      windowsAt,
      windows: batch.length,
      tokensAt,
      tokens: row,
      distinctAt,
      distinct,
      segmentsAt,
      sortedAt,
      targetsAt,
      targets,
      longest,
    },
  };
}

/**
 * Places in the batch, longest window first and then, with several rows a workgroup, forwards and
 * backwards in turns; −1 fills up.
 */
function byLength(batch: Int32Array, length: Int32Array, rows: number): Int32Array {
  const sorted = Int32Array.from(batch, (_, place) => place).sort((a, b) =>
    length[batch[b]] - length[batch[a]] || a - b
  );
  if (rows === 1) return sorted;
  const workgroups = Math.ceil(batch.length / rows);
  const order = new Int32Array(workgroups * rows).fill(-1);
  sorted.forEach((place, i) => {
    const round = Math.floor(i / workgroups);
    const at = i % workgroups;
    order[(round % 2 === 0 ? at : workgroups - 1 - at) * rows + round] = place;
  });
  return order;
}

/** The distinct items in ascending order, item 0 first whether it occurs or not. */
function distinctItems(tokens: Uint32Array, items: number): Uint32Array {
  if (items <= 16 * tokens.length) {
    const seen = new Uint8Array(items);
    seen[0] = 1;
    for (const item of tokens) seen[item] = 1;
    return Uint32Array.from(
      seen.reduce<number[]>((ids, yes, id) => (yes && ids.push(id), ids), []),
    );
  }
  const ids = new Set<number>(tokens);
  ids.add(0);
  return Uint32Array.from(ids).sort();
}
