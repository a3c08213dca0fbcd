/**
 * Training on the CPU at the notebook's sizes: milliseconds a batch of 256 pairs and the time of
 * the notebook's 545 batches × 10 epochs.
 */
import { counted } from "../../lib/errors/counted.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmEngine } from "../../lib/engine/wasm/engine.ts";
import { gruModel } from "../../lib/models/gru.ts";
import type { NeuralModel } from "../../lib/models/neural.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import { pairSequences, shuffledPlan } from "../../lib/samplers/pair_sequences.ts";
import { sessionPlan, sessionSequences } from "../../lib/samplers/session_sequences.ts";
import { batchCount } from "../../lib/samplers/sequences.ts";
import { type BenchTable, median } from "./bench.ts";
import { NOTEBOOK, notebookPairs } from "./notebook_lengths.ts";
import { torchPeer } from "./torch_peer.ts";

const CASES: readonly (readonly [string, NeuralModel, "pairs" | "sessions"])[] = [
  ["GRU, pairs", gruModel(NOTEBOOK.courses), "pairs"],
  ["GRU, sessions", gruModel(NOTEBOOK.courses), "sessions"],
  ["SASRec, last_column", sasRecModel(NOTEBOOK.courses), "pairs"],
  ["SASRec, last_item", sasRecModel(NOTEBOOK.courses, { readout: "last_item" }), "pairs"],
];

/**
 * Medians over pieces of four batches, after a warm-up; the peer runs right after, on the same
 * lengths.
 */
export async function benchTraining(quick: boolean): Promise<BenchTable> {
  const pairs = notebookPairs(quick ? 20_000 : 60_000);
  const pieces = quick ? 4 : 12;
  const cores = navigator.hardwareConcurrency;
  const rows: (string | number)[][] = [];
  const seconds = (ms: number) =>
    `${(ms * NOTEBOOK.batches * NOTEBOOK.epochs / 1000).toFixed(0)} s`;
  const best: Record<string, number> = {};
  for (const [name, model, batching] of CASES) {
    const bySession = batching === "sessions";
    const sequences = bySession ? sessionSequences(pairs, 50) : pairSequences(pairs, 50);
    const plan = bySession
      ? sessionPlan(sequences, 256, 1, name, 1)
      : shuffledPlan(pairs.count, 256, 1, name, 1);
    const batches = batchCount(plan);
    for (const threads of [...new Set([1, cores])]) {
      const engine = await createWasmEngine({
        model,
        state: startingState(model, 1),
        sequences,
        optimizer: ADAM,
        seed: 1,
        threads,
      });
      const times: number[] = [];
      await engine.train(plan, 0, Math.min(batches, quick ? 4 : 64)); // until the code is optimised
      for (let at = quick ? 4 : 64; at + 4 <= batches && times.length < pieces; at += 4) {
        const begin = performance.now();
        await engine.train(plan, at, at + 4);
        times.push((performance.now() - begin) / 4);
      }
      engine.dispose();
      // batches of sessions hold a few more than 256 pairs
      const perPairs = median(times) * 256 * batches / pairs.count;
      best[name] = Math.min(best[name] ?? Infinity, perPairs);
      rows.push([
        name,
        `wasm, ${counted(threads, "thread")}`,
        perPairs.toFixed(1),
        seconds(perPairs),
        "",
      ]);
    }
  }
  const peer = await torchPeer(pairs, quick);
  for (const [name, { ms, threads }] of Object.entries(peer.results)) {
    rows.push([
      name,
      `PyTorch ${peer.version}, its best: ${counted(threads, "thread")}`,
      ms.toFixed(1),
      seconds(ms),
      `${(ms / best[name]).toFixed(1)} times ours`,
    ]);
  }
  const ratio = best["SASRec, last_column"] / best["SASRec, last_item"];
  return {
    title: "Training at the notebook's sizes, a batch of 256 pairs",
    columns: ["model", "engine", "ms a batch", "545 × 10", "against"],
    rows,
    notes: [
      `${
        pairs.count.toLocaleString("en")
      } synthetic pairs; medians of ${pieces} pieces of 4 batches`,
      `SASRec's last_item is ${ratio.toFixed(1)} times faster than last_column`,
      ...peer.notes,
    ],
  };
}
