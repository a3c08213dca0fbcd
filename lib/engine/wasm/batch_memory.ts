/**
 * How much memory the batches of a plan need: what threads exchange, from the largest batch, and
 * each thread's scratch, from a dry run of every batch.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { Plan, Sequences } from "../../samplers/sequences.ts";
import { largestShare } from "./deal.ts";
import type { ParameterLayout } from "./layout.ts";
import type { SharedMemory } from "./memory.ts";
import type { Parts } from "./parts.ts";
import { measureScore } from "./score.ts";
import { countScratch } from "./scratch.ts";
import { measureStep } from "./step.ts";
import type { Exchange } from "./thread.ts";

/** The batches from..to-1 of a plan, and how they are computed. */
export interface Batches {
  readonly windows: Sequences;
  readonly plan: Plan;
  readonly from: number;
  readonly to: number;
  /** Whether they train, or only read windows. */
  readonly training: boolean;
  /** Whether windows are padded to their batch's longest. */
  readonly padded: boolean;
}

/** The largest batch in each respect. */
export interface BatchMemory {
  /** Targets of a batch. */
  readonly targets: number;
  /** Items of a thread's windows. */
  readonly tokens: number;
  /** Bytes of a thread's scratch. */
  readonly scratch: number;
}

/** Looks through the batches. */
export function measureBatches(
  parts: Parts,
  model: NeuralModel,
  { windows, plan, from, to, training, padded }: Batches,
  threads: number,
): BatchMemory {
  const most = { targets: 1, tokens: 1, scratch: 0 };
  for (let batch = from; batch < to; batch++) {
    const size = largestShare(plan, batch, windows, threads, padded);
    const counter = countScratch();
    if (training) measureStep(parts, counter, model, size, threads);
    else measureScore(parts.architecture, counter, model, size);
    most.targets = Math.max(most.targets, size.targets);
    most.tokens = Math.max(most.tokens, size.tokens);
    most.scratch = Math.max(most.scratch, counter.bytes());
  }
  return most;
}

/** Reserves what the threads of a batch exchange. */
export function reserveExchange(
  memory: Pick<SharedMemory, "reserve">,
  { head, loss }: Parts,
  { hiddenDim }: NeuralModel,
  layout: ParameterLayout,
  { targets, tokens }: BatchMemory,
  threads: number,
): Exchange {
  const states = targets * pad4(hiddenDim);
  const items = Math.min(tokens, layout.itemTable.rows);
  const one = (floats: number) => memory.reserve(4 * floats);
  const each = (floats: number) => Array.from({ length: threads }, () => one(floats));
  return {
    states: one(states),
    labels: one(targets),
    stateGradients: each(states),
    head: each(head.exchanged(loss, targets)),
    dense: each(layout.dense[1] - layout.dense[0]),
    items: each(items + 1),
    itemGradients: each(items * layout.itemTable.stride),
  };
}
