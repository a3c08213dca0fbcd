/** What a worker of a sweep works with. */
import type { Baseline } from "../../baselines/baseline.ts";
import type { Choice } from "../../engine/device.ts";
import type { Claimant } from "./claims.ts";
import type { StopSignal } from "../../terminal/signals.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { ReadData } from "./data.ts";
import type { Heart } from "./heart.ts";
import type { Planned } from "./plan.ts";

/** The plan, and what computes it. */
export interface Bench extends Planned {
  readonly baselines: readonly Baseline[];
  readonly device: Choice;
  readonly terminal: Terminal;
  readonly signal: StopSignal;
  readonly me: Claimant;
  readonly heart: Heart;
  readonly readData: ReadData;
  /** Says what its trackers say, on the worker's own terminal. */
  readonly warn: (text: string) => void;
}
