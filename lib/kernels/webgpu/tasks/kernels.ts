/**
 * The kernels of few-shot adaptation: a GRU trained on the support of many tasks at once, each with
 * its own copy of what moves, and the outer steps over them.
 */
import reductions from "../reductions.wgsl" with { type: "text" };
import { constantName, placesInQuads, quadConstants } from "../fields.ts";
import type { Constants } from "../template.ts";
import along from "./along.wgsl" with { type: "text" };
import answers from "./answers.wgsl" with { type: "text" };
import backward from "./backward.wgsl" with { type: "text" };
import begin from "./begin.wgsl" with { type: "text" };
import carry from "./carry.wgsl" with { type: "text" };
import forward from "./forward.wgsl" with { type: "text" };
import gradients from "./gradients.wgsl" with { type: "text" };
import head from "./head.wgsl" with { type: "text" };
import length from "./length.wgsl" with { type: "text" };
import rateSum from "./rate_sum.wgsl" with { type: "text" };
import rateUpdate from "./rate_update.wgsl" with { type: "text" };
import sum from "./sum.wgsl" with { type: "text" };
import tensors from "./tensors.wgsl" with { type: "text" };
import update from "./update.wgsl" with { type: "text" };
import { type TaskKernel, taskKernel, type TaskSizes } from "./kernel.ts";
import { type Moved, movedFloats, RATES, type TaskLayout, TENSORS } from "./layout.ts";
import { GRADIENT_USES } from "./records.ts";

/** The device's limits that decide kernels. */
export interface TaskKernelLimits {
  readonly threads: number;
  readonly workgroupBytes: number;
}

/** Kernels of tasks of which `moved` moves. */
export interface TaskKernels {
  /** A task's parameters become the start's. */
  readonly begin: TaskKernel;
  readonly forward: TaskKernel;
  readonly head: TaskKernel;
  readonly answers: TaskKernel;
  readonly backward: TaskKernel;
  readonly gradients: TaskKernel;
}

/** Kernels of outer steps. */
export interface OuterKernels {
  readonly sum: TaskKernel;
  readonly update: TaskKernel;
  readonly length: TaskKernel;
  readonly along: TaskKernel;
  readonly carry: TaskKernel;
  readonly carryWithRates: TaskKernel;
  readonly rateSum: TaskKernel;
  readonly rateUpdate: TaskKernel;
}

/** Quads of a task's scalars: a length, and from the second one on its rates' gradients. */
export const SCALAR_QUADS = 1 + RATES / 4;

/** Lists of rates in their buffer, in floats. */
export const RATE_LISTS = {
  fixed: 0,
  learnt: RATES,
  first: 2 * RATES,
  second: 3 * RATES,
  sums: 4 * RATES,
} as const;

/** Workgroups that share a sum over tasks, at most. */
export const SUM_GROUPS = 256;

/** Most sums into which a row's or a column's product is cut. */
const MOST_PARTS = 8;

/** Kernels in which `moved` moves. */
export function taskKernels(
  l: TaskLayout,
  moved: Moved,
  limits: TaskKernelLimits,
): TaskKernels {
  const key = keyOf(l, moved, limits);
  const { SIZE, HIDDEN_QUADS, WIDTH_QUADS } = key;
  const gateRows = l.gates.size;
  const columns = HIDDEN_QUADS + WIDTH_QUADS;
  const forwardParts = partsThatFit(
    limits.workgroupBytes - 4 * (l.hidden + l.width),
    4 * 2 * gateRows,
    HIDDEN_QUADS,
  );
  const backwardParts = partsThatFit(
    limits.workgroupBytes - 4 * (gateRows + 2 * l.hidden),
    16 * columns,
    gateRows / 4,
  );
  const headParts = Math.max(1, Math.floor(SIZE / HIDDEN_QUADS));
  const headEnds = blockEnds(l);
  const blocks = { bias: headEnds.headBiasEnd, head: headEnds.headWeightEnd, all: 0 }[moved];
  return {
    begin: taskKernel({
      name: "taskBegin",
      key: { ...key, SCALAR_QUADS },
      text: [begin],
      dispatch: ({ tasks, rows }) => [groupsOf(movedFloats(l, moved, rows) / 4, SIZE), tasks],
    }),
    forward: taskKernel({
      name: "taskForward",
      key: {
        ...key,
        PARTS: forwardParts,
        WIDTH_UNROLLED: unrolled(WIDTH_QUADS / forwardParts),
        HIDDEN_UNROLLED: unrolled(HIDDEN_QUADS / forwardParts),
        GATE_ROWS: gateRows,
        ROWS: 2 * gateRows,
        PRODUCTS: forwardParts * 2 * gateRows,
      },
      text: [forward],
      dispatch: ({ tasks, windows }) => [windows, tasks],
    }),
    head: taskKernel({
      name: "taskHead",
      key: {
        ...key,
        UNROLLED: unrolled(HIDDEN_QUADS),
        HEAD_PARTS: headParts,
        PARTIAL: headParts * HIDDEN_QUADS,
      },
      text: [reductions, head],
      dispatch: ({ tasks, targets }) => [targets, tasks],
    }),
    answers: taskKernel({
      name: "taskAnswers",
      key: { ...key, UNROLLED: unrolled(HIDDEN_QUADS) },
      text: [answers],
      dispatch: ({ tasks, targets }) => [targets, tasks],
    }),
    backward: taskKernel({
      name: "taskBackward",
      key: {
        ...key,
        PARTS: backwardParts,
        UNROLLED: unrolled(l.gates.size / 4 / backwardParts),
        COLUMNS: columns,
        VECTORS: (gateRows + l.hidden) / 4,
        PRODUCTS: backwardParts * columns,
      },
      text: [backward],
      dispatch: ({ tasks, windows }) => [windows, tasks],
    }),
    gradients: taskKernel({
      name: "taskGradients",
      key: {
        ...key,
        ...namedConstants(headEnds),
        SGD: GRADIENT_USES.sgd,
        KEEP: GRADIENT_USES.keep,
      },
      text: [gradients],
      dispatch: ({ tasks, rows }) => [
        Math.ceil((blocks || headEnds.biasHhEnd + rows * WIDTH_QUADS) / SIZE),
        tasks,
      ],
    }),
  };
}

/** Kernels of outer steps, over tasks of which everything moves. */
export function outerKernels(l: TaskLayout, limits: TaskKernelLimits): OuterKernels {
  const key = keyOf(l, "all", limits);
  const quads = l.store.targetEnd / 4;
  const ofStart = {
    ...key,
    START_QUADS: quads,
    TABLE_END: (l.table + l.rows * l.width) / 4,
    SUM_GROUPS: groupsOf(quads, key.SIZE),
  };
  const overTask = { ...key, RATE_GRADIENTS: 1 };
  const ofRates = {
    ...key,
    RATE_GRADIENTS: 1,
    TENSORS: TENSORS.length,
    RATE_SUMS: RATE_LISTS.sums,
    RATE_LEARNT: RATE_LISTS.learnt,
    RATE_FIRST: RATE_LISTS.first,
    RATE_SECOND: RATE_LISTS.second,
  };
  const ofTask = ({ tasks, rows }: TaskSizes) =>
    [groupsOf(movedFloats(l, "all", rows) / 4, key.SIZE), tasks] as const;
  const one = () => [1, 1] as const;
  const each = ({ tasks }: TaskSizes) => [1, tasks] as const;
  return {
    sum: taskKernel({
      name: "taskSum",
      key: ofStart,
      text: [reductions, sum],
      dispatch: () => [ofStart.SUM_GROUPS, 1],
    }),
    update: taskKernel({
      name: "taskUpdate",
      key: ofStart,
      text: [reductions, update],
      dispatch: () => [ofStart.SUM_GROUPS, 1],
    }),
    length: taskKernel({
      name: "taskLength",
      key: overTask,
      text: [reductions, tensors, length],
      dispatch: each,
    }),
    along: taskKernel({
      name: "taskAlong",
      key: overTask,
      text: [tensors, along],
      dispatch: ofTask,
    }),
    carry: taskKernel({
      name: "taskCarry",
      key: { ...overTask, LEARNS_RATES: 0 },
      text: [carry],
      dispatch: ofTask,
    }),
    carryWithRates: taskKernel({
      name: "taskCarryWithRates",
      key: { ...overTask, LEARNS_RATES: 1 },
      text: [reductions, carry],
      dispatch: each,
    }),
    rateSum: taskKernel({ name: "taskRateSum", key: ofRates, text: [rateSum], dispatch: one }),
    rateUpdate: taskKernel({
      name: "taskRateUpdate",
      key: ofRates,
      text: [rateUpdate],
      dispatch: one,
    }),
  };
}

/** What all kernels are made with. */
function keyOf(l: TaskLayout, moved: Moved, { threads }: TaskKernelLimits) {
  const { headBias, headWeight, weightIh, weightHh, biasIh, biasHh, table } = l;
  const places = { headBias, headWeight, weightIh, weightHh, biasIh, biasHh, table };
  const numbers = ["TABLE", "WEIGHT_IH", "WEIGHT_HH", "BIAS_IH", "BIAS_HH", "HEAD_WEIGHT"];
  return {
    SIZE: threads >= 256 ? 256 : 64,
    MOVES_HEAD: +(moved !== "bias"),
    MOVES_BODY: +(moved === "all"),
    OWN_END: movedFloats(l, moved, 0) / 4,
    ITEMS: l.items,
    STRIDE_QUADS: l.stride / 4,
    WIDTH_QUADS: l.width / 4,
    HIDDEN_QUADS: l.hidden / 4,
    ...Object.fromEntries(
      [...numbers, "HEAD_BIAS"].map((name, tensor) => [`TENSOR_${name}`, tensor]),
    ),
    ...placesInQuads(places),
    ...quadConstants("gate", l.gates),
    ...quadConstants("record", l.record),
  };
}

/** Where the blocks of each tensor's gradient end, of four by four values or of four. */
function blockEnds({ stride, hidden, width, gates }: TaskLayout) {
  const headBiasEnd = stride / 4;
  const headWeightEnd = headBiasEnd + stride * hidden / 16;
  const weightIhEnd = headWeightEnd + gates.size * width / 16;
  const weightHhEnd = weightIhEnd + gates.size * hidden / 16;
  const biasIhEnd = weightHhEnd + gates.size / 4;
  const biasHhEnd = biasIhEnd + gates.size / 4;
  return { headBiasEnd, headWeightEnd, weightIhEnd, weightHhEnd, biasIhEnd, biasHhEnd };
}

function namedConstants(values: Readonly<Record<string, number>>): Constants {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [constantName(name), value]),
  );
}

/** Workgroups for so many quads, a thread a quad in turn. */
function groupsOf(quads: number, size: number): number {
  return Math.min(SUM_GROUPS, Math.ceil(quads / size));
}

/**
 * Turns of a loop that are written out, where so many divide its turns: compilers that bound every
 * loop keep the driver from it, and with it loads that wait for each other.
 */
function unrolled(turns: number): number {
  return [4, 2].find((count) => turns % count === 0) ?? 1;
}

/** Parts, a power of two, whose sums fit into `bytes`; at least 1, which the device may refuse. */
function partsThatFit(bytes: number, bytesOfPart: number, most: number): number {
  let parts = 1;
  while (2 * parts <= Math.min(MOST_PARTS, most) && 2 * parts * bytesOfPart <= bytes) parts *= 2;
  return parts;
}
