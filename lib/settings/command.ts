/** A command: what a program is asked to do, as a table of settings. */
import type { Settings, Values } from "./settings.ts";

/** A script's name, one-line summary, flags and examples. */
export interface Command<F extends Settings> {
  readonly name: string;
  readonly summary: string;
  readonly flags: F;
  /** Lines for the end of the help: a command and what it does. */
  readonly examples?: readonly string[];
}

/** Values, and which of them were given rather than fallen back to. */
export interface Parsed<F extends Settings> {
  readonly values: Values<F>;
  readonly given: ReadonlySet<keyof F>;
  readonly help: boolean;
  readonly version: boolean;
}
