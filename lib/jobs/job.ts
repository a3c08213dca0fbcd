/**
 * What every job is given: its configuration, where it speaks, how it is stopped, what computes.
 */
import type { Baseline } from "../baselines/baseline.ts";
import type { Choice } from "../engine/device.ts";
import type { StopSignal } from "../terminal/signals.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A job. `C` is its configuration. */
export interface Job<C> {
  readonly config: C;
  readonly terminal: Terminal;
  /** A wish to stop, heard at the next safe point. */
  readonly signal: StopSignal;
  /** The engine that computes neural baselines. */
  readonly device: Choice;
  /** The baselines that the job knows. */
  readonly baselines: readonly Baseline[];
}

/** A signal that never comes, for jobs that nobody stops. */
export const NEVER: StopSignal = { received: () => undefined, stop: () => {} };
