/**
 * The numbers that change from step to step and from shard to shard: one list of fields each, for
 * the host, which writes them, and for WGSL, which reads them as `step.name` and `shard.name`.
 */
import { structWgsl } from "./fields.ts";

/** Sizes of one step, or the largest of several steps. */
export interface StepCounts {
  /** Windows, those that only fill a workgroup up not counted. */
  readonly windows: number;
  /**
   * Rows of activations: one for each item of each window, and with SASRec's `last_column` for the
   * padding too.
   */
  readonly tokens: number;
  /** Distinct items, padding always the first of them. */
  readonly distinct: number;
  readonly targets: number;
  /** Length of the longest window. */
  readonly longest: number;
  /** Stretches of popular items' tokens, and how many of them are not the first of an item. */
  readonly stretches: number;
  readonly furtherStretches: number;
}

/** The sizes of no step, smaller than any. */
export const NO_COUNTS: StepCounts = {
  windows: 0,
  tokens: 0,
  distinct: 0,
  targets: 0,
  longest: 0,
  stretches: 0,
  furtherStretches: 0,
};

/** The larger of every size; `a` itself where b is nowhere larger. */
export function largerCounts(a: StepCounts, b: StepCounts): StepCounts {
  const names = Object.keys(NO_COUNTS) as (keyof StepCounts)[];
  if (names.every((name) => b[name] <= a[name])) return a;
  const larger = names.map((name) => [name, Math.max(a[name], b[name])]);
  return Object.fromEntries(larger);
}

/** What decides a kernel's dispatch. */
export interface StepSizes extends StepCounts {
  /** Items of the shard of the catalogue that a dispatch is about. */
  readonly shardItems: number;
  /** Parameters of the store that a dispatch is about. */
  readonly storeSize: number;
}

const INTEGERS = [
  "windowsAt", // words of the plan
  "windows",
  "tokensAt",
  "tokens",
  "distinctAt",
  "distinct",
  "segmentsAt",
  "sortedAt",
  "stretchesAt",
  "stretches",
  "targetsAt",
  "targets",
  "lossesAt",
  "tokenChunk", // rows of a slice of a split sum
  "targetChunk",
  "headChunk",
  "windowChunk",
  "longest",
  "seed",
  "number", // of the optimiser step, from 1
  "dropBelow", // 16-bit draws below it are dropped; 0 while scoring
  // quads of the activations: rows of distinct items, where the catalogue is in shards
  "embeddedAt",
  "embeddedGradientAt",
  "projectedAt", // input projections of distinct items, or of tokens
  // where dropout tells tokens of one item apart, a row a token: what is projected, its mask, its
  // gradient
  "inputsAt",
  "inputMasksAt",
  "inputGradientsAt",
  "stretchSumsAt", // gradients of items' further stretches
  "recordsAt", // one record a token
  "targetRecordsAt", // one record a target
  "partialsAt", // sums of one window
  "headPartialsAt", // hidden gradients of one slice of the catalogue
  "hiddenAt", // what the head reads, a row a target
  "hiddenGradientAt",
  "logitGradientAt",
  "statisticsAt", // a target's maximum, sum and label in each shard
  "capacity", // targets that the activations have room for
] as const;
const FLOATS = [
  "keep",
  "scale",
  "stepSize",
  "rootCorrection",
  "epsilon",
  "oneMinusBeta1",
  "beta2",
  "oneMinusBeta2",
] as const;

/** Names of the step's numbers. */
export type StepField = typeof INTEGERS[number] | typeof FLOATS[number];

/** Numbers of a step. */
export type StepNumbers = Readonly<Record<StepField, number>>;

/** Bytes from one step's numbers to the next: the alignment that every adapter accepts. */
export const STEP_BYTES = 256;

/** The struct of the step's numbers. */
export const STEP_WGSL = structWgsl("Step", [
  ...INTEGERS.map((name) => [name, "u32"] as const),
  ...FLOATS.map((name) => [name, "f32"] as const),
]);

/** Writes some of a step's numbers into the epoch's block of them. */
export function writeStep(
  block: ArrayBuffer,
  index: number,
  values: Partial<StepNumbers>,
): void {
  const view = new DataView(block, index * STEP_BYTES, STEP_BYTES);
  INTEGERS.forEach((name, i) => {
    const value = values[name];
    if (value !== undefined) view.setUint32(4 * i, value, true);
  });
  FLOATS.forEach((name, i) => {
    const value = values[name];
    if (value !== undefined) view.setFloat32(4 * (INTEGERS.length + i), value, true);
  });
}

/** A step's numbers from the epoch's block of them. */
export function readStep(block: ArrayBuffer, index: number): StepNumbers {
  const view = new DataView(block, index * STEP_BYTES, STEP_BYTES);
  return Object.fromEntries([
    ...INTEGERS.map((name, i) => [name, view.getUint32(4 * i, true)]),
    ...FLOATS.map((name, i) => [name, view.getFloat32(4 * (INTEGERS.length + i), true)]),
  ]) as StepNumbers;
}

/** A store's part of the catalogue: its items, where its rows are, and its row of logits. */
const SHARD_FIELDS = [
  "first",
  "items",
  "rows", // of its embeddings: a tied table's last shard has the padding too
  "rowsAt", // quads of the weights
  "biasAt",
  "stride", // floats from a target's logits to the next one's
  "index", // which shard of `count`
  "count",
  "parameters", // of the whole store
] as const;

/** Numbers of a shard. */
export type ShardNumbers = Readonly<Record<typeof SHARD_FIELDS[number], number>>;

/** The struct of a shard's numbers. */
export const SHARD_WGSL = structWgsl("Shard", SHARD_FIELDS.map((name) => [name, "u32"]));

/** A shard's numbers as its uniform holds them; those that are not given are 0. */
export function shardWords(numbers: Partial<ShardNumbers>): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(SHARD_FIELDS, (name) => numbers[name] ?? 0);
}
