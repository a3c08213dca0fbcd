/** The commands of `runs` as functions. */
import { basename, normalize } from "node:path/posix";
import type { Baseline } from "../../baselines/baseline.ts";
import { InputError, show } from "../../errors/input_error.ts";
import { writeAtomic } from "../../files/atomic.ts";
import { within } from "../../files/confine.ts";
import type { RankMetric } from "../../metrics/metrics.ts";
import { compareRuns } from "../../report/compare.ts";
import { csvOf } from "../../report/exports/csv.ts";
import { jsonOf } from "../../report/exports/json.ts";
import { latexOf } from "../../report/exports/latex.ts";
import { markdownOf } from "../../report/exports/markdown.ts";
import { type Contest, contestOf } from "../../report/leaderboard/contest.ts";
import { groupEvidence, type Shown } from "../../report/leaderboard/evidence.ts";
import { renderLeaderboard } from "../../report/leaderboard/page.ts";
import { readRun } from "../../runs/read_run.ts";
import { FEWSHOT, NOTEBOOK } from "../../runs/run_folder.ts";
import type { Values } from "../../settings/settings.ts";
import type {
  COMPARE_COMMAND,
  EXPORT_COMMAND,
  LEADERBOARD_COMMAND,
  LIST_COMMAND,
  SHOW_COMMAND,
} from "./config.ts";
import { gather, type LeftOut } from "./evidence.ts";
import { findRuns, type FoundRun, named } from "./find.ts";
import { listText } from "./list.ts";
import { hasNumbers, type RunSummary, SMALL_FILE, summarise } from "./summary.ts";
import { commandIn, compareText, showText } from "./tell.ts";

/** What a command gives: a text for people, or a value for programs. */
export interface Answer {
  readonly text: string;
  readonly value: unknown;
}

/** `runs list`, in so many columns; without them in as many as it takes. */
export async function listRuns(
  { runs, data }: Pick<Values<typeof LIST_COMMAND.flags>, "runs" | "data">,
  columns?: number,
): Promise<Answer & { readonly tags: readonly string[] }> {
  const summaries: RunSummary[] = [];
  for (const run of await findRuns(runs)) summaries.push(await summarise(run, SMALL_FILE));
  const taken = summaries.filter(({ data: of }) => data.length === 0 || data.includes(of ?? ""));
  const text = taken.length > 0
    ? listText(taken, summaries, columns)
    : `No runs below ${runs.join(" ")}. Make one with deno task baselines.`;
  return { text, value: taken, tags: taken.map(({ tag }) => tag) };
}

/** `runs show`; `file` is the single file that this program was started from, if it was. */
export async function showRuns(
  { tag, runs, file }: Pick<Values<typeof SHOW_COMMAND.flags>, "tag" | "runs"> & {
    readonly file?: string;
  },
): Promise<Answer> {
  const texts: string[] = [];
  const values: unknown[] = [];
  for (const run of named(await findRuns(runs), tag.length > 0 ? tag : ["latest"])) {
    const summary = await summarise(run);
    texts.push(await showText(run, summary, file));
    const results = hasNumbers(summary)
      ? JSON.parse(await Deno.readTextFile(`${run.folder}/results.json`))
      : null;
    values.push({ ...summary, command: await commandIn(run, summary, file) ?? null, results });
  }
  return { text: texts.join("\n\n"), value: values };
}

/** `runs compare`. @throws InputError when the runs were not asked the same. */
export async function compareNamed(
  { tag, runs }: Pick<Values<typeof COMPARE_COMMAND.flags>, "tag" | "runs">,
): Promise<Answer> {
  const found = named(await findRuns(runs), tag);
  const other = found.find(({ place }) => place !== NOTEBOOK);
  if (other !== undefined) {
    throw new InputError({
      doing: "comparing runs",
      found: `${other.folder} is a few-shot run`,
      wanted: "runs of the baselines",
      next: "put few-shot runs beside each other with runs export",
    });
  }
  const read = await Promise.all(found.map(({ root, tag }) => readRun(root, tag)));
  const comparison = compareRuns(read);
  const { differences, users, adjustedFor, settings, notes } = comparison;
  const value = {
    runs: read.map(({ tag }) => tag),
    differences,
    users,
    adjustedFor,
    settings,
    notes,
  };
  return { text: compareText(comparison), value };
}

/** Finished runs by data set, and those that show nothing. */
export interface Collected {
  readonly shown: readonly Shown[];
  readonly leftOut: readonly LeftOut[];
}

/** What runs have shown, of some data sets and models. @throws InputError where that is nothing. */
export async function collect(
  { tag, runs, data, models }: Pick<
    Values<typeof EXPORT_COMMAND.flags>,
    "tag" | "runs" | "data" | "models"
  >,
  baselines: readonly Baseline[],
): Promise<Collected> {
  const found = await findRuns(runs);
  const taken: readonly FoundRun[] = tag.length > 0 ? named(found, tag) : found;
  const { evidence, leftOut } = await gather(taken, baselines);
  const wanted = evidence.filter((one) =>
    (data.length === 0 || data.includes(one.data.name)) &&
    (models.length === 0 || models.includes(one.model))
  );
  if (wanted.length === 0) {
    const known = [
      ...new Set(evidence.map((one) => models.length > 0 ? one.model : one.data.name)),
    ];
    throw new InputError({
      doing: `collecting runs below ${runs.join(" ")}`,
      found: evidence.length === 0
        ? `none of ${taken.length} is finished and whole`
        : `none of their models and data sets is asked for (they have ${show(known.join(", "))})`,
      wanted: "a finished run",
      next: "deno task runs list --runs … says what there is",
    });
  }
  return { shown: groupEvidence(wanted), leftOut };
}

/** The format of `runs export`. @throws InputError where --json stands beside another one. */
export function exportFormat(
  { format, json }: Pick<Values<typeof EXPORT_COMMAND.flags>, "format" | "json">,
  given: ReadonlySet<string>,
): keyof typeof FORMAT {
  if (!json) return format;
  if (!given.has("format") || format === "json") return "json";
  throw new InputError({
    doing: "reading --json",
    found: `--format ${format} beside it`,
    wanted: "one format",
  });
}

/** The tables of `runs export`, in its format. */
export async function exportRuns(
  flags: Omit<Values<typeof EXPORT_COMMAND.flags>, "file" | "json">,
  baselines: readonly Baseline[],
): Promise<{ readonly text: string; readonly leftOut: readonly LeftOut[] }> {
  const { shown, leftOut } = await collect(flags, baselines);
  const contests = shown.map((one) => contestOf(one, flags.metrics as readonly RankMetric[]));
  const text = FORMAT[flags.format](contests, leftOut);
  return { text, leftOut };
}

type Format = (contests: readonly Contest[], leftOut: readonly LeftOut[]) => string;

const FORMAT: Readonly<Record<"csv" | "markdown" | "latex" | "json", Format>> = {
  csv: csvOf,
  markdown: (contests) => `${markdownOf(contests)}\n`,
  latex: latexOf,
  json: jsonOf,
};

/** The page of `runs leaderboard`. */
export async function leaderboardOf(
  flags: Omit<Values<typeof LEADERBOARD_COMMAND.flags>, "file" | "json">,
  baselines: readonly Baseline[],
): Promise<{ readonly text: string; readonly leftOut: readonly LeftOut[] }> {
  const { shown, leftOut } = await collect(flags, baselines);
  const contests = shown.map((one) => contestOf(one, flags.metrics as readonly RankMetric[]));
  return { text: renderLeaderboard({ contests, leftOut }), leftOut };
}

/** Folders below `reports/` in which runs and sweeps lie: nothing else is written there. */
const KEPT = [NOTEBOOK, FEWSHOT, "sweeps"].map((place) => `reports/${place}/`);

/** Writes a text below `reports/`. @throws InputError for a path elsewhere, or where runs lie. */
export async function writeText(path: string, text: string): Promise<void> {
  const plain = normalize(path);
  const kept = KEPT.find((folder) => plain.startsWith(folder));
  if (kept !== undefined) {
    throw new InputError({
      doing: "reading --file",
      found: `${show(path)}, where runs lie`,
      wanted: "a path below reports/ that is in no run or sweep",
      next: `reports/${basename(plain)}`,
    });
  }
  if (!plain.startsWith("reports/")) {
    throw new InputError({
      doing: "reading --file",
      found: show(path),
      wanted: "a path below reports/, where this program may write",
      next: "print it, and put it where you like: … > table.tex",
    });
  }
  await writeAtomic(await within(".", path), new TextEncoder().encode(text));
}
