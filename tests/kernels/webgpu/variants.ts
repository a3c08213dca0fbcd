/**
 * Every kernel that the engine can make, over models of all kinds of sizes and the limits of small
 * and large devices, each distinct code once.
 */
import { MOVES } from "../../../lib/engine/adaptation.ts";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import type { Gpu } from "../../../lib/engine/webgpu/device.ts";
import type { Program } from "../../../lib/engine/webgpu/program.ts";
import { gruBackward, gruForward } from "../../../lib/kernels/webgpu/gru.ts";
import {
  gruInputGradients,
  gruInputs,
  hasOwnInputs,
} from "../../../lib/kernels/webgpu/gru_inputs.ts";
import { gruGradients, gruLayout } from "../../../lib/kernels/webgpu/gru_layout.ts";
import type { Kernel, KernelCode } from "../../../lib/kernels/webgpu/kernel.ts";
import { logits } from "../../../lib/kernels/webgpu/logits.ts";
import { project } from "../../../lib/kernels/webgpu/project.ts";
import { outerKernels, taskKernels } from "../../../lib/kernels/webgpu/tasks/kernels.ts";
import { taskLayout } from "../../../lib/kernels/webgpu/tasks/layout.ts";
import { sasRecBackward, sasRecForward } from "../../../lib/kernels/webgpu/sasrec.ts";
import { sasRecGradients, sasRecLayout } from "../../../lib/kernels/webgpu/sasrec_layout.ts";
import { weightGradients } from "../../../lib/kernels/webgpu/weight_gradients.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { CROSS_ENTROPY, type DrawingLoss, type Loss } from "../../../lib/models/loss.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import { READOUTS, sasRecModel } from "../../../lib/models/sasrec.ts";

/** A kernel's code and one of the places where it is made. */
export interface Variant {
  readonly name: string;
  readonly code: string;
  /** The model and the limits that first asked for it. */
  readonly where: string;
}

const THREADS = [64, 128, 256, 512, 1024];
const WORKGROUP_BYTES = [16384, 32768, 49152];
const CATALOGUES = [10, 343, 1350, 3000];
const SHARD_ITEMS = [undefined, 64];
const GRU_SIZES = [
  {},
  { embeddingDim: 6, hiddenDim: 10 },
  { embeddingDim: 100, hiddenDim: 100 },
  { embeddingDim: 128, hiddenDim: 256 },
  { embeddingDim: 256, hiddenDim: 512 },
  { embeddingDropout: 0.2 },
  { embeddingDim: 6, hiddenDim: 10, embeddingDropout: 0.2, ownPadding: true },
] as const;
const SASREC_SIZES = [
  {},
  { hiddenDim: 8, numHeads: 1, numBlocks: 1 },
  { hiddenDim: 128, numHeads: 4, numBlocks: 3 },
  { hiddenDim: 256, numHeads: 8 },
  { maxLen: 200 },
  { maxLen: 5 },
];
const TIED = [
  gruModel(343, { embeddingDim: 100, hiddenDim: 100, tied: true }),
  gruModel(10, { embeddingDim: 10, hiddenDim: 10, tied: true }),
  sasRecModel(1350, { readout: "last_item", tied: true }),
  sasRecModel(10, { hiddenDim: 8, numHeads: 1, numBlocks: 1, tied: true }),
];

/** Models of every architecture, over catalogues of every size, and tied ones. */
export const MODELS: readonly NeuralModel[] = [...TIED, ...CATALOGUES.flatMap(untied)];

function untied(nItems: number): NeuralModel[] {
  return [
    ...GRU_SIZES.map((sizes) => gruModel(nItems, sizes)),
    ...SASREC_SIZES.flatMap((sizes) =>
      READOUTS.map((readout) => sasRecModel(nItems, { ...sizes, readout }))
    ),
  ];
}

/** Whether a loss is tried on a model: the sampled ones see states and courses alone. */
function tried(loss: Loss, model: NeuralModel): boolean {
  return loss === CROSS_ENTROPY || SAMPLED_MODELS.includes(model);
}

const SAMPLED_MODELS: readonly NeuralModel[] = [
  ...CATALOGUES.map((nItems) => gruModel(nItems, { embeddingDim: 10, hiddenDim: 10 })),
  sasRecModel(343, { readout: "last_item", tied: true }),
];

/** Kernels of tasks know a model's sizes as numbers alone. */
const ADAPTED_MODELS = [
  gruModel(11, { embeddingDim: 6, hiddenDim: 10, ownPadding: true }),
  gruModel(3000, { embeddingDim: 256, hiddenDim: 512 }),
];

/** An odd number of negatives, and more of them than threads. */
const DRAWING: readonly DrawingLoss[] = [
  { name: "bce", negatives: 5, calibration: 0 },
  { name: "gbce", negatives: 256, calibration: 0.75 },
  { name: "bpr_max", negatives: 2048, regularisation: 1 },
];

/** Losses of every kind. */
export const LOSSES: readonly Loss[] = [CROSS_ENTROPY, ...DRAWING];

/** All of them. */
export function kernelVariants(): Variant[] {
  const variants = new Map<string, Variant>();
  const add = ({ name, code }: KernelCode, where: string) => {
    if (!variants.has(code)) variants.set(code, { name, code, where });
  };
  const devices = THREADS.flatMap((threads) => WORKGROUP_BYTES.map((bytes) => [threads, bytes]));
  for (const model of [...MODELS, ...SAMPLED_MODELS]) {
    for (const loss of LOSSES.filter((loss) => tried(loss, model))) {
      const makeProgram = programOf({ model, loss });
      for (const [threads, bytes] of devices) {
        for (const shardItems of SHARD_ITEMS) {
          const where = JSON.stringify({ ...model, loss, threads, bytes, shardItems });
          const program = makeProgram({ limits: limitsOf(threads, bytes) }, { shardItems });
          for (const kernel of kernelsOf(program)) add(kernel, where);
        }
      }
    }
  }
  for (const model of ADAPTED_MODELS) {
    const layout = taskLayout(model);
    for (const [threads, workgroupBytes] of devices) {
      const where = `tasks of ${JSON.stringify({ ...model, threads, workgroupBytes })}`;
      const limits = { threads, workgroupBytes };
      const kernels = [
        outerKernels(layout, limits),
        ...MOVES.map((moved) => taskKernels(layout, moved, limits)),
      ];
      for (const kernel of kernels.flatMap(Object.values)) add(kernel, where);
    }
  }
  for (const kernel of oneByOne()) add(kernel, `${kernel.name} ${JSON.stringify(kernel.key)}`);
  return [...variants.values()];
}

/** A device's limits: these, else what WebGPU guarantees. */
function limitsOf(threads: number, workgroupBytes: number): Gpu["limits"] {
  return {
    maxComputeInvocationsPerWorkgroup: threads,
    maxComputeWorkgroupSizeX: threads,
    maxComputeWorkgroupStorageSize: workgroupBytes,
    maxComputeWorkgroupsPerDimension: 65535,
    maxStorageBufferBindingSize: 2 ** 27,
    maxStorageBuffersPerShaderStage: 8,
    maxBufferSize: 2 ** 28,
  };
}

function kernelsOf({ differentiate, update, represent, score, rank }: Program): Kernel[] {
  return [...differentiate, ...update, ...represent, ...score, ...rank].map(({ kernel }) => kernel);
}

/** Kernels at sizes that the kernels' own tests ask for, beyond what programs choose. */
function* oneByOne(): Iterable<Kernel> {
  const gru = gruLayout(gruModel(343), false);
  const dropping = gruLayout(gruModel(343, { embeddingDropout: 0.2 }), false);
  const sasRec = sasRecLayout(sasRecModel(343), false);
  const ofGru = gruGradients(gru);
  const ofSasRec = sasRecGradients(sasRec);
  for (const registers of [true, false]) {
    for (const threads of [...THREADS, 384]) {
      yield gruForward(gru, threads, registers);
      yield gruBackward(gru, threads, registers);
    }
  }
  for (const size of [64, 256] as const) {
    yield project(gru, size);
    if (hasOwnInputs(dropping)) {
      yield gruInputs(dropping, 2, size);
      yield gruInputGradients(dropping, size);
    }
    yield logits(128, true, size);
    yield weightGradients(gru.store, ofGru.pieces, ofGru.items, size);
    yield weightGradients(sasRec.store, ofSasRec.pieces, ofSasRec.items, size);
    for (const storageBytes of [8192, 16384, 32768]) {
      yield sasRecForward(sasRec, size, storageBytes);
      yield sasRecBackward(sasRec, size, storageBytes);
    }
  }
}
