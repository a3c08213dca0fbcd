/**
 * The numbers that change from step to step, and the words of the epoch's plan: one truth for the
 * host and for WGSL.
 */

/** Sizes of one step that decide its dispatches. */
export interface StepSizes {
  /** Windows, padded ones not counted. */
  readonly windows: number;
  /**
   * Rows of activations: one for each item of each window, and with SASRec's `last_column` for the
   * padding too.
   */
  readonly tokens: number;
  /** Distinct items, item 0 always among them. */
  readonly distinct: number;
  readonly targets: number;
  /** Length of the longest window. */
  readonly longest: number;
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
  "projectedAt", // input projections of distinct items
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

/** Bytes from one step's numbers to the next: the alignment that every adapter accepts. */
export const STEP_BYTES = 256;

/** The step's numbers, `step.name` in WGSL. */
export const STEP_WGSL = `struct Step { ${INTEGERS.map((n) => `${n}: u32`).join(", ")}, ${
  FLOATS.map((n) => `${n}: f32`).join(", ")
} }\n@group(0) @binding(0) var<uniform> step: Step;\n`;

/**
 * The shard of the catalogue, `shard.name` in WGSL: its items, where its rows are, and its row of
 * logits.
 */
export const SHARD_FIELDS = [
  "first",
  "items",
  "rowsAt",
  "biasAt",
  "stride",
  "index",
  "count",
  "parameters",
] as const;
/** Numbers of a shard. */
export type ShardNumbers = Readonly<Record<typeof SHARD_FIELDS[number], number>>;
export const SHARD_WGSL = `struct Shard { ${
  SHARD_FIELDS.map((n) => `${n}: u32`).join(", ")
} }\n@group(0) @binding(8) var<uniform> shard: Shard;\n`;

/** Writes some of a step's numbers into the epoch's block of them. */
export function writeStep(
  block: ArrayBuffer,
  index: number,
  values: Partial<Readonly<Record<StepField, number>>>,
): void {
  const view = new DataView(block, index * STEP_BYTES, STEP_BYTES);
  INTEGERS.forEach((name, i) =>
    values[name] !== undefined && view.setUint32(4 * i, values[name], true)
  );
  FLOATS.forEach((name, i) =>
    values[name] !== undefined && view.setFloat32(4 * (INTEGERS.length + i), values[name], true)
  );
}

/**
 * Words of a window in the plan: first row of activations, first token, items, rows, first target,
 * targets, place in the batch, 0.
 */
export const WINDOW_WORDS = 8;
/** Words of a target in the plan: row of activations, label, position in the window, 0. */
export const TARGET_WORDS = 4;
/** The label of the targets that only fill a group up. */
export const NO_LABEL = 0xffffffff;
