/** What a page's forms ask for: the flags of a run, and the lines that would do the same. */
import { lineOf } from "../errors/shell_words.ts";
import { printableLine } from "../errors/printable.ts";
import type { Given } from "./given_files.ts";

/** Where a log's data folder is made. */
const PREPARED = "data/prepared";

/** A run as its form says it. */
export interface AskedRun {
  readonly flags: readonly string[];
  /** Of the preparation of a log before it. */
  readonly prepare?: readonly string[];
  /** Lines for a shell, each to be copied. */
  readonly lines: readonly string[];
}

/** The run of the fields `run` on the data given, of a log with the fields `columns`. */
export function askedRun(
  run: FormData,
  columns: FormData,
  data?: { readonly kind: Given["kind"]; readonly folder: string },
): AskedRun {
  const models = run.getAll("models").join(",");
  const flags = ["--models", models, ...flagsOf(run).filter((flag) => !/^--models=/.test(flag))];
  const isLog = data?.kind === "log";
  const prepare = !isLog ? undefined : [
    ...["--input", data.folder, "--out", PREPARED],
    ...["k", "q"].map((name) => `--${name}=${run.get(name)}`),
    ...flagsOf(columns),
  ];
  const folder = isLog ? PREPARED : data?.folder;
  if (folder !== undefined) flags.push("--data", folder);
  const before = prepare === undefined ? [] : [`deno task prepare ${lineOf(prepare)}`];
  const lines = [...placeOf(data), ...before, `deno task baselines ${lineOf(flags)}`];
  return { flags, prepare, lines };
}

/** A comment that says where the lines look for what was given to the page. */
function placeOf(data: { readonly folder: string } | undefined): string[] {
  if (data === undefined) return [];
  return [
    `# in a project's folder, with what was given to the page as ${printableLine(data.folder)}`,
  ];
}

/** The flags of a form's fields; empty ones are left out. */
function flagsOf(fields: FormData): string[] {
  return [...fields].filter(([, value]) => typeof value === "string" && value !== "")
    .map(([name, value]) => `--${name}=${value}`);
}
