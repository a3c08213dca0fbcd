/**
 * The epoch loop, the same for every engine: a plan an epoch, batches in chunks of about half a
 * second, and between chunks a chance to report, to save and to stop. Where the chunks are cut
 * changes no number.
 */
import type { Plan } from "../samplers/sequences.ts";
import { batchCount } from "../samplers/sequences.ts";
import type { Parameters } from "../models/parameters.ts";
import type { Engine } from "./engine.ts";

/**
 * Where training stands between two batches; with the engine's state it is all that resuming needs.
 */
export interface Cursor {
  /** Mean of the batch means of each finished epoch. */
  readonly epochLosses: readonly number[];
  /** Losses of the batches done in the epoch under way. */
  readonly batchLosses: readonly number[];
  /** What each finished epoch scored, where epochs are scored. */
  readonly scores?: readonly EpochScore[];
}

/** Metrics of the model as an epoch left it, by name. */
export type EpochScore = Readonly<Record<string, number>>;

/** Scores the model after each epoch, and may end training by what it sees. */
export interface EpochCheck {
  score(): Promise<EpochScore>;
  /** Whether the epoch of the last score is to be kept, over those before it. */
  keeps(scores: readonly EpochScore[]): boolean;
  /** Whether training ends after these. */
  ends(scores: readonly EpochScore[]): boolean;
}

/** Where training stands, with what is kept of it. */
export interface Fitted extends Cursor {
  /** Parameters of the epoch to keep; undefined where the last state counts. */
  readonly kept?: Parameters;
  /** All epochs are done, or the check has ended training. */
  readonly finished: boolean;
}

/** The beginning of training. */
export const START: Cursor = { epochLosses: [], batchLosses: [] };

/** What the loop tells after each chunk. */
export interface FitEvent {
  readonly cursor: Cursor;
  /** Parameters of the epoch to keep so far. */
  readonly kept?: Parameters;
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
  readonly check?: EpochCheck;
  /** What was kept before training went on. */
  readonly kept?: Parameters;
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

/** Trains to the end, or until told to stop. Returns where it stands. */
export async function fit(
  { engine, epochs, plan: planOf, from = START, check, kept: before, onChunk = () => {} }:
    FitOptions,
): Promise<Fitted> {
  const epochLosses = [...from.epochLosses];
  const scores = [...from.scores ?? []];
  let batchLosses = [...from.batchLosses];
  let kept = before;
  let chunk = 1;
  let next: Plan | undefined;
  const finished = () =>
    epochLosses.length >= epochs || (check !== undefined && check.ends(scores));
  const stand = (): Cursor => ({
    epochLosses: [...epochLosses],
    batchLosses: [...batchLosses],
    ...check && { scores: [...scores] },
  });
  const end = (): Fitted => ({ ...stand(), ...kept && { kept }, finished: finished() });
  while (!finished()) {
    const epoch = epochLosses.length + 1;
    const plan = next ?? planOf(epoch);
    const batches = batchCount(plan);
    next = undefined;
    while (batchLosses.length < batches) {
      const at = batchLosses.length;
      const to = Math.min(batches, at + chunk);
      const begin = performance.now();
      const following = to === batches && epoch < epochs
        ? () => next ??= planOf(epoch + 1)
        : undefined;
      batchLosses.push(...await engine.train(plan, at, to, following));
      const perBatch = (performance.now() - begin) / (to - at);
      chunk = Math.max(1, Math.min(4 * chunk, Math.round(CHUNK_MS / perBatch)));
      let epochLoss: number | undefined;
      if (to === batches) {
        epochLoss = batchLosses.reduce((sum, loss) => sum + loss, 0) / batches;
        epochLosses.push(epochLoss);
        batchLosses = [];
        if (check !== undefined) {
          scores.push(await check.score());
          if (check.keeps(scores)) kept = (await engine.export()).parameters;
        }
      }
      await turn();
      const event = { cursor: stand(), kept, epoch, epochs, batch: to, batches, epochLoss };
      if (await onChunk(event) === "stop") return end();
      if (to === batches) break;
    }
  }
  return end();
}
