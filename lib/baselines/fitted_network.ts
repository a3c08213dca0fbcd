/** A fitted network: what it scores with an engine, and its safetensors file. */
import { show } from "../errors/input_error.ts";
import type { Query } from "../evaluation/queries.ts";
import type { Scorer } from "../evaluation/scorer.ts";
import { ADAM, type Engine } from "../engine/engine.ts";
import { startingState } from "../engine/training_state.ts";
import { decodeSafeTensors, encodeSafeTensors } from "../files/safetensors.ts";
import { isNeuralModel, type NeuralModel } from "../models/neural.ts";
import type { Parameters } from "../models/parameters.ts";
import type { Windows } from "../samplers/sequences.ts";
import type { Computing, OpenScorer } from "./baseline.ts";
import { parseModelJson, refuseModel } from "./model_files.ts";
import { parametersFrom } from "./weights.ts";

/** A fitted neural baseline. */
export interface FittedNetwork {
  readonly model: NeuralModel;
  readonly parameters: Parameters;
}

/**
 * Catalogues from this size on are ranked on the device where the engine can: the scores would be
 * larger than all else that travels.
 */
const RANK_ON_DEVICE = 20_000;

/** A scorer in an engine of its own. */
export async function openScorer(
  { model, parameters }: FittedNetwork,
  { create, threads }: Computing,
): Promise<OpenScorer> {
  const engine = await create({
    model,
    state: startingState(model, 0, parameters),
    optimizer: ADAM,
    seed: 0,
    threads,
  });
  return {
    ...engineScorer(engine, model),
    device: engine.device,
    dispose: () => engine.dispose(),
  };
}

/** The model that an engine holds, as it is. */
export function engineScorer(engine: Engine, { nItems, maxLen }: NeuralModel): Scorer {
  const rank: Scorer["rank"] = (queries, labels) =>
    engine.rank!(windowsOf(queries, maxLen), labels);
  const ranks = engine.rank !== undefined && nItems >= RANK_ON_DEVICE;
  return {
    nItems,
    logits: true,
    score: (queries) => engine.score(windowsOf(queries, maxLen)),
    ...ranks ? { rank } : {},
  };
}

/** Queries as windows of at most `maxLen` items, the last ones kept. */
export function windowsOf(queries: readonly Query[], maxLen: number): Windows {
  const length = Int32Array.from(queries, ({ prefix }) => Math.min(maxLen, prefix.length));
  const start = new Int32Array(queries.length);
  for (let i = 1; i < start.length; i++) start[i] = start[i - 1] + length[i - 1];
  const items = new Int32Array(length.reduce((sum, n) => sum + n, 0));
  queries.forEach(({ prefix }, i) => {
    items.set(prefix.subarray(prefix.length - length[i]), start[i]);
  });
  return { items, start, length };
}

/** The network's file. */
export function encodeNetwork({ model, parameters }: FittedNetwork): Uint8Array<ArrayBuffer> {
  return encodeSafeTensors({
    tensors: parameters,
    metadata: { format: "pt", model: JSON.stringify(model) },
  });
}

/** The network of a file. @throws InputError naming `path`. */
export function decodeNetwork(bytes: Uint8Array<ArrayBuffer>, path: string): FittedNetwork {
  const { tensors, metadata } = decodeSafeTensors(bytes, path);
  const refuse = refuseModel(path);
  const model = parseModelJson(new TextEncoder().encode(metadata.model ?? "null"), refuse);
  if (!isNeuralModel(model)) {
    return refuse(`its metadata describes ${show(model)}`, "a network that this program knows");
  }
  return { model, parameters: parametersFrom(model, tensors, path) };
}
