/** The end of a few-shot run: statistics, documents, page, manifest, and what is said. */
import { ceilingScorer, ceilingWithSessions } from "../../evaluation/ceiling.ts";
import { evaluate } from "../../evaluation/evaluate.ts";
import { ranksOfCells } from "../../fewshot/ranks.ts";
import type { Tasks } from "../../fewshot/task.ts";
import { computeMetrics } from "../../metrics/metrics.ts";
import { renderFewshot } from "../../report/fewshot_page.ts";
import { FEWSHOT_RESULTS, FEWSHOT_SELECTION } from "../../runs/fewshot_documents.ts";
import { type ArtifactWriter, PAGE } from "../../runs/manifest.ts";
import { type Progress, writeProgress } from "../../runs/progress.ts";
import { checked } from "../../runs/document_parts.ts";
import { MANIFEST, QUERIES } from "../../runs/run_documents.ts";
import { FEWSHOT } from "../../runs/run_folder.ts";
import { removeCheckpointFolder } from "../../runs/subfolders.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { questionsOf, syntheticOr } from "../baselines/documents.ts";
import { syntheticNotes } from "../baselines/say.ts";
import type { Job } from "../job.ts";
import type { FewshotConfig } from "./config.ts";
import {
  type Ceilings,
  fewshotConfigDocument,
  type FewshotRecord,
  fewshotResults,
  rowsOf,
  selectionDocument,
} from "./documents.ts";
import { fewshotFindings } from "./findings.ts";
import { gainsOf } from "./gains.ts";
import { fewshotTable, measuredOn } from "./table.ts";
import type { Ground, Trial } from "./trial.ts";

/** A few-shot run that may be written to. */
export interface OpenFewshotRun {
  readonly record: FewshotRecord;
  readonly writer: ArtifactWriter;
  readonly progress: Progress;
  /** Hash of the settings and the data; checkpoints carry it. */
  readonly key: string;
}

/** What a finished few-shot run gives to a program. */
export interface FewshotResult {
  readonly runTag: string;
  readonly outDir: string;
  readonly results: ReturnType<typeof fewshotResults>;
}

/** Writes the rest of the run's folder and says how it went. */
export async function finishFewshot(
  { config, terminal }: Job<FewshotConfig>,
  { record, writer, progress }: OpenFewshotRun,
  ground: Ground,
  trials: readonly Trial[],
): Promise<FewshotResult> {
  const { identity, dataset } = record;
  const file = (name: string) => `${identity.outDir}/${name}`;
  const gains = gainsOf(ground, trials, config.seed);
  const ceilings = await ceilingsOf(dataset, ground.test);
  const findings = fewshotFindings(
    gains,
    ceilings && {
      prefix: ceilings.prefix[gains.metric],
      withSupport: ceilings.withSupport[gains.metric],
    },
  );
  const selection = checked(
    FEWSHOT_SELECTION,
    selectionDocument(record, ground, trials),
    "selection.json",
  );
  await writer.writeJson(file("selection.json"), selection);
  const results = checked(
    FEWSHOT_RESULTS,
    fewshotResults(record, ground, gains, ceilings, findings),
    "results.json",
  );
  await writer.writeJson(file("results.json"), results);
  const rows = Object.entries(rowsOf(ground, trials)).map(([name, ranks]) => [name, [...ranks]]);
  const queries = { ...questionsOf(record), ranks: Object.fromEntries(rows) };
  await writer.writeJson(file("queries.json"), checked(QUERIES, queries, "queries.json"));
  const page = renderFewshot({ config: fewshotConfigDocument(record), results, selection });
  await writer.write(file(PAGE), page);
  const manifest = {
    run_id: identity.runId,
    notebook: FEWSHOT,
    run_tag: identity.runTag,
    data: syntheticOr(dataset),
    artifacts: writer.artifacts(),
  };
  await writer.writeJson(file("manifest.json"), checked(MANIFEST, manifest, "manifest.json"));
  await removeCheckpointFolder(identity);
  await writeProgress(identity, { ...progress, status: "finished" });

  terminal.line(`\n== Few-shot results (test set), ${measuredOn(results)}\n`);
  terminal.line(fewshotTable(results));
  terminal.line(`\n${findings.map((sentence) => `- ${sentence}`).join("\n")}`);
  for (const note of syntheticNotes(dataset)) terminal.warn(note);
  if (results.too_few_to_choose) terminal.warn(results.too_few_to_choose);
  const folder = `${config.out}/${identity.outDir}`;
  terminal.line(`Run ${identity.runTag}: ${folder}\nPage: ${folder}/${PAGE}`);
  return { runTag: identity.runTag, outDir: identity.outDir, results };
}

/** Without and with the support; none for data that the process did not make. */
async function ceilingsOf(dataset: Dataset, test: Tasks): Promise<Ceilings | undefined> {
  const prefix = ceilingScorer(dataset);
  const withSessions = ceilingWithSessions(dataset);
  if (prefix === undefined || withSessions === undefined) return undefined;
  const known = {
    answer: (
      tasks: Tasks["tasks"],
      _: unknown,
      visit: (...args: [0, number, Float64Array]) => void,
    ) => {
      tasks.forEach(({ support: { sessions }, queries }, task) =>
        visit(
          0,
          task,
          withSessions(queries.map((query) => ({
            prefix: query.prefix,
            sessions: sessions.filter((_, i) => i !== query.own),
          }))),
        )
      );
      return Promise.resolve();
    },
  };
  const [ranks] = await ranksOfCells(known as Parameters<typeof ranksOfCells>[0], test, [{}]);
  return {
    prefix: (await evaluate(prefix, test.asked)).metrics,
    withSupport: computeMetrics(ranks),
  };
}
