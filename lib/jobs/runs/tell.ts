/** Runs as the terminal shows them, one by one. */
import { basename } from "node:path/posix";
import { counted } from "../../errors/counted.ts";
import { isRecord } from "../../files/json.ts";
import { METRIC_NAMES } from "../../metrics/metrics.ts";
import { type Comparison, verdictOf } from "../../report/compare.ts";
import { metric, METRIC_TITLES, moment, probability, signed, size } from "../../report/numbers.ts";
import { ranked } from "../../report/view.ts";
import { readFewshotRun } from "../../runs/read_fewshot.ts";
import { type FinishedRun, readRun } from "../../runs/read_run.ts";
import { homeOf, projectOf } from "../../runs/sweep_folder.ts";
import { lineOf, outFlag, quoted } from "../../errors/shell_words.ts";
import { table } from "../../terminal/table.ts";
import { commandHere, programWords } from "../sweep/worker_command.ts";
import { resumeLine } from "../sweep/again.ts";
import { fewshotTable, measuredOn } from "../fewshot/table.ts";
import { dataText } from "./list.ts";
import type { FoundRun } from "./find.ts";
import { hasNumbers, type RunSummary } from "./summary.ts";

/** A run in full, as far as it got. */
export async function showText(
  run: FoundRun,
  summary: RunSummary,
  file?: string,
): Promise<string> {
  const { status, reason, changed = [], createdAt, bytes, folder, kind } = summary;
  const lines = [
    `Run ${run.tag} (${kind}): ${folder}`,
    `${status}, ${createdAt === undefined ? "" : `begun ${moment(createdAt)}, `}${size(bytes)}`,
    `Data: ${dataText(summary)}, seed ${summary.seed ?? "?"}`,
  ];
  if (hasNumbers(summary)) {
    lines.push(
      "",
      kind === "fewshot" ? await fewshotText(run) : trainedText(await readRun(run.root, run.tag)),
    );
  }
  if (reason !== undefined) lines.push("", await damageText(run, reason));
  if (changed.length > 0) lines.push("", changedText(changed, hasNumbers(summary)));
  const again = await commandIn(run, summary, file);
  if (again !== undefined) lines.push("", "To make it again:", again);
  return lines.join("\n");
}

async function damageText({ root, tag }: FoundRun, reason: string): Promise<string> {
  const project = projectOf(root);
  const anew = project === root
    ? "make the run again"
    : `let ${resumeLine(await homeOf(project, basename(root)))} make it anew`;
  return `It cannot be read: ${reason}.\n` +
    `Try: restore the file from a copy; or delete the run (deno task runs delete ${tag}) and ` +
    `${anew}.`;
}

function changedText(changed: readonly string[], hasNumbers: boolean): string {
  const files = `Changed since the run was finished, or gone: ${changed.join(", ")}.`;
  return hasNumbers
    ? `${files}\nIts numbers are as it wrote them.`
    : `${files}\nIts numbers are not shown: restore the files, or make the run again.`;
}

function trainedText({ results, config }: FinishedRun): string {
  const rows = ranked(results.baselines).flatMap((model) => [
    [model, ...METRIC_NAMES.map((key) => metric(results.baselines[model][key]))],
    [
      "",
      ...METRIC_NAMES.map((key) => {
        const { low, high } = results.intervals_95[model][key];
        return `${metric(low)}–${metric(high)}`;
      }),
    ],
  ]);
  const asked = `${counted(results.n_queries, "query")} in ${
    counted(results.n_test_episodes, "test episode")
  }, ${config.device}; below each value its 95 % interval`;
  return `${table(["Model", ...METRIC_NAMES.map((key) => METRIC_TITLES[key])], rows)}\n${asked}`;
}

async function fewshotText({ root, tag }: FoundRun): Promise<string> {
  const { results } = await readFewshotRun(root, tag);
  const { base, findings, too_few_to_choose: tooFew } = results;
  const from = base.run_tag === null ? "trained for it" : `of the run ${base.run_tag}`;
  return [
    `Base model: ${base.model}, ${from}; ${measuredOn(results)}`,
    "",
    fewshotTable(results),
    "",
    ...findings.map((sentence) => `- ${sentence}`),
    ...tooFew ? [`- ${tooFew}`] : [],
  ].join("\n");
}

/**
 * The line that makes a run again; of runs that do not say theirs, by their configuration. What a
 * sweep made is made again as a run of the project: the sweep's folder is the sweep's. It calls the
 * program as it can be called here: its task, or the single file `file`.
 */
export async function commandIn(
  { root, folder }: FoundRun,
  { status, kind }: RunSummary,
  file?: string,
): Promise<string | undefined> {
  if (status === "no run") return undefined;
  const config = await recordIn(`${folder}/config.json`);
  if (config === undefined) return undefined; // the run is damaged
  if (typeof config.command === "string") {
    return commandHere(config.command, file) + outFlag(projectOf(root));
  }
  const words = lineOf(programWords("baselines", file));
  return kind === "baselines" ? `${words} --config ${quoted(`${folder}/config.json`)}` : undefined;
}

/** A JSON file's object; nothing where it is none. */
async function recordIn(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value = JSON.parse(await Deno.readTextFile(path));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Every difference of runs from the first. */
export function compareText(comparison: Comparison): string {
  const { runs, differences, users, adjustedFor, notes } = comparison;
  const tagOf = (run: number) => runs[run].config.run_tag;
  const rows = differences.map((row) => [
    `${row.model} ${METRIC_TITLES[row.metric]}`,
    ...runs.length > 2 ? [tagOf(row.run)] : [],
    metric(row.first),
    metric(row.second),
    signed(row.difference),
    `${signed(row.interval.low)} to ${signed(row.interval.high)}`,
    probability(row.pHolm),
    verdictOf(row),
  ]);
  const head = [
    "Model and metric",
    ...runs.length > 2 ? ["Run"] : [],
    tagOf(0),
    runs.length > 2 ? "Its" : tagOf(1),
    "Difference",
    "95 % interval",
    "p, Holm",
    "",
  ];
  const below = `Over ${counted(users, "user")}; p adjusted for ${
    counted(adjustedFor, "comparison")
  }.`;
  return [table(head, rows), below, ...notes].join("\n");
}
