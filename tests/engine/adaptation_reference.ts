/** PyTorch's reference of few-shot adaptation (`fewshot_small.json`), as engines take it. */
import { ADAM, type AdamConfig } from "../../lib/engine/engine.ts";
import type { InnerLoop, OuterLoop } from "../../lib/engine/adaptation.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { type GruModel, gruModel } from "../../lib/models/gru.ts";
import type { Parameters } from "../../lib/models/parameters.ts";
import type { TaskPairs } from "../../lib/samplers/task_windows.ts";

/** The methods of the reference. */
export const REFERENCE_METHODS = ["fomaml", "maml", "anil", "reptile", "meta_sgd"] as const;

type Flat = Readonly<Record<string, readonly number[]>>;

/** What PyTorch found for one method. */
export interface MethodReference {
  readonly gradient: Flat;
  readonly gradient_norm: number;
  readonly rate_gradients?: Readonly<Record<string, number>>;
  readonly tasks: readonly {
    readonly support_losses: readonly number[];
    readonly query_loss: number;
    readonly adapted: Flat;
  }[];
  readonly after_3_outer_steps: Flat;
}

interface Pair {
  readonly prefix: readonly number[];
  readonly label: number;
}

/** The reference. */
export interface AdaptationReference {
  readonly model: GruModel;
  readonly start: Parameters;
  readonly tasks: readonly TaskPairs[];
  readonly inner: InnerLoop;
  readonly optimizer: AdamConfig;
  readonly clipNorm: number;
  readonly methods: Readonly<Record<typeof REFERENCE_METHODS[number], MethodReference>>;
}

/** Reads it; fails when its format is not the one this reader knows. */
export function readAdaptationReference(): AdaptationReference {
  const url = new URL("../fixtures/fewshot_small.json", import.meta.url);
  const file = JSON.parse(Deno.readTextFileSync(url));
  if (file.format !== 1) throw new Error(`format ${file.format}, this reader knows 1`);
  const { courses, embedding_dim, hidden_dim, max_seq_len, ...config } = file.config;
  const model = gruModel(courses, {
    embeddingDim: embedding_dim,
    hiddenDim: hidden_dim,
    maxLen: max_seq_len,
  });
  const start = Object.fromEntries(
    Object.entries(file.shapes as Record<string, number[]>).map((
      [name, shape],
    ) => [name, { shape, data: Float32Array.from(file.start[name]) }]),
  );
  const pairs = (list: readonly Pair[]) =>
    list.map(({ prefix, label }) => ({ prefix: Int32Array.from(prefix), label }));
  return {
    model,
    start,
    tasks: file.tasks.map(({ support, query }: { support: Pair[]; query: Pair[] }) => ({
      support: pairs(support),
      queries: pairs(query),
    })),
    inner: { optimizer: "sgd", moves: "all", rate: config.inner_rate, steps: config.inner_steps },
    optimizer: { ...ADAM, learningRate: config.outer_rate },
    clipNorm: config.clip_norm,
    methods: file.methods,
  };
}

/** How a method of the reference is asked of an engine. */
export function loopsOf(
  { inner, clipNorm }: AdaptationReference,
  name: typeof REFERENCE_METHODS[number],
): { inner: InnerLoop; outer: OuterLoop } {
  const method = ({ fomaml: "first_order", reptile: "reptile" } as const)[name as "fomaml"] ??
    "second_order";
  return {
    inner: { ...inner, moves: name === "anil" ? "head" : "all" },
    outer: { method, learnsRates: name === "meta_sgd", clipNorm },
  };
}

/** The state in which a method of the reference starts. */
export function referenceState(reference: AdaptationReference, learnsRates: boolean) {
  const { model, start, inner } = reference;
  const state = startingState(model, 0, start);
  const each = (value: number) => Object.keys(start).map(() => value);
  return learnsRates
    ? {
      ...state,
      rates: { values: each(inner.rate), firstMoments: each(0), secondMoments: each(0) },
    }
    : state;
}
