/**
 * An epoch of SASRec over the pairs of preset xuetangx, one window a pair against one pass a
 * session with a loss at every position. Both are measured in turn, so that what else the machine
 * does falls on both alike.
 */
import { counted } from "../../lib/errors/counted.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { sessionsOf } from "../../lib/dataset/sessions.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmEngine } from "../../lib/engine/wasm/engine.ts";
import { type SasRecModel, sasRecModel } from "../../lib/models/sasrec.ts";
import { pairSequences, shuffledPlan } from "../../lib/samplers/pair_sequences.ts";
import { positionSequences } from "../../lib/samplers/position_sequences.ts";
import { batchCount, type Plan, type Sequences } from "../../lib/samplers/sequences.ts";
import { sessionPlan } from "../../lib/samplers/session_sequences.ts";
import { type BenchTable, median } from "./bench.ts";

/** Batches of 256 targets, and how many are timed together, as training runs them in chunks. */
const BATCH = 256;
const PIECE = 16;

interface Case {
  readonly name: string;
  readonly readout: SasRecModel["readout"];
  readonly sequences: Sequences;
  readonly plan: Plan;
}

/** Seconds of an epoch from medians of pieces, the two in turn, and how many times faster. */
export async function benchPositions(quick: boolean): Promise<BenchTable> {
  const { splits, courses } = synthesize("xuetangx", 5, 10);
  const { pairs } = splits.train;
  const ofPairs = pairSequences(pairs, 50);
  const ofPositions = positionSequences(sessionsOf(pairs), 50);
  const cases: readonly Case[] = [
    {
      name: "one window a pair (last_item)",
      readout: "last_item",
      sequences: ofPairs,
      plan: shuffledPlan(pairs.count, BATCH, 1, "bench", 1),
    },
    {
      name: "one pass a session (all_positions)",
      readout: "all_positions",
      sequences: ofPositions,
      plan: sessionPlan(ofPositions, BATCH, 1, "bench", 1),
    },
  ];
  const rows: (string | number)[][] = [];
  const notes: string[] = [];
  for (const threads of new Set([1, navigator.hardwareConcurrency])) {
    const seconds = await epochSeconds(cases, courses.length, threads, quick ? 2 : 25);
    cases.forEach(({ name, plan, sequences }, i) =>
      rows.push([
        name,
        threads,
        batchCount(plan),
        (sequences.length.reduce((sum, n) => sum + n, 0) / pairs.count).toFixed(2),
        seconds[i].toFixed(2),
      ])
    );
    const ratio = (seconds[0] / seconds[1]).toFixed(2);
    notes.push(`${counted(threads, "thread")}: ${ratio} times faster`);
  }
  return {
    title: "An epoch of SASRec on the CPU, preset xuetangx",
    columns: ["windows", "threads", "batches", "tokens a target", "seconds"],
    rows,
    notes,
  };
}

/** Seconds of each case's epoch: the median of a batch times the batches. */
async function epochSeconds(
  cases: readonly Case[],
  nItems: number,
  threads: number,
  pieces: number,
): Promise<number[]> {
  const engines = await Promise.all(cases.map(({ readout, sequences }) => {
    const model = sasRecModel(nItems, { readout });
    const state = startingState(model, 1);
    return createWasmEngine({ model, state, sequences, optimizer: ADAM, seed: 1, threads });
  }));
  const times: number[][] = cases.map(() => []);
  try {
    for (let piece = -2; piece < pieces; piece++) {
      for (const [i, { plan }] of cases.entries()) {
        const from = (piece + 2) * PIECE;
        const begin = performance.now();
        await engines[i].train(plan, from, from + PIECE);
        // until the code is optimised, times are another program's
        if (piece >= 0) times[i].push((performance.now() - begin) / PIECE);
      }
    }
  } finally {
    engines.forEach((engine) => engine.dispose());
  }
  return cases.map(({ plan }, i) => median(times[i]) * batchCount(plan) / 1000);
}
