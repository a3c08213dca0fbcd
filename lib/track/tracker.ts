/**
 * What follows a run besides its folder: a record of functions, called where the job says how far
 * it is. A tracker that fails never fails the run.
 */
import { messageOf } from "../errors/input_error.ts";

/** Values that a tracker shows beside a run: settings and the like, flat. */
export type Parameters = Readonly<Record<string, string | number | boolean>>;

/** A run as trackers see it. */
export interface TrackedRun {
  /** The run's own id, by which a resumed run is found again. */
  readonly id: string;
  /** What it is called where many stand together; its tag unless it says otherwise. */
  readonly title?: string;
  /** What groups it with others: the sweep that it is of, its data set, its seed. */
  readonly groups?: Readonly<Record<string, string>>;
  /** Whether it is one model's and has no other part: a trial. */
  readonly isOneModel?: boolean;
  /** The run's tag; its folder has this name. */
  readonly tag: string;
  /** The program: baselines or fewshot. */
  readonly program: string;
  /** The run's folder. */
  readonly folder: string;
  readonly parameters: Parameters;
  /** Own parameters of every model, by its name. */
  readonly models: Readonly<Record<string, Parameters>>;
}

/** What an epoch came to: loss, and scores on the validation episodes where they are made. */
export type EpochValues = Readonly<Record<string, number>>;

/** How a run ended. */
export type TrackedEnd = "finished" | "stopped" | "failed";

/** What a tracker may need time for; the job waits. */
type Done = void | Promise<void>;

/** Follows one run. */
export interface Tracker {
  /** The run begins, or goes on. */
  begin(): Done;
  /** A model has done an epoch (1 is the first). */
  epoch(model: string, epoch: number, values: EpochValues): Done;
  /** What a model came to at last: `test/mrr`. `epochs` is how many it was trained. */
  metrics(model: string, epochs: number, values: EpochValues): Done;
  /** A file that the run has written: its path in the run's folder, and whose model it is. */
  artifact(path: string, model?: string): Done;
  /** Ends within a time of its own, whether all was taken or not. */
  end(how: TrackedEnd): Done;
}

/** Several as one. */
export function together(trackers: readonly Tracker[]): Tracker {
  return {
    begin: async () => {
      for (const one of trackers) await one.begin();
    },
    epoch: async (...told) => {
      for (const one of trackers) await one.epoch(...told);
    },
    metrics: async (...told) => {
      for (const one of trackers) await one.metrics(...told);
    },
    artifact: async (...told) => {
      for (const one of trackers) await one.artifact(...told);
    },
    end: async (how) => void await Promise.all(trackers.map((one) => one.end(how))),
  };
}

/** A tracker that says its first failure and is left alone from then on. */
export function forgiving(name: string, tracker: Tracker, warn: (text: string) => void): Tracker {
  let failed = false;
  const attempt = async (act: () => Done) => {
    if (failed) return;
    try {
      await act();
    } catch (error) {
      failed = true;
      warn(`--track ${name} ends here, the run goes on: ${messageOf(error)}`);
    }
  };
  return {
    begin: () => attempt(() => tracker.begin()),
    epoch: (...told) => attempt(() => tracker.epoch(...told)),
    metrics: (...told) => attempt(() => tracker.metrics(...told)),
    artifact: (...told) => attempt(() => tracker.artifact(...told)),
    end: (how) => attempt(() => tracker.end(how)),
  };
}
