/** The architectures and losses that the CPU engine has, found by name. */
import { checkLoss, type Loss } from "../../models/loss.ts";
import type { NeuralModel } from "../../models/neural.ts";
import { findByName } from "../architecture.ts";
import type { WasmArchitecture } from "./architecture.ts";
import { SOFTMAX } from "./softmax.ts";
import { GRU } from "./gru.ts";
import type { Head } from "./head.ts";
import { BCE, BPR_MAX, GBCE } from "./sampled.ts";
import { SASREC } from "./sasrec.ts";

const ARCHITECTURES: readonly WasmArchitecture[] = [GRU, SASREC];
const HEADS: readonly Head[] = [SOFTMAX, BCE, GBCE, BPR_MAX];

/** What a step is put together from. */
export interface Parts {
  readonly architecture: WasmArchitecture;
  readonly head: Head;
  readonly loss: Loss;
}

/**
 * The records of a model and a loss. @throws InputError naming the one that this engine lacks, or
 * where the catalogue is too small for the loss.
 */
export function partsOf(model: NeuralModel, loss: Loss): Parts {
  const engine = "wasm";
  checkLoss(loss, model.nItems);
  return {
    architecture: findByName(ARCHITECTURES, model.architecture, { engine, what: "architecture" }),
    head: findByName(HEADS, loss.name, { engine, what: "loss" }),
    loss,
  };
}
