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
import { type Kernel, roundUp } from "../../kernels/webgpu/kernel.ts";
import { logits } from "../../kernels/webgpu/logits.ts";
import { wholeGroups } from "../../kernels/webgpu/plan_records.ts";
import { countBefore, labelLogits } from "../../kernels/webgpu/rank.ts";
import type { HeadLayout } from "../../kernels/webgpu/fused_head.ts";
import {
  type LayoutBuilder,
  layoutBuilder,
  type StoreLayout,
} from "../../kernels/webgpu/store_layout.ts";
import type { HeadKernels } from "./heads.ts";
import { type ProgramLimits, squareThreads, type Stage, type Store } from "./program.ts";

/**
 * The tables of a model; widths in floats as the model has them. Of a tied one they are the same
 * table, `weight` its name.
 */
export interface Tables {
  readonly embedding: { readonly name: string; readonly rows: number; readonly width: number };
  readonly head: {
    readonly weight: string;
    /** Absent for none. */
    readonly bias?: string;
    readonly items: number;
    readonly width: number;
  };
}

/** A model laid out, with its tables or, `sharded`, without. */
export interface ModelLayout extends HeadLayout {
  readonly store: StoreLayout;
  readonly sharded: boolean;
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
export function fitsOneStore(l: ModelLayout, head: HeadKernels, limits: ProgramLimits): boolean {
  if (l.items > (limits.shardItems ?? Infinity)) return false;
  const { weightsSize, targetEnd, gradientsSize } = l.store;
  const largest = 4 * Math.max(weightsSize, 2 * targetEnd, gradientsSize);
  return largest <= Math.min(limits.bindingBytes, limits.bufferBytes) &&
    head.fused(l, fusedThreads(limits)).workgroupBytes <= limits.workgroupBytes;
}

function fusedThreads({ threads }: ProgramLimits): number {
  return [256, 128].find((size) => size <= threads) ?? 64;
}

/** Store 0: everything or, with `sharded` tables, everything else. */
export function firstStore(
  { items, stride, headWeight, headBias, sharded, store }: ModelLayout,
): Store {
  return {
    layout: store,
    logits: sharded ? 0 : stride,
    shard: {
      first: 0,
      items,
      rows: items,
      rowsAt: headWeight / 4,
      biasAt: (headBias ?? 0) / 4,
      stride,
      index: 0,
      count: 1,
      parameters: store.targetEnd,
    },
  };
}

/** Stages of tables that are part of store 0. */
export function fusedTables(l: ModelLayout, head: HeadKernels, limits: ProgramLimits): TableStages {
  return {
    stores: [],
    gather: [],
    head: [{ kernel: head.fused(l, fusedThreads(limits)), store: 0 }],
    gradients: [],
    update: [],
    ...scoring(logits(l.hidden, l.headBias !== undefined), [0]),
    regions: ({ targets }) => ({
      logitGradientAt: wholeGroups(targets) * l.stride,
      statisticsAt: 4 * wholeGroups(targets),
    }),
  };
}

/** Stages of tables in shards, the stores from number 1 on; a tied one's shards serve both. */
export function shardedTables(
  tables: Tables,
  head: HeadKernels,
  limits: ProgramLimits,
): TableStages {
  const width = roundUp(tables.embedding.width, 4);
  const hidden = roundUp(tables.head.width, 4);
  const tied = tables.embedding.name === tables.head.weight;
  const biased = tables.head.bias !== undefined;
  const embeddings = tied ? [] : embeddingStores(tables, limits);
  const heads = headStores(tables, limits);
  const headNumbers = heads.map((_, i) => 1 + embeddings.length + i);
  const embeddingNumbers = tied ? headNumbers : embeddings.map((_, i) => 1 + i);
  const logitsKernel = logits(hidden, biased);
  const size = squareThreads(limits);
  return {
    stores: [...embeddings, ...heads],
    gather: over(embeddingNumbers, gatherRows(width, size)),
    head: [
      ...over(headNumbers, logitsKernel),
      ...head.sharded(size).flatMap((kernel) => over(headNumbers, kernel)),
      ...over(headNumbers, hiddenGradient(hidden, size)),
      { kernel: hiddenGradientSum(hidden, heads.length), store: 0 },
    ],
    gradients: [
      ...over(headNumbers, shardHeadGradients(hidden, biased, size)),
      ...over(embeddingNumbers, scatterRows(width, tied, size)),
    ],
    update: over([...new Set([...embeddingNumbers, ...headNumbers])], adamOfShard(size)),
    ...scoring(logitsKernel, headNumbers),
    regions: ({ distinct, targets }) => ({
      embeddedAt: distinct * width,
      embeddedGradientAt: distinct * width,
      statisticsAt: 4 * head.statistics * heads.length * wholeGroups(targets),
      headPartialsAt: heads.length * SHARD_SLICES * wholeGroups(targets) * hidden,
    }),
  };
}

/** A kernel over stores, one dispatch each. */
function over(stores: readonly number[], kernel: Kernel): Stage[] {
  return stores.map((store) => ({ kernel, store }));
}

function scoring(kernel: Kernel, stores: readonly number[]): Pick<TableStages, "score" | "rank"> {
  return {
    score: over(stores, kernel),
    rank: [...over(stores, labelLogits()), ...over(stores, countBefore())],
  };
}

/** The embeddings in shards. */
function embeddingStores({ embedding }: Tables, limits: ProgramLimits): Store[] {
  const { name, rows, width } = embedding;
  return cut(rows, rowsOf(8 * roundUp(width, 4), limits)).map((part, index, all) => {
    const { first, count } = part;
    const b = layoutBuilder();
    b.place(name, count, width, { offset: first * width });
    const layout = direct(b);
    const numbers = { rowsAt: 0, biasAt: 0, stride: 0, index, count: all.length };
    return {
      layout,
      logits: 0,
      shard: { first, items: count, rows: count, ...numbers, parameters: layout.targetEnd },
    };
  });
}

/**
 * The output layer in shards, weight and bias together. A tied table's last shard has its rows that
 * are no course, too.
 */
function headStores({ embedding, head }: Tables, limits: ProgramLimits): Store[] {
  const { weight, bias, items, width } = head;
  const tiedRows = embedding.name === weight ? embedding.rows - items : 0;
  const most = Math.min(
    rowsOf(8 * (roundUp(width, 4) + 1), limits),
    rowsOf(4 * TARGETS, limits),
  );
  return cut(items, most).map(({ first, count }, index, all) => {
    const b = layoutBuilder();
    const rows = count + (index === all.length - 1 ? tiedRows : 0);
    const rowsAt = b.place(weight, rows, width, { offset: first * width }) / 4;
    const biasAt = bias === undefined ? 0 : b.place(bias, 1, count, { offset: first }) / 4;
    const layout = direct(b);
    const stride = roundUp(count, 4);
    const numbers = { rowsAt, biasAt, stride, index, count: all.length };
    return {
      layout,
      logits: stride,
      shard: { first, items: count, rows, ...numbers, parameters: layout.targetEnd },
    };
  });
}

/** Rows of so many bytes that a shard may have: whole 64s, one fewer than fit, for padding. */
function rowsOf(bytes: number, { shardItems, bindingBytes, bufferBytes }: ProgramLimits): number {
  const room = Math.min(bindingBytes, bufferBytes);
  const fitting = Math.max(64, Math.floor(room / bytes / 64 - 1) * 64);
  return Math.min(shardItems ?? Infinity, fitting);
}

/** A store whose gradients are all direct. */
function direct(b: LayoutBuilder): StoreLayout {
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
