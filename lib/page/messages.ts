/** What the page and its worker say to each other. */

/** A file that was dropped, or one of a folder; its path is relative to what was dropped. */
export interface GivenFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** From the page. */
export type Ask =
  /** First: the program of a thread, where the browser lets threads share memory. */
  | { readonly kind: "begin"; readonly thread: string; readonly shares: boolean }
  /** Data for later runs; answered by "given". */
  | { readonly kind: "give"; readonly name: string; readonly files: readonly GivenFile[] }
  /** Before the first log: DuckDB's module, and the SQL of the steps by file name. */
  | {
    readonly kind: "database";
    readonly module: Uint8Array<ArrayBuffer>;
    readonly sql: Readonly<Record<string, string>>;
  }
  /** A run with the flags of `deno task baselines`; of a log, with those of `prepare` before it. */
  | {
    readonly kind: "run";
    readonly flags: readonly string[];
    readonly prepare?: readonly string[];
  }
  | { readonly kind: "stop" }
  /** Go on with the run that was stopped. */
  | { readonly kind: "goOn" }
  /** The files of the newest run, or those of the data folder made of a log, as a zip. */
  | { readonly kind: "zip"; readonly what: "run" | "data" };

/** A model that may be fitted. */
export interface ModelChoice {
  readonly name: string;
  readonly title: string;
  readonly family: string;
  readonly chosen: boolean;
  readonly slow: boolean;
}

/** A setting of the run. */
export interface SettingChoice {
  readonly flag: string;
  readonly help: string;
  readonly value: string;
  /** Bounds of a number, or the texts that may be chosen. */
  readonly range?: string;
  readonly choices?: readonly string[];
  /** What it is where nothing is written. */
  readonly usual?: string;
}

/** What the page can do here. */
export interface Abilities {
  readonly version: string;
  readonly models: readonly ModelChoice[];
  readonly settings: readonly SettingChoice[];
  /** What a log is read by. */
  readonly columns: readonly SettingChoice[];
  /** And by what, where it is written in an unusual way. */
  readonly more: readonly SettingChoice[];
  /** What "auto" computes with. */
  readonly device: string;
  readonly gpu: "hardware" | "software" | "none";
  readonly cores: number;
}

/** From the worker. */
export type Tell =
  | ({ readonly kind: "ready" } & Abilities)
  | { readonly kind: "given"; readonly folder: string }
  | { readonly kind: "line" | "warn" | "stage"; readonly text: string }
  | {
    readonly kind: "progress";
    readonly title: string;
    readonly done: number;
    readonly total: number;
    readonly note: string;
  }
  | { readonly kind: "finished"; readonly tag: string; readonly report: string }
  /** Without a run where its data were not ready yet: nothing is kept then. */
  | { readonly kind: "stopped"; readonly tag?: string }
  /** `goesOn`: there is a run, kept up to its last step. */
  | { readonly kind: "failed"; readonly message: string; readonly goesOn: boolean }
  | { readonly kind: "zip"; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };
