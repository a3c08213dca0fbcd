/** A command: what a program is asked to do, as a table of settings. */
import type { Settings, Values } from "./settings.ts";

/** Settings under a name of their own. */
export interface SettingsGroup {
  /** One line for the help. */
  readonly title: string;
  readonly settings: Settings;
}

/** A script's name, one-line summary, flags and examples. */
export interface Command<F extends Settings> {
  readonly name: string;
  readonly summary: string;
  readonly flags: F;
  /** Further settings by group, such as each baseline's own: `--gru_global.hidden-dim 64`. */
  readonly groups?: Readonly<Record<string, SettingsGroup>>;
  /** Lines for the end of the help: a command and what it does. */
  readonly examples?: readonly string[];
}

/** Values, and which of them were given rather than fallen back to. */
export interface Parsed<F extends Settings> {
  readonly values: Values<F>;
  /** Every group's values, by group and key. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly given: ReadonlySet<keyof F>;
  readonly help: boolean;
  readonly version: boolean;
}
