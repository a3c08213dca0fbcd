/** The base model as few-shot methods see it: what it says of a prefix, and its state then. */
import { windowsOf } from "../baselines/fitted_network.ts";
import type { Engine } from "../engine/engine.ts";
import type { NeuralModel } from "../models/neural.ts";

/** What the base model says of a prefix. */
export interface Said {
  /** [nItems] */
  readonly logits: Float32Array;
  /** [nItems] their softmax. */
  readonly chances: Float64Array;
  /** [hiddenDim] the state that the output layer reads. */
  readonly state: Float32Array;
}

/** A trained model that is asked and never changed. */
export interface Base {
  readonly nItems: number;
  /** Items of a prefix that it sees, the last ones. */
  readonly maxLen: number;
  ask(prefixes: readonly Int32Array[]): Promise<readonly Said[]>;
}

/** The model of an engine as a base. */
export function baseOf(engine: Engine, { nItems, hiddenDim, maxLen }: NeuralModel): Base {
  return {
    nItems,
    maxLen,
    async ask(prefixes) {
      if (prefixes.length === 0) return [];
      const windows = windowsOf(prefixes.map((prefix) => ({ prefix })), maxLen);
      const logits = await engine.score(windows);
      const states = await engine.represent(windows);
      return prefixes.map((_, i) => {
        const row = logits.subarray(i * nItems, (i + 1) * nItems);
        return {
          logits: row,
          chances: softmax(row),
          state: states.subarray(i * hiddenDim, (i + 1) * hiddenDim),
        };
      });
    },
  };
}

/** Chances of logits. */
export function softmax(logits: ArrayLike<number>): Float64Array {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i]);
  const chances = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += chances[i] = Math.exp(logits[i] - max);
  for (let i = 0; i < logits.length; i++) chances[i] /= sum;
  return chances;
}
