/**
 * The end of a run: what is known is written, the manifest last but one; then the run is finished,
 * and what it is the newest of is published.
 */
import { counted } from "../../errors/counted.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import { renderRun } from "../../report/run_page.ts";
import type { Fingerprint } from "../../files/fingerprint.ts";
import { jsonText } from "../../files/json.ts";
import { PAGE } from "../../runs/manifest.ts";
import { writeProgress } from "../../runs/progress.ts";
import { copiesOf, fingerprintsOf, publish, PUBLISHED, publishing } from "../../runs/publish.ts";
import { checked } from "../../runs/document_parts.ts";
import {
  MANIFEST,
  QUERIES,
  REPORT,
  type ReportDocument,
  RESULTS,
  type ResultsDocument,
} from "../../runs/run_documents.ts";
import { NOTEBOOK } from "../../runs/run_folder.ts";
import { removeCheckpointFolder } from "../../runs/subfolders.ts";
import type { Job } from "../job.ts";
import { type FittedModel, modelBytes, modelFile } from "../models.ts";
import type { BaselinesConfig } from "./config.ts";
import { configDocument, queriesDocument, resultsDocument, syntheticOr } from "./documents.ts";
import type { Evaluated } from "./evaluate_models.ts";
import { comparisonFields, type Statistics, statisticsOf } from "../statistics.ts";
import { measure, type Measurement, measureTables } from "../measures.ts";
import { keyFindings } from "./findings.ts";
import type { OpenRun } from "./open_run.ts";
import { patienceOf, resultsTable, syntheticNotes } from "./say.ts";
import { trackEnd } from "./tracked_end.ts";
import type { TrainedModels } from "./train.ts";

/** What a finished run gives to a program; a person reads the folder. */
export interface RunResult {
  readonly runTag: string;
  readonly outDir: string;
  readonly evaluations: Readonly<Record<string, Evaluation>>;
  readonly results: ResultsDocument;
}

/** Writes the rest of the run's folder, publishes its models and results, and says how it went. */
export async function finishRun(
  job: Job<BaselinesConfig>,
  run: OpenRun,
  trained: TrainedModels,
  evaluated: Evaluated,
): Promise<RunResult> {
  const { record, writer } = run;
  const { identity, dataset } = record;
  const { evaluations, ceiling } = evaluated;
  const statistics = statisticsOf(evaluations, evaluated.queries, job.config.seed);
  const measurement = measure(evaluations, evaluated.queries, dataset, job.config.seed);
  const file = (name: string) => `${identity.outDir}/${name}`;

  const results = checked(
    RESULTS,
    resultsDocument(record, evaluations, { statistics, measurement, ceiling }),
    "results.json",
  );
  await writer.writeJson(file("results.json"), results);
  const queries = checked(QUERIES, queriesDocument(record, evaluations), "queries.json");
  await writer.writeJson(file("queries.json"), queries);
  const report = checked(
    REPORT,
    reportDocument(run, trained, evaluated, { results, statistics }),
    "report.json",
  );
  await writer.writeJson(file("report.json"), report);
  const config = configDocument(record);
  const { courses } = dataset;
  await writer.write(file(PAGE), renderRun({ config, report, results, queries, courses }));
  await restore(job, run, trained.models);
  await endRun(job, run, trained.entries);
  await trackEnd(run, trained, results);
  sayEnd(job, run, evaluated, { report, statistics, measurement });
  return { runTag: identity.runTag, outDir: identity.outDir, evaluations, results };
}

/**
 * Writes again what was written when the run began or models were fitted, where it is not as it
 * was.
 */
async function restore(
  { terminal }: Job<BaselinesConfig>,
  { record, writer }: OpenRun,
  models: readonly FittedModel[],
): Promise<void> {
  const { outDir } = record.identity;
  const contents: Record<string, () => Uint8Array<ArrayBuffer> | string> = {
    "config.json": () => jsonText(configDocument(record)),
    "models/vocabulary.json": () => jsonText(record.dataset.courses),
  };
  for (const model of models) {
    const make = () => modelBytes(model, record.dataset.synthetic);
    contents[`models/${modelFile(model.baseline)}`] = make;
  }
  for (const [name, make] of Object.entries(contents)) {
    const path = `${outDir}/${name}`;
    if (await writer.isAsWritten(path)) continue;
    terminal.warn(`${path} was changed or removed while the run went on; it is written again`);
    await writer.write(path, make());
  }
}

/** Makes the run a finished one: with the manifest, its status and its copies. */
async function endRun(
  { terminal, signal }: Job<BaselinesConfig>,
  { record, writer, progress }: OpenRun,
  entries: TrainedModels["entries"],
): Promise<void> {
  const { identity, home } = record;
  const { root, runTag, outDir } = identity;
  const writeManifest = async (copies: readonly Fingerprint[]) => {
    const manifest = {
      run_id: identity.runId,
      notebook: NOTEBOOK,
      run_tag: runTag,
      data: syntheticOr(record.dataset),
      artifacts: [...writer.artifacts(), ...copies],
    };
    await writer.writeJson(`${outDir}/manifest.json`, checked(MANIFEST, manifest, "manifest.json"));
  };
  const end = async () => {
    await removeCheckpointFolder(identity);
    await writeProgress(identity, { ...progress, models: entries, status: "finished" });
  };
  if (!home.publishes) {
    await writeManifest([]);
    return await end();
  }
  await publishing(root, patienceOf(terminal, signal), async () => {
    const config = { ...configDocument(record), created_at: identity.createdAt };
    const copies = await copiesOf(root, { config, artifacts: writer.artifacts() });
    await writeManifest(fingerprintsOf(copies));
    await publish(root, runTag, copies, end);
    if (copies.models.length === 0) {
      terminal.warn(`a newer run has finished: ${PUBLISHED} stays as it is`);
    }
  });
}

/** What the report says again. */
interface Known {
  readonly results: ResultsDocument;
  readonly statistics: Statistics;
}

/** report.json. */
function reportDocument(
  { record }: OpenRun,
  { models, entries }: TrainedModels,
  { evaluations, seconds, samples }: Evaluated,
  { results, statistics }: Known,
): ReportDocument {
  const { identity, dataset, card, baselines } = record;
  return {
    run_id: identity.runId,
    notebook: NOTEBOOK,
    run_tag: identity.runTag,
    status: "finished",
    created_at: identity.createdAt,
    repo_root: ".",
    data: syntheticOr(dataset),
    data_card: card,
    metrics: results.baselines,
    key_findings: keyFindings({
      evaluations,
      statistics,
      nItems: dataset.courses.length,
      baselines,
    }),
    sanity_samples: { popular_courses: highlightsOf(models, dataset), queries: samples },
    data_fingerprints: record.inputs,
    notes: [...syntheticNotes(dataset), ...record.notes],
    training: Object.fromEntries(
      Object.entries(entries).map(([name, { training }]) => [name, training]),
    ),
    evaluation: {
      seconds,
      intervals_95: results.intervals_95,
      tied_queries: results.tied_queries,
      comparisons: comparisonFields(statistics.comparisons),
    },
    environment: record.environment,
  };
}

/** The courses that models found remarkable, by name. */
function highlightsOf(models: readonly FittedModel[], { courses }: Dataset) {
  return models.flatMap(({ baseline, fitted }) =>
    (baseline.highlights?.(fitted) ?? []).map(({ item, share }) => ({
      course: courses[item],
      share,
    }))
  );
}

/** What the terminal says at last. */
interface Said {
  readonly report: ReportDocument;
  readonly statistics: Statistics;
  readonly measurement: Measurement;
}

function sayEnd(
  { config, terminal }: Job<BaselinesConfig>,
  { record: { identity, dataset } }: OpenRun,
  { evaluations, ceiling }: Evaluated,
  { report: { key_findings: findings, notes }, statistics, measurement }: Said,
): void {
  const { k, q, out } = config;
  const { count } = dataset.splits.test.episodes;
  terminal.line(
    `\n== Baseline results (test set), K=${k}, Q=${q}, ${counted(count, "test episode")}\n`,
  );
  terminal.line(resultsTable(evaluations, statistics, ceiling?.metrics));
  terminal.line(`\n${measureTables(measurement)}`);
  terminal.line(`\n${findings.map((sentence) => `- ${sentence}`).join("\n")}`);
  for (const note of notes) terminal.warn(note);
  const folder = `${out}/${identity.outDir}`;
  terminal.line(`Run ${identity.runTag}: ${folder}\nPage: ${folder}/${PAGE}`);
}
