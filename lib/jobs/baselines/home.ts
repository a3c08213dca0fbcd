/** Whose a run of the baselines is: how it begins, and what its end reaches. */
import type { Dataset } from "../../dataset/dataset.ts";
import type { Asked } from "../../runs/progress.ts";
import type { TrackedRun } from "../../track/tracker.ts";
import type { Job } from "../job.ts";
import type { BaselinesConfig } from "./config.ts";
import type { Unfinished } from "./resume.ts";

/** What a run begins with. */
export interface Beginning {
  readonly asked: Asked;
  readonly dataset: Dataset;
}

/** The home of a run. */
export interface RunHome {
  /** Whether the newest finished run's models and results are copied out of its folder. */
  readonly publishes: boolean;
  /** What every start does first. */
  settle(job: Job<BaselinesConfig>): Promise<unknown>;
  /** The interrupted run to go on with, where there is one. */
  takeUp(config: BaselinesConfig): Promise<Unfinished | undefined>;
  /** A new run's folder, kept for this process. */
  begin(job: Job<BaselinesConfig>, beginning: Beginning): Promise<Unfinished>;
  /** How trackers see its runs, and who hears of trouble with them; as they are unless it says. */
  readonly tracking?: {
    readonly as: (run: TrackedRun) => TrackedRun;
    readonly warn: (text: string) => void;
  };
  /** The command that goes on with a run. */
  resumeCommand(tag: string, out: string): string;
}
