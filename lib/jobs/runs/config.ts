/** What `runs` is asked to do: a table of settings a command. */
import { METRIC_NAMES, RANK_METRICS } from "../../metrics/metrics.ts";
import type { Command } from "../../settings/command.ts";
import { choice, list, type Setting, text, toggle } from "../../settings/settings.ts";
import { JSON_OUT } from "../settings.ts";

/** `--runs`: where runs are looked for. */
const RUNS: Setting<readonly string[]> = {
  ...list<string>(
    "folder …",
    "project folders, or folders above several: runs of sweeps and few-shot runs too",
    ["."],
  ),
  spreads: true,
};

/** The runs that the line names. */
function tags(description: string, placeholder = "tag …"): Setting<readonly string[]> {
  return { ...list<string>(placeholder, description, []), takesWords: true };
}

const QUIET = toggle("print tags alone, a line each");
const DATA = list<string>(
  "name,…",
  "data sets to take, by their folders' names (default: all)",
  [],
);
const MODELS = list<string>("a,b,…", "models to take (default: all)", []);
const METRICS = list(
  "a,b,…",
  `metrics to take: ${RANK_METRICS.join(", ")}`,
  [...METRIC_NAMES, "ndcg@10"],
  RANK_METRICS,
);

/** `runs list`. */
export const LIST_COMMAND = {
  name: "runs list",
  summary: "lists runs: data, models, the best metric, when, status, size",
  flags: { runs: RUNS, data: DATA, json: JSON_OUT, quiet: QUIET },
  examples: [
    "runs                                        the project's runs",
    "runs list --runs . ../other --data demo     those of two projects on one data set",
  ],
} as const satisfies Command<Record<string, Setting<unknown>>>;

/** `runs show`. */
export const SHOW_COMMAND = {
  name: "runs show",
  summary: "shows runs: every metric with its interval, and the command that makes each again",
  flags: { tag: tags("runs to show; latest is the newest"), runs: RUNS, json: JSON_OUT },
  examples: ["runs show latest", "runs show 20260130_075435 --json"],
} as const satisfies Command<Record<string, Setting<unknown>>>;

/** `runs compare`. */
export const COMPARE_COMMAND = {
  name: "runs compare",
  summary: "compares runs with the first of them; they must have been asked the same",
  flags: { tag: tags("runs to compare, two or more"), runs: RUNS, json: JSON_OUT },
  examples: ["runs compare 20260130_075435 20260131_101500"],
} as const satisfies Command<Record<string, Setting<unknown>>>;

/** Formats of `runs export`. */
export const FORMATS = ["csv", "markdown", "latex", "json"] as const;

/** `runs export`. */
export const EXPORT_COMMAND = {
  name: "runs export",
  summary: "makes tables of runs, one a data set: mean ± sd over seeds, intervals, marks by Holm",
  flags: {
    tag: tags("runs to take (default: every finished one)"),
    runs: RUNS,
    format: choice(FORMATS, "csv and json have every number in full", "markdown"),
    data: DATA,
    models: MODELS,
    metrics: METRICS,
    file: text("path", "write it there, below reports/, instead of printing it"),
    json: toggle("the same as --format json"),
  },
  examples: [
    "runs export --format latex --file reports/table.tex",
    "runs export --runs reports/sweeps/20260130_075435 --metrics mrr,ndcg@10",
  ],
} as const satisfies Command<Record<string, Setting<unknown>>>;

/** `runs leaderboard`. */
export const LEADERBOARD_COMMAND = {
  name: "runs leaderboard",
  summary: "puts runs and data sets on one page: means over seeds, and how models rank across data",
  flags: {
    tag: tags("runs to take (default: every finished one)"),
    runs: RUNS,
    data: DATA,
    models: MODELS,
    metrics: METRICS,
    file: text("path", "the page, below reports/", "reports/leaderboard.html"),
    json: JSON_OUT,
  },
  examples: [
    "runs leaderboard                            the project's runs",
    "runs leaderboard --runs . ../other --metrics mrr,ndcg@10",
  ],
} as const satisfies Command<Record<string, Setting<unknown>>>;

/** `runs delete`. */
export const DELETE_COMMAND = {
  name: "runs delete",
  summary: "deletes runs, after asking; never one that a process works on",
  flags: {
    tag: tags("runs to delete"),
    runs: RUNS,
    yes: toggle("do not ask"),
    json: JSON_OUT,
  },
  examples: ["runs delete 20260130_075435 20260131_101500"],
} as const satisfies Command<Record<string, Setting<unknown>>>;

/** `runs`: without one of the words behind it, `list`. */
export const RUNS_COMMAND = {
  name: "runs",
  summary: "what runs there are, what they reach, and tables of them",
  flags: LIST_COMMAND.flags,
  verbs: {
    list: LIST_COMMAND,
    show: SHOW_COMMAND,
    compare: COMPARE_COMMAND,
    export: EXPORT_COMMAND,
    leaderboard: LEADERBOARD_COMMAND,
    delete: DELETE_COMMAND,
  },
} as const satisfies Command<Record<string, Setting<unknown>>>;
