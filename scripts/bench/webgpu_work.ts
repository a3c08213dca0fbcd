/**
 * What a step's kernels have to do at least, counted from the sizes: floating point operations, and
 * bytes that must move once.
 */
import { findByName } from "../../lib/engine/architecture.ts";
import type { PlannedStep } from "../../lib/engine/webgpu/plan.ts";
import { countParameters } from "../../lib/models/parameters.ts";
import { type NeuralModel, parameterSpecs } from "../../lib/models/neural.ts";
import type { GruModel } from "../../lib/models/gru.ts";
import type { SasRecModel } from "../../lib/models/sasrec.ts";

/** Operations and bytes of one dispatch. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
}

/** What the kernels of an architecture compute and move, by kernel. */
interface ArchitectureWork {
  readonly name: string;
  work(model: NeuralModel, step: PlannedStep, lengths: ArrayLike<number>): Record<string, Work>;
}

const GRU_WORK = { name: "gru", work: gruWork };
const SASREC_WORK = { name: "sasrec", work: sasRecWork };
const WORKS: readonly ArchitectureWork[] = [GRU_WORK, SASREC_WORK];

/**
 * The work of each kernel of a model by its name; the sums over windows are those of the step's own
 * lengths.
 */
export function workOf(
  model: NeuralModel,
  step: PlannedStep,
  lengths: ArrayLike<number>,
): Readonly<Record<string, Work>> {
  const parameters = countParameters(parameterSpecs(model));
  return {
    ...findByName(WORKS, model.architecture, { engine: "bench", what: "architecture" })
      .work(model, step, lengths),
    adam: { flops: 12 * parameters, bytes: 4 * 7 * parameters },
  };
}

function head(items: number, hidden: number, targets: number): Work {
  return {
    flops: 4 * targets * hidden * items,
    bytes: 4 * (2 * items * hidden + 2 * targets * hidden + targets * items),
  };
}

function gruWork(
  { nItems, embeddingDim: d, hiddenDim: h }: GruModel,
  { tokens, distinct, targets, windows }: PlannedStep,
) {
  const recurrence = 2 * (tokens - windows) * 3 * h * h;
  const gates = 3 * h;
  return {
    project: {
      flops: 2 * distinct * d * gates,
      bytes: 4 * (distinct * d + gates * d + distinct * gates),
    },
    gruForward: { flops: recurrence, bytes: 4 * (gates * h + distinct * gates + 5 * tokens * h) },
    softmaxHead: head(nItems, h, targets),
    gruBackward: { flops: recurrence, bytes: 4 * (gates * h + 9 * tokens * h) },
    weightGradients: {
      flops: 2 * tokens * gates * (h + d) + 2 * targets * nItems * h + 2 * distinct * gates * d,
      bytes: 4 *
        (5 * tokens * h + targets * (nItems + h) + nItems * h + gates * (h + d) + distinct * d),
    },
  };
}

function sasRecWork(
  model: SasRecModel,
  { tokens, targets }: PlannedStep,
  lengths: ArrayLike<number>,
) {
  const { nItems, hiddenDim: h, feedForwardDim: f, numBlocks } = model;
  let pairs = 0;
  for (let i = 0; i < lengths.length; i++) pairs += lengths[i] * (lengths[i] + 1) / 2;
  const perQuery = 2 * (h * h + 2 * h * f);
  const full = tokens * (2 * 3 * h * h + perQuery) + 4 * pairs * h;
  const last = tokens * 2 * 2 * h * h + targets * (2 * h * h + perQuery) + 4 * tokens * h;
  const flops = (numBlocks - 1) * full + last;
  const products = flops - (numBlocks - 1) * 4 * pairs * h;
  const record = 4 * tokens * ((numBlocks - 1) * (8 * h + f) + 3 * h);
  const weights = 4 * numBlocks * (4 * h * h + 2 * h * f);
  return {
    sasRecForward: { flops, bytes: record + weights },
    softmaxHead: head(nItems, h, targets),
    sasRecBackward: { flops: products + 2.5 * (flops - products), bytes: 2 * record + weights },
    weightGradients: {
      flops: products + 2 * targets * nItems * h,
      bytes: 2 * record + 4 * targets * (nItems + h) + 4 * nItems * h,
    },
  };
}

/**
 * The work of a kernel over one shard of a catalogue that is in several; `rows` are its parameters.
 * @throws TypeError for a kernel that no shard has.
 */
export function shardWorkOf(
  kernel: string,
  { hiddenDim: h }: NeuralModel,
  { targets, distinct }: PlannedStep,
  { items, rows }: { readonly items: number; readonly rows: number },
): Work {
  const logits = targets * items;
  const product = { flops: 2 * logits * h, bytes: 4 * (logits + items * h + targets * h) };
  const works: Readonly<Record<string, Work>> = {
    logits: product,
    shardStatistics: { flops: 2 * logits, bytes: 4 * logits },
    shardGradients: { flops: 2 * logits, bytes: 8 * logits },
    hiddenGradient: product,
    hiddenGradientSum: { flops: 16 * targets * h, bytes: 4 * 17 * targets * h },
    shardHeadGradients: product,
    gatherRows: { flops: 0, bytes: 8 * distinct * h },
    scatterRows: { flops: 0, bytes: 8 * distinct * h },
    adamOfShard: { flops: 12 * rows, bytes: 4 * 7 * rows },
  };
  if (works[kernel] === undefined) throw new TypeError(`no work is counted for ${kernel}`);
  return works[kernel];
}
