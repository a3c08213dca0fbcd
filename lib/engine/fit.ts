/**
 * The epoch loop, the same for every engine: a plan an epoch, batches in chunks of about half a
 * second, and between chunks a chance to report, to save and to stop. Where the chunks are cut
 * changes no number.
 */
import type { Plan } from "../samplers/sequences.ts";
import { batchCount } from "../samplers/sequences.ts";
import type { Engine } from "./engine.ts";

/**
 * Where training stands between two batches; with the engine's state it is all that resuming needs.
 */
export interface Cursor {
  /** Mean of the batch means of each finished epoch. */
  readonly epochLosses: readonly number[];
  /** Losses of the batches done in the epoch under way. */
  readonly batchLosses: readonly number[];
}

/** The beginning of training. */
export const START: Cursor = { epochLosses: [], batchLosses: [] };

/** What the loop tells after each chunk. */
export interface FitEvent {
  readonly cursor: Cursor;
  /** Epoch under way, from 1, and how many there are. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done of this epoch, and how many it has. */
  readonly batch: number;
  readonly batches: number;
  /** Set when this chunk ended an epoch. */
  readonly epochLoss?: number;
}

/** What to train. */
export interface FitOptions {
  readonly engine: Engine;
  readonly epochs: number;
  /** The plan of epoch e, from 1; called once an epoch, also when resuming inside it. */
  readonly plan: (epoch: number) => Plan;
  readonly from?: Cursor;
  /** Hears of every chunk; answering "stop" ends training there. */
  readonly onChunk?: (event: FitEvent) => Promise<"stop" | void> | "stop" | void;
}

/** Milliseconds of training between two reports. */
const CHUNK_MS = 500;

/**
 * Lets signals and timers be heard: an engine that computes on this thread otherwise gives way to
 * promises only.
 */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/**
 * Trains to the end or until told to stop. Returns where it stands; finished when `epochLosses` has
 * one loss an epoch.
 */
export async function fit(
  { engine, epochs, plan: planOf, from = START, onChunk = () => {} }: FitOptions,
): Promise<Cursor> {
  const epochLosses = [...from.epochLosses];
  let batchLosses = [...from.batchLosses];
  let chunk = 1;
  let next: Plan | undefined;
  while (epochLosses.length < epochs) {
    const epoch = epochLosses.length + 1;
    const plan = next ?? planOf(epoch);
    const batches = batchCount(plan);
    next = undefined;
    while (batchLosses.length < batches) {
      const at = batchLosses.length;
      const to = Math.min(batches, at + chunk);
      const begin = performance.now();
      const training = engine.train(plan, at, to);
      if (to === batches && epoch < epochs && engine.prepare !== undefined) {
        training.catch(() => {}); // heard below
        await turn(); // until the work is with the device
        engine.prepare(next = planOf(epoch + 1));
      }
      batchLosses.push(...await training);
      const perBatch = (performance.now() - begin) / (to - at);
      chunk = Math.max(1, Math.min(4 * chunk, Math.round(CHUNK_MS / perBatch)));
      let epochLoss: number | undefined;
      if (to === batches) {
        epochLoss = batchLosses.reduce((sum, loss) => sum + loss, 0) / batches;
        epochLosses.push(epochLoss);
        batchLosses = [];
      }
      await turn();
      const cursor = { epochLosses: [...epochLosses], batchLosses: [...batchLosses] };
      if (await onChunk({ cursor, epoch, epochs, batch: to, batches, epochLoss }) === "stop") {
        return cursor;
      }
      if (to === batches) break;
    }
  }
  return { epochLosses, batchLosses };
}
