/** `deno task report`: makes a run's page again, or compares runs. */
import { runCommand } from "../lib/cli/command.ts";
import { table } from "../lib/terminal/table.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { compareRuns, type Comparison, verdictOf } from "../lib/report/compare.ts";
import { renderComparison } from "../lib/report/compare_page.ts";
import { measureRows, MEASURES } from "../lib/report/comparison/measures.ts";
import { MEASURE_TITLES, METRIC_TITLES, probability, signed } from "../lib/report/numbers.ts";
import { renderFewshot } from "../lib/report/fewshot_page.ts";
import { renderRun } from "../lib/report/run_page.ts";
import { writeAtomic } from "../lib/files/atomic.ts";
import { within } from "../lib/files/confine.ts";
import type { RunDocuments } from "../lib/runs/run_documents.ts";
import { newestOfAll, type PlacedRun, runTags } from "../lib/runs/order.ts";
import { readFewshotRun } from "../lib/runs/read_fewshot.ts";
import { readRun } from "../lib/runs/read_run.ts";
import { FEWSHOT, NOTEBOOK } from "../lib/runs/run_folder.ts";
import { writePage } from "../lib/runs/manifest.ts";
import { give, say, sayJson } from "../lib/terminal/say.ts";
import { REPORT_COMMAND } from "../lib/jobs/report/config.ts";

/** Tags make the page's name, which a folder takes up to 255 bytes long. */
const MOST_RUNS = 8;

Deno.exit(
  await runCommand(
    REPORT_COMMAND,
    Deno.args,
    async ({ values: { run, compare, json, out } }) => {
      if (compare.length === 0) {
        const { tag, page } = await pageAgain(out, run);
        if (json) return sayJson({ run: tag, page }, 2);
        return say(`Run ${tag}: ${page}`);
      }
      if (compare.length > MOST_RUNS) {
        throw new InputError({
          doing: "reading --compare",
          found: `${compare.length} runs`,
          wanted: `2 to ${MOST_RUNS}`,
        });
      }
      const runs = await Promise.all(compare.map((tag) => readRun(out, tag)));
      const comparison = compareRuns(runs);
      const page = `reports/compare_${runs.map(({ tag }) => tag).join("_")}.html`;
      const path = await within(out, page);
      await writeAtomic(path, renderComparison(comparison));
      if (json) return sayJson(comparisonDocument(runs, comparison, path), 2);
      give(table(
        [
          "Model and metric",
          ...(runs.length > 2 ? ["Run"] : []),
          "Difference",
          "95 % interval",
          "p",
          "",
        ],
        comparison.differences.map((row) => [
          `${row.model} ${METRIC_TITLES[row.metric]}`,
          ...(runs.length > 2 ? [runs[row.run].tag] : []),
          signed(row.difference),
          `${signed(row.interval.low)} to ${signed(row.interval.high)}`,
          probability(row.p),
          verdictOf(row),
        ]),
      ));
      give(`\n${everyMetric(runs, comparison.models)}`);
      say(`\nEach run minus ${runs[0].tag}. Page: ${path}`);
    },
  ),
);

/** Makes a run's page again, from what its folder holds. */
async function pageAgain(root: string, asked: string): Promise<{ tag: string; page: string }> {
  const { place, tag } = await placed(root, asked);
  if (place === FEWSHOT) {
    const run = await readFewshotRun(root, tag);
    return { tag, page: await writePage(run, renderFewshot(run)) };
  }
  const run = await readRun(root, tag);
  return { tag: run.tag, page: await writePage(run, renderRun(run)) };
}

/**
 * Whose run a tag is: of the baselines where it is not known.
 * @throws InputError where both have one of that tag.
 */
async function placed(root: string, asked: string): Promise<PlacedRun> {
  if (asked === "latest") return await newestOfAll(root) ?? { place: NOTEBOOK, tag: asked };
  const own = `${FEWSHOT}/`;
  if (asked.startsWith(own)) return { place: FEWSHOT, tag: asked.slice(own.length) };
  const isFewshot = (await runTags(root, FEWSHOT)).includes(asked);
  if (isFewshot && (await runTags(root, NOTEBOOK)).includes(asked)) {
    throw new InputError({
      doing: "reading --run",
      found: `${asked} is a run of the baselines and a few-shot run, begun in the same second`,
      wanted: `${own}${asked} for the few-shot run`,
      next: "deno task runs show says what each is",
    });
  }
  return { place: isFewshot ? FEWSHOT : NOTEBOOK, tag: asked };
}

/** What a program is told of a comparison: differences are of a run minus the first. */
function comparisonDocument(runs: readonly RunDocuments[], comparison: Comparison, page: string) {
  const { models, users, adjustedFor, differences } = comparison;
  return {
    page,
    runs: runs.map(({ config }) => config.run_tag),
    models,
    users,
    adjusted_for: adjustedFor,
    differences: differences.map(({ run, interval, ...row }) => ({
      run: runs[run].config.run_tag,
      model: row.model,
      metric: row.metric,
      difference: row.difference,
      interval_95: interval,
      p: row.p,
      verdict: verdictOf({ ...row }),
    })),
  };
}

/** Every metric of every run and model. */
function everyMetric(runs: readonly RunDocuments[], models: readonly string[]): string {
  return table(
    ["Model", "Run", ...MEASURES.map((key) => MEASURE_TITLES[key])],
    measureRows(runs, models).map(({ name, run, values }) => [
      name,
      runs[run].config.run_tag,
      ...values,
    ]),
  );
}
