/**
 * What a step's kernels have to do at least, counted from the sizes: floating point operations, and
 * bytes that must move once.
 */
import { findByName } from "../../lib/engine/architecture.ts";
import type { PlannedStep } from "../../lib/engine/webgpu/plan.ts";
import type { Program } from "../../lib/engine/webgpu/program.ts";
import { SHARD_SLICES } from "../../lib/kernels/webgpu/hidden_gradient.ts";
import { countParameters } from "../../lib/models/parameters.ts";
import { architectureOf, type NeuralModel, parameterSpecs } from "../../lib/models/neural.ts";
import type { GruModel } from "../../lib/models/gru.ts";
import type { SasRecModel } from "../../lib/models/sasrec.ts";

/** Operations and bytes of one dispatch. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
}

/** The work of a step's kernels, of which `items` courses have their output layer in store 0. */
interface Measured {
  readonly step: PlannedStep;
  /** Of the windows. */
  readonly lengths: ArrayLike<number>;
  readonly items: number;
}

/** What the kernels of an architecture compute and move, by kernel. */
interface ArchitectureWork {
  readonly name: string;
  work(model: NeuralModel, measured: Measured): Record<string, Work>;
}

const GRU_WORK = { name: "gru", work: gruWork };
const SASREC_WORK = { name: "sasrec", work: sasRecWork };
const WORKS: readonly ArchitectureWork[] = [GRU_WORK, SASREC_WORK];

/** A step whose kernels are measured. */
export interface MeasuredStep {
  readonly model: NeuralModel;
  readonly stores: Program["stores"];
  readonly step: PlannedStep;
  /** Of its windows. */
  readonly lengths: ArrayLike<number>;
}

/** The work of a kernel over a store. @throws TypeError for a kernel whose work is not counted. */
export function workOf({ model, stores, step, lengths }: MeasuredStep, kernel: string, of: number) {
  const { logits: fused } = stores[0];
  const works: Readonly<Record<string, Work>> = {
    ...findByName(WORKS, model.architecture, { engine: "bench", what: "architecture" })
      .work(model, { step, lengths, items: fused > 0 ? model.nItems : 0 }),
    ...tableWork(model, stores, step, of),
    adam: adamWork(
      countParameters(
        parameterSpecs(model).filter(({ name }) =>
          stores[0].layout.places.some((place) => place.name === name)
        ),
      ),
    ),
  };
  if (works[kernel] === undefined) throw new TypeError(`no work is counted for ${kernel}`);
  return works[kernel];
}

function adamWork(parameters: number): Work {
  return { flops: 12 * parameters, bytes: 4 * 7 * parameters };
}

function head(items: number, hidden: number, targets: number): Work {
  return {
    flops: 4 * targets * hidden * items,
    bytes: 4 * (2 * items * hidden + 2 * targets * hidden + targets * items),
  };
}

function gruWork(
  { embeddingDim: d, hiddenDim: h }: GruModel,
  { step: { tokens, distinct, targets, windows }, items }: Measured,
) {
  const recurrence = 2 * (tokens - windows) * 3 * h * h;
  const gates = 3 * h;
  const headBytes = items > 0 ? targets * (items + h) + items * h : 0;
  return {
    project: {
      flops: 2 * distinct * d * gates,
      bytes: 4 * (distinct * d + gates * d + distinct * gates),
    },
    gruForward: { flops: recurrence, bytes: 4 * (gates * h + distinct * gates + 5 * tokens * h) },
    softmaxHead: head(items, h, targets),
    gruBackward: { flops: recurrence, bytes: 4 * (gates * h + 9 * tokens * h) },
    weightGradients: {
      flops: 2 * tokens * gates * (h + d) + 2 * targets * items * h + 2 * distinct * gates * d,
      bytes: 4 * (5 * tokens * h + headBytes + gates * (h + d) + distinct * d),
    },
  };
}

function sasRecWork(
  { hiddenDim: h, feedForwardDim: f, numBlocks }: SasRecModel,
  { step: { tokens, targets }, lengths, items }: Measured,
) {
  let pairs = 0;
  for (let i = 0; i < lengths.length; i++) pairs += lengths[i] * (lengths[i] + 1) / 2;
  const perQuery = 2 * (h * h + 2 * h * f);
  const full = tokens * (2 * 3 * h * h + perQuery) + 4 * pairs * h;
  const last = tokens * 2 * 2 * h * h + targets * (2 * h * h + perQuery) + 4 * tokens * h;
  const flops = (numBlocks - 1) * full + last;
  const products = flops - (numBlocks - 1) * 4 * pairs * h;
  const record = 4 * tokens * ((numBlocks - 1) * (8 * h + f) + 3 * h);
  const weights = 4 * numBlocks * (4 * h * h + 2 * h * f);
  const headBytes = items > 0 ? 4 * (targets * (items + h) + items * h) : 0;
  return {
    sasRecForward: { flops, bytes: record + weights },
    softmaxHead: head(items, h, targets),
    sasRecBackward: { flops: products + 2.5 * (flops - products), bytes: 2 * record + weights },
    weightGradients: {
      flops: products + 2 * targets * items * h,
      bytes: 2 * record + headBytes,
    },
  };
}

/** The work of the kernels over one store of a catalogue that is in several. */
function tableWork(
  model: NeuralModel,
  stores: Program["stores"],
  { targets, distinct, stretches, furtherStretches }: PlannedStep,
  of: number,
): Record<string, Work> {
  const { shard } = stores[of];
  const h = model.hiddenDim;
  const { itemTable } = architectureOf(model);
  const [rows, width] = parameterSpecs(model).find(({ name }) => name === itemTable)!.shape;
  const logits = targets * shard.items;
  const product = { flops: 2 * logits * h, bytes: 4 * (logits + shard.items * h + targets * h) };
  const parts = SHARD_SLICES * stores.filter(({ logits }) => logits > 0).length;
  // the step's distinct items are spread over the shards
  const moved = { flops: 0, bytes: 8 * distinct * width * shard.rows / rows };
  const sums = stretches > 0 ? furtherStretches : 0;
  return {
    logits: product,
    shardStatistics: { flops: 2 * logits, bytes: 4 * logits },
    shardGradients: { flops: 2 * logits, bytes: 8 * logits },
    hiddenGradient: product,
    hiddenGradientSum: { flops: parts * targets * h, bytes: 4 * (parts + 1) * targets * h },
    shardHeadGradients: product,
    gatherRows: moved,
    scatterRows: moved,
    adamOfShard: adamWork(shard.parameters),
    addStretches: { flops: sums * width, bytes: 4 * 3 * sums * width },
  };
}
