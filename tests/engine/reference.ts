/**
 * The PyTorch oracles of tests/fixtures as the engines take them: a model, a starting state,
 * sequences with one batch a step, and what must come out. One reader for the JSON cases and the
 * safetensors ones.
 */
import { startingState } from "../../lib/engine/training_state.ts";
import { ADAM, type EngineOptions } from "../../lib/engine/engine.ts";
import { CROSS_ENTROPY } from "../../lib/models/loss.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { type NeuralModel, parameterSpecs } from "../../lib/models/neural.ts";
import type { Parameters } from "../../lib/models/parameters.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import type { Plan, Sequences } from "../../lib/samplers/sequences.ts";
import { decodeSafeTensors } from "../../lib/files/safetensors.ts";

/** A training case: `options` make the engine; step s trains on batch s of `plan`. */
export interface Oracle {
  readonly name: string;
  readonly options: EngineOptions & { readonly sequences: Sequences };
  readonly plan: Plan;
  /** Loss of each step. */
  readonly losses: number[];
  /** Gradients of the first step (repeated batch) or of every step (changing batches). */
  readonly gradients: Parameters[];
  /** Courses that PyTorch's loss drew in each step, for each target; empty where it drew none. */
  readonly negatives: number[][][];
  /**
   * Logits of step 1 [rows × nItems] as training sees them; absent in the changing-batches cases.
   */
  readonly logits?: Float32Array;
  /** Weights after all steps; absent in the safetensors cases. */
  readonly finalWeights?: Parameters;
}

/** Every oracle there is, by file name. */
export const ORACLES = [
  "gru_small.json",
  "gru_notebook.safetensors",
  "gru_changing_batches.json",
  "sasrec_small.last_column.json",
  "sasrec_small.last_item.json",
  "sasrec_notebook.last_column.safetensors",
  "sasrec_notebook.last_item.safetensors",
  "sasrec_changing_batches.json",
  "gru_tied.json",
  "sasrec_tied.json",
  "gru_bce.json",
  "gru_gbce.json",
  "gru_bpr_max.json",
  "sasrec_bce.json",
  "gru_tied_bpr_max.json",
  "sasrec_tied_gbce.json",
  "gru_own_padding.json",
  "gru_dropout.json",
  "sasrec_own_padding.json",
  "sasrec_all_positions.json",
] as const;

// deno-lint-ignore no-explicit-any -- the files' JSON, checked by its format number
type Json = any;

/** Where the oracles lie; beside a bundle of which this module is part, as beside this folder. */
const FIXTURES = import.meta.resolve("../fixtures/");

/** Reads one oracle; fails when its format is not the one this reader knows. */
export function readOracle(name: typeof ORACLES[number]): Oracle {
  const url = new URL(name, FIXTURES);
  const file: Json = name.endsWith(".json")
    ? JSON.parse(Deno.readTextFileSync(url))
    : fromSafeTensors(Deno.readFileSync(url), name);
  if (file.format !== 1) throw new Error(`${name} has format ${file.format}, this reader knows 1`);
  const model = modelOf(name, file);
  const batches: Json[] = file.steps ?? file.losses.map(() => file);
  const sequences = {
    items: [] as number[],
    start: [] as number[],
    length: [] as number[],
    targetOffsets: [0],
    targetPosition: [] as number[],
    targetLabel: [] as number[],
  };
  const order: number[] = [];
  const offsets = [0];
  let previous: Json;
  for (const batch of batches) {
    if (batch !== previous) { // a repeated batch is stored once
      for (let row = 0; row < batch.lengths.length; row++) {
        sequences.start.push(sequences.items.length);
        sequences.length.push(batch.lengths[row]);
        sequences.items.push(...batch.sequences[row].slice(0, batch.lengths[row]));
        // one label at the last item, or one at each
        const labels = [batch.labels[row]].flat();
        labels.forEach((label, i) => {
          sequences.targetPosition.push(batch.lengths[row] - labels.length + i);
          sequences.targetLabel.push(label);
        });
        sequences.targetOffsets.push(sequences.targetLabel.length);
      }
    }
    previous = batch;
    const first = sequences.start.length - batch.lengths.length;
    for (let row = 0; row < batch.lengths.length; row++) order.push(first + row);
    offsets.push(order.length);
  }
  return {
    name,
    options: {
      model,
      state: startingState(model, 0, tensors(model, file.initial_weights)),
      sequences: {
        items: Int32Array.from(sequences.items),
        start: Int32Array.from(sequences.start),
        length: Int32Array.from(sequences.length),
        targetOffsets: Int32Array.from(sequences.targetOffsets),
        targetPosition: Int32Array.from(sequences.targetPosition),
        targetLabel: Int32Array.from(sequences.targetLabel),
      },
      optimizer: ADAM,
      loss: file.loss ?? CROSS_ENTROPY,
      seed: file.config.seed ?? 0,
    },
    plan: { order: Int32Array.from(order), offsets: Int32Array.from(offsets) },
    losses: file.losses ?? file.steps.map((step: Json) => step.loss),
    negatives: file.steps?.map((step: Json) => step.negatives ?? []) ?? [],
    gradients: (file.steps ?? [file]).map((step: Json) => tensors(model, step.gradients)),
    logits: file.logits && flat(file.logits),
    finalWeights: file.final_weights && tensors(model, file.final_weights),
  };
}

function modelOf(name: string, { config, readout }: Json): NeuralModel {
  const tied = config.tied ? { tied: true } as const : {};
  const ownPadding = config.own_padding;
  if (name.startsWith("gru")) {
    return gruModel(config.n_items, {
      embeddingDim: config.embedding_dim,
      hiddenDim: config.hidden_dim,
      ...tied,
      maxLen: config.max_len ?? 50,
      embeddingDropout: config.embedding_dropout,
      ownPadding,
    });
  }
  return sasRecModel(config.n_items, {
    hiddenDim: config.hidden_dim,
    numHeads: config.num_heads,
    numBlocks: config.num_blocks,
    maxLen: config.max_len,
    feedForwardDim: config.feed_forward_dim,
    dropout: config.dropout ?? 0,
    layerNormEps: config.layer_norm_eps,
    readout: readout ?? config.readout,
    ...tied,
    ownPadding,
  });
}

function tensors(model: NeuralModel, record: Json): Parameters {
  return Object.fromEntries(
    parameterSpecs(model).map(({ name, shape }) => {
      if (record[name] === undefined) throw new Error(`the oracle lacks ${name}`);
      return [name, { shape, data: flat(record[name]) }];
    }),
  );
}

function flat(nested: Json): Float32Array {
  return nested instanceof Float32Array ? nested : Float32Array.from(nested.flat(Infinity));
}

/**
 * The safetensors cases in the JSON cases' shape: weights and gradients by prefix, scalars from the
 * metadata.
 */
function fromSafeTensors(bytes: Uint8Array, path: string): Json {
  const { tensors, metadata } = decodeSafeTensors(bytes, path);
  const file: Json = { initial_weights: {}, gradients: {} };
  for (const [key, value] of Object.entries(metadata)) file[key] = JSON.parse(value);
  for (const [key, { shape, data }] of Object.entries(tensors)) {
    if (key.startsWith("initial/")) file.initial_weights[key.slice(8)] = data;
    else if (key.startsWith("gradient/")) file.gradients[key.slice(9)] = data;
    else if (key === "sequences") {
      file.sequences = Array.from(
        { length: shape[0] },
        (_, i) => [...data.subarray(i * shape[1], (i + 1) * shape[1])],
      );
    } else file[key] = key === "logits" ? data : [...data];
  }
  return file;
}
