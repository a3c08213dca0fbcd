/**
 * The records of words in the epoch's plan, for the planner, which writes them, and for the
 * kernels, which read them as `windowOf(i)` and `targetOf(i)`.
 */
import { type Fields, structWgsl, words } from "./fields.ts";

/**
 * A window: its first row of activations and its rows (one an item, with SASRec's `last_column` the
 * padding too), its first token and its items, its first target and its targets, and its place in
 * the batch. A window of no rows only fills a workgroup up.
 */
export const WINDOW = words(
  ["firstRow", "firstToken", "items", "rows", "firstTarget", "targets", "place"],
  8,
);

/**
 * A target: its row of activations, its label, its position in the window, and its place among the
 * targets of the batch.
 */
export const TARGET = words(["row", "label", "position", "place"], 4);

/**
 * Tokens of a distinct item that one workgroup adds up, where the item has more than `LONG`: its
 * slot, the places begin..end-1 in the sorted tokens, and which stretch of the item it is. The sums
 * of all stretches but the first go to rows of their own, `firstSum` and the following `further`.
 */
export const STRETCH = words(["slot", "begin", "end", "number", "firstSum", "further"], 6);

/** A segment of more tokens is long. */
export const LONG = 16;

/**
 * Most tokens of a stretch: so many that a batch of the usual size has no further stretches, which
 * cost a dispatch.
 */
export const STRETCH_TOKENS = 512;

/** The label of targets that only fill a group up. */
export const NO_LABEL = 0xffffffff;

/** Targets are taken in groups of so many. */
export const TARGET_GROUP = 4;

/** Targets in whole groups: what a step's targets need room for. */
export function wholeGroups(targets: number): number {
  return Math.ceil(targets / TARGET_GROUP) * TARGET_GROUP;
}

/** The readers, for kernels that bind the plan. */
export const PLAN_WGSL = `const NO_LABEL = ${NO_LABEL}u;\n${
  readerWgsl("Window", "windowOf", "step.windowsAt", WINDOW)
}${readerWgsl("Target", "targetOf", "step.targetsAt", TARGET)}`;

/** The reader of stretches, for the kernels that add them up. */
export const STRETCH_WGSL = readerWgsl("Stretch", "stretchOf", "step.stretchesAt", STRETCH);

/** A struct with the record's fields and the function that reads the i-th one from the plan. */
export function readerWgsl(
  struct: string,
  reader: string,
  first: string,
  record: Fields<string>,
): string {
  const members = Object.keys(record.at).map((name) => [name, "u32"] as const);
  const values = Object.values(record.at).map((offset) => `plan[at + ${offset}u]`);
  return `${structWgsl(struct, members)}fn ${reader}(i: u32) -> ${struct} {
  let at = ${first} + i * ${record.size}u;
  return ${struct}(${values.join(", ")});
}
`;
}
