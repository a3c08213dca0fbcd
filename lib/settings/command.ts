/** A command: what a program is asked to do, as tables of settings. */
import type { Settings, Values } from "./settings.ts";

/** A script's name, one-line summary, flags and examples. */
export interface Command<F extends Settings> {
  readonly name: string;
  readonly summary: string;
  readonly flags: F;
  /** Headings of the help, each by the key of the first flag below it. */
  readonly headings?: Readonly<Partial<Record<keyof F, string>>>;
  /**
   * Settings of the command's parts by the part's name: `hiddenDim` of `gru_global` is the flag
   * `--gru_global.hidden-dim`. A name is letters, digits, `_` and `-`, and no key of `flags`.
   */
  readonly groups?: Readonly<Record<string, SettingsGroup>>;
  /** Further commands of the program, by the word behind its name: what a shell completes there. */
  readonly verbs?: Readonly<Record<string, Command<Settings>>>;
  /** Lines for the end of the help: a command and what it does. */
  readonly examples?: readonly string[];
}

/** The settings of a part of a command, such as a baseline. */
export interface SettingsGroup {
  /** What the part is, in one line. */
  readonly title: string;
  readonly settings: Settings;
}

/** Values, and which of them were given rather than fallen back to. */
export interface Parsed<F extends Settings> {
  readonly values: Values<F>;
  /** The values of every group, by its name. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The keys that were given: `epochs`, and `gru_global.hiddenDim` for a group's. */
  readonly given: ReadonlySet<string>;
  readonly help: boolean;
  /** The group that the help was asked for: `--help gru_global`. */
  readonly helpGroup?: string;
  readonly version: boolean;
}
