/** What kernels of tasks read beside parameters: the numbers of a pass and the plan's records. */
import { structWgsl, words } from "../fields.ts";
import { readerWgsl } from "../plan_records.ts";

/**
 * A part of a task, its support or its queries: windows, the tokens of their items (rows of
 * records), targets, and the rows of the item table that it touches. A task's rows are those of its
 * support, then the ones that only its queries touch; `rows` of the queries counts both.
 */
export const PART = words(
  [
    "windows",
    "firstWindow",
    "tokens",
    "firstToken",
    "targets",
    "firstTarget",
    "rows",
    "itemsAt", // the items of the task's rows
    "segmentsAt", // [rows + 1] where each row's tokens begin in `sortedAt`
    "sortedAt", // tokens by row, without padding's
    "answersAt", // row of the answers of the part's first target
  ],
  12,
);

/** A window: tokens and targets counted within its part. */
export const TASK_WINDOW = words(["firstToken", "items", "firstTarget", "targets"], 4);

/** A target: the token that it reads, its label, and its position in the window. */
export const TASK_TARGET = words(["token", "label", "position"], 4);

const INTEGERS = [
  "partsAt", // words of the plan: two parts a task, windows, targets, each token's row
  "windowsAt",
  "targetsAt",
  "tokensAt",
  "tableAt", // [rows of the table + 1] where each row's tasks begin in `tableTasksAt`
  "tableTasksAt", // pairs of a task of these and its row
  "firstTask", // of the tasks that are in memory
  "tasks", // how many these are
  "part", // 0: support, 1: queries
  "taskQuads", // of one task's memory
  "gradientsAt", // quads of a task's memory; its parameters are at 0
  "otherAt",
  "carriedAt",
  "momentsAt",
  "secondAt",
  "savedAt",
  "recordsAt",
  "stateGradientsAt",
  "logitGradientsAt",
  "scalarsAt",
  "lossesAt",
  "answersAt",
  "ratesAt",
  "innerStep", // from 1
  "gradientUse", // what becomes of a gradient: GRADIENT_USES
  "keepTo", // where it is kept
  "saves", // 1: parameters are kept before they move
  "sumFrom", // where the outer gradients are, of which a sum is made
  "movement", // 1: outer gradients are start − adapted
  "addsUp", // 1: to the sum that is there
] as const;

const FLOATS = [
  "stepLength", // ‖s·α·v‖ of a step along what is carried back, and its sign
  "sign",
  "sumScale",
  "clipNorm",
  "innerSize", // of Adam's inner step, without the rate
  "innerCorrection",
  "stepSize",
  "rootCorrection",
  "epsilon",
  "oneMinusBeta1",
  "beta2",
  "oneMinusBeta2",
] as const;

/** What becomes of a gradient: a step of SGD, one of Adam, or it is kept. */
export const GRADIENT_USES = { sgd: 0, adam: 1, keep: 2 } as const;

/** Names of a pass's numbers. */
export type PassField = typeof INTEGERS[number] | typeof FLOATS[number];

/** Numbers of a pass. */
export type PassNumbers = Partial<Readonly<Record<PassField, number>>>;

/** Bytes from one pass's numbers to the next: the alignment that every adapter accepts. */
export const PASS_BYTES = 256;

/** The struct of a pass's numbers, and the readers of the plan. */
export const RECORDS_WGSL = [
  structWgsl("Pass", [
    ...INTEGERS.map((name) => [name, "u32"] as const),
    ...FLOATS.map((name) => [name, "f32"] as const),
  ]),
  readerWgsl("Part", "partAt", "step.partsAt", PART),
  readerWgsl("Window", "windowOf", "step.windowsAt", TASK_WINDOW),
  readerWgsl("Target", "targetOf", "step.targetsAt", TASK_TARGET),
].join("");

/** The numbers of several passes as their uniform holds them. */
export function passWords(passes: readonly PassNumbers[]): ArrayBuffer {
  const block = new ArrayBuffer(PASS_BYTES * passes.length);
  passes.forEach((values, pass) => {
    const view = new DataView(block, pass * PASS_BYTES, PASS_BYTES);
    INTEGERS.forEach((name, i) => view.setUint32(4 * i, values[name] ?? 0, true));
    FLOATS.forEach((name, i) =>
      view.setFloat32(4 * (INTEGERS.length + i), values[name] ?? 0, true)
    );
  });
  return block;
}
