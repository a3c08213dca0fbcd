/**
 * The catalogue's two tables, embeddings and output layer. Where both fit beside everything else
 * they are part of the one store and the head is one fused kernel; otherwise each is cut into
 * shards within the adapter's limits, every shard a store of its own.
 */
import { adamOfShard } from "../../kernels/webgpu/adam.ts";
import { gatherRows, scatterRows } from "../../kernels/webgpu/embedding_rows.ts";
import { shardHeadGradients } from "../../kernels/webgpu/head_gradients.ts";
import {
  hiddenGradient,
  hiddenGradientSum,
  SHARD_SLICES,
} from "../../kernels/webgpu/hidden_gradient.ts";
import type { Kernel } from "../../kernels/webgpu/kernel.ts";
import { roundUp } from "../../kernels/webgpu/kernel.ts";
import { logits } from "../../kernels/webgpu/logits.ts";
import { countBefore, labelLogits } from "../../kernels/webgpu/rank.ts";
import { shardGradients, shardStatistics } from "../../kernels/webgpu/shard_softmax.ts";
import { type HeadLayout, softmaxHead } from "../../kernels/webgpu/softmax_head.ts";
import { layoutBuilder, type StoreLayout } from "../../kernels/webgpu/store_layout.ts";
import { type Stage, type Store, targetRows } from "./program.ts";

/** The tables of a model; widths in floats as the model has them. */
export interface Tables {
  readonly embedding: { readonly name: string; readonly rows: number; readonly width: number };
  readonly head: {
    readonly weight: string;
    readonly bias: string;
    readonly items: number;
    readonly width: number;
  };
}

/** What limits the tables. */
export interface TableLimits {
  readonly threads: number;
  readonly workgroupBytes: number;
  readonly bindingBytes: number;
  readonly bufferBytes: number;
  /**
   * Most items of a shard, below what the adapter allows: so that tests reach shards with small
   * catalogues. A multiple of 4.
   */
  readonly shardItems?: number;
}

/** The tables' part of a program. */
export interface TableStages {
  /** Stores beside the first one. */
  readonly stores: readonly Store[];
  readonly gather: readonly Stage[];
  /** From hidden states to losses and the hidden states' gradients. */
  readonly head: readonly Stage[];
  /** After the gradients of everything else. */
  readonly gradients: readonly Stage[];
  readonly update: readonly Stage[];
  readonly score: readonly Stage[];
  readonly rank: readonly Stage[];
  /** Floats of activations by region. */
  readonly regions: (most: { distinct: number; targets: number }) => Record<string, number>;
}

/** Targets for which a shard's logits must fit a binding. */
const TARGETS = 256;

/** Whether the fused head fits the workgroup storage, and the one store the bindings. */
export function fitsOneStore(
  { store, ...head }: HeadLayout & { readonly store: StoreLayout },
  limits: TableLimits,
): boolean {
  if (head.items > (limits.shardItems ?? Infinity)) return false;
  const largest = 4 * Math.max(store.weightsSize, 2 * store.targetEnd, store.gradientsSize);
  return largest <= Math.min(limits.bindingBytes, limits.bufferBytes) &&
    softmaxHead(head, fusedThreads(limits)).workgroupBytes <= limits.workgroupBytes;
}

function fusedThreads({ threads }: TableLimits): number {
  return threads >= 256 ? 256 : threads >= 128 ? 128 : 64;
}

/** Store 0: everything or, with `sharded` tables, everything else. */
export function firstStore(
  l: HeadLayout & { readonly store: StoreLayout; readonly sharded: boolean },
): Store {
  const { items, stride } = l;
  const shard = {
    first: 0,
    items,
    rowsAt: l.headWeight / 4,
    biasAt: l.headBias / 4,
    stride,
    index: 0,
    count: 1,
  };
  return {
    layout: l.store,
    logits: l.sharded ? 0 : stride,
    shard: { ...shard, parameters: l.store.targetEnd },
  };
}

/** Stages of tables that are part of store 0. */
export function fusedTables(l: HeadLayout, limits: TableLimits): TableStages {
  const scoring = score(logits(l.hidden), [0]);
  return {
    stores: [],
    gather: [],
    head: [{ kernel: softmaxHead(l, fusedThreads(limits)), store: 0 }],
    gradients: [],
    update: [],
    ...scoring,
    regions: ({ targets }) => ({
      logitGradientAt: targetRows(targets) * l.stride,
      statisticsAt: 4 * targetRows(targets),
    }),
  };
}

/** Stages of tables in shards, the stores from number 1 on. */
export function shardedTables({ embedding, head }: Tables, limits: TableLimits): TableStages {
  const bytes = Math.min(limits.bindingBytes, limits.bufferBytes);
  const width = roundUp(embedding.width, 4);
  const hidden = roundUp(head.width, 4);
  const rows = (perRow: number) =>
    Math.min(limits.shardItems ?? Infinity, Math.max(64, Math.floor(bytes / perRow / 64 - 1) * 64));
  const embeddings = cut(embedding.rows, rows(8 * width));
  const heads = cut(head.items, Math.min(rows(8 * (hidden + 1)), rows(4 * TARGETS)));
  const embeddingStores = embeddings.map(({ first, count }, index): Store => {
    const b = layoutBuilder();
    b.place(embedding.name, count, embedding.width, { offset: first * embedding.width });
    const layout = direct(b);
    const shard = {
      first,
      items: count,
      rowsAt: 0,
      biasAt: 0,
      stride: 0,
      index,
      count: embeddings.length,
      parameters: layout.targetEnd,
    };
    return { layout, logits: 0, shard };
  });
  const headStores = heads.map(({ first, count }, index): Store => {
    const b = layoutBuilder();
    const weightAt = b.place(head.weight, count, head.width, { offset: first * head.width });
    const biasAt = b.place(head.bias, 1, count, { offset: first });
    const layout = direct(b);
    const stride = roundUp(count, 4);
    const shard = {
      first,
      items: count,
      rowsAt: weightAt / 4,
      biasAt: biasAt / 4,
      stride,
      index,
      count: heads.length,
    };
    return { layout, logits: stride, shard: { ...shard, parameters: layout.targetEnd } };
  });
  const embeddingNumbers = embeddings.map((_, i) => 1 + i);
  const headNumbers = heads.map((_, i) => 1 + embeddings.length + i);
  const each = (kernel: Kernel, stores: readonly number[]) =>
    stores.map((store) => ({ kernel, store }));
  const logitsKernel = logits(hidden);
  const size = limits.threads >= 256 ? 256 : 64;
  return {
    stores: [...embeddingStores, ...headStores],
    gather: each(gatherRows(width, size), embeddingNumbers),
    head: [
      ...each(logitsKernel, headNumbers),
      ...each(shardStatistics(size), headNumbers),
      ...each(shardGradients(size), headNumbers),
      ...each(hiddenGradient(hidden, size), headNumbers),
      { kernel: hiddenGradientSum(hidden, heads.length), store: 0 },
    ],
    gradients: [
      ...each(shardHeadGradients(hidden, size), headNumbers),
      ...each(scatterRows(width, size), embeddingNumbers),
    ],
    update: each(adamOfShard(size), [...embeddingNumbers, ...headNumbers]),
    ...score(logitsKernel, headNumbers),
    regions: ({ distinct, targets }) => ({
      embeddedAt: distinct * width,
      embeddedGradientAt: distinct * width,
      statisticsAt: 4 * heads.length * targetRows(targets),
      headPartialsAt: heads.length * SHARD_SLICES * targetRows(targets) * hidden,
    }),
  };
}

function score(kernel: Kernel, stores: readonly number[]): { score: Stage[]; rank: Stage[] } {
  const labels = labelLogits();
  const count = countBefore();
  return {
    score: stores.map((store) => ({ kernel, store })),
    rank: [
      ...stores.map((store) => ({ kernel: labels, store })),
      ...stores.map((store) => ({ kernel: count, store })),
    ],
  };
}

function direct(b: ReturnType<typeof layoutBuilder>): StoreLayout {
  b.end("direct");
  b.end("token");
  return b.finish();
}

/** 0..n-1 in stretches of at most `size`. */
function cut(n: number, size: number): { first: number; count: number }[] {
  return Array.from(
    { length: Math.ceil(n / size) },
    (_, i) => ({ first: i * size, count: Math.min(size, n - i * size) }),
  );
}
