/**
 * The main job: data → models → episodes → ranks → metrics → run folder. Every artifact is written
 * when it is known, so that an interrupted run leaves what it had.
 */
import type { StopSignal } from "../../terminal/signals.ts";
import { table } from "../../terminal/table.ts";
import { duration, type Terminal } from "../../terminal/terminal.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { readDataset } from "../../dataset/read_dataset.ts";
import { type Choice, chooseEngine } from "../../engine/device.ts";
import { evaluate, type Evaluation, type Scorer } from "../../evaluation/evaluate.ts";
import { oracleScorer } from "../../evaluation/ceiling.ts";
import { type Queries, queriesOf } from "../../evaluation/queries.ts";
import { METRIC_NAMES } from "../../metrics/metrics.ts";
import { renderRun } from "../../report/run_page.ts";
import type { ArtifactWriter } from "../../runs/manifest.ts";
import { encodeModel, modelFile, type SavedModel } from "../../baselines/model_files.ts";
import { PUBLISHED, publishing } from "../../runs/publish.ts";
import { writeProgress } from "../../runs/progress.ts";
import { NOTEBOOK } from "../../runs/run_folder.ts";
import { PAGE } from "../../runs/write_page.ts";
import type { BaselinesConfig, ModelName } from "./config.ts";
import {
  configDocument,
  queriesDocument,
  resultsDocument,
  resultsPath,
  syntheticOr,
} from "./documents.ts";
import { keyFindings } from "./findings.ts";
import { scorerOf } from "./fitted.ts";
import { readInitialWeights } from "./initial_weights.ts";
import { type OpenRun, openRun } from "./open_run.ts";
import { addRecommendations, sampleQueries, type SanitySample } from "./sanity_samples.ts";
import { popularCourses, type TrainedModels, trainModels } from "./train_models.ts";

/** What a finished run gives to a program; a person reads the folder. */
export interface RunResult {
  readonly runTag: string;
  readonly outDir: string;
  readonly evaluations: Readonly<Record<string, Evaluation>>;
}

/** How a run ended. */
export type RunEnd = { readonly finished: RunResult } | {
  readonly stopped: "SIGINT" | "SIGTERM";
  readonly runTag: string;
};

/**
 * Runs everything that `config` asks for on the data folder `data`. Nothing is written before the
 * inputs have passed; a signal or an error leaves a folder from which `--resume` goes on.
 */
export async function runBaselines(
  config: BaselinesConfig,
  data: string,
  terminal: Terminal,
  signal: StopSignal = NEVER,
): Promise<RunEnd> {
  const readDone = terminal.stage(`Data: ${data}`);
  const { dataset, inputs } = await readDataset(data, config.k, config.q);
  const initial = await readInitialWeights(config, dataset.courses.length);
  const ceiling = oracleScorer(dataset);
  sayData(dataset, terminal);
  readDone();
  const choice = await chooseEngine(config.device);
  terminal.line(`\nDevice: ${choice.device} (${choice.why})`);
  const run = await openRun(
    { ...config, data },
    dataset,
    [...inputs, ...initial.inputs],
    choice,
    terminal,
  );
  const { runTag } = run.record.identity;
  try {
    const trained = await trainModels(run, initial.parameters, choice, terminal, signal);
    const evaluated = trained === undefined
      ? undefined
      : await evaluateModels(run, trained, ceiling, choice, terminal, signal);
    const stopped = signal.received();
    if (trained === undefined || evaluated === undefined || stopped !== undefined) {
      terminal.warn(`stopped by ${stopped}; go on with: ${resumeCommand(run)}`);
      return { stopped: stopped!, runTag };
    }
    return { finished: await finish(run, trained, evaluated, terminal) };
  } catch (error) {
    terminal.warn(
      `the run ${runTag} is unfinished; when the cause is mended, go on with: ${
        resumeCommand(run)
      }`,
    );
    throw error;
  } finally {
    run.release();
  }
}

const ORACLE = "(oracle)";
const NEVER: StopSignal = { received: () => undefined, stop: () => {} };

function resumeCommand({ record: { identity, config } }: OpenRun): string {
  return `deno task baselines --resume ${identity.runTag}${
    config.out === "." ? "" : ` --out ${config.out}`
  }`;
}

/** What the evaluation of all models gives. */
interface Evaluated {
  readonly queries: Queries;
  readonly evaluations: Readonly<Record<string, Evaluation>>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly samples: readonly SanitySample[];
  /** The ceiling of made-up data. */
  readonly oracle?: Evaluation;
}

async function evaluateModels(
  { record: { dataset, config } }: OpenRun,
  { models }: TrainedModels,
  ceiling: Scorer | undefined,
  choice: Choice,
  terminal: Terminal,
  signal: StopSignal,
): Promise<Evaluated | undefined> {
  const done = terminal.stage("Evaluation");
  const queries = queriesOf(dataset.splits.test);
  const evaluations: Record<string, Evaluation> = {};
  const seconds: Record<string, number> = {};
  const samples = sampleQueries(dataset, queries);
  for (const [name, saved] of models) {
    const begin = performance.now();
    evaluations[name] = await evaluateModel(
      name,
      saved,
      dataset,
      queries,
      config,
      choice,
      terminal,
      samples,
    );
    if (signal.received() !== undefined) return undefined;
    seconds[name] = (performance.now() - begin) / 1000;
    terminal.line(
      `   ${name.padEnd(18)} Accuracy@1 ${evaluations[name].metrics["accuracy@1"].toFixed(4)}   ${
        duration(1000 * seconds[name])
      }`,
    );
  }
  const oracle = ceiling === undefined ? undefined : await evaluate(ceiling, queries);
  if (oracle !== undefined) {
    terminal.line(
      `   ${ORACLE.padEnd(18)} Accuracy@1 ${oracle.metrics["accuracy@1"].toFixed(4)}   (ceiling)`,
    );
  }
  done(`${queries.rows.length} queries of ${dataset.splits.test.episodes.count} episodes`);
  return { queries, evaluations, seconds, samples, oracle };
}

/** Writes what is known at the end, the manifest last but one; then the run is finished. */
async function finish(
  { record, writer, progress }: OpenRun,
  { models, entries }: TrainedModels,
  evaluated: Evaluated,
  terminal: Terminal,
): Promise<RunResult> {
  const { identity, config, dataset } = record;
  const { queries, evaluations, seconds, samples, oracle } = evaluated;
  const notes = notesOf(dataset);
  const header = { run_id: identity.runId, notebook: NOTEBOOK, run_tag: identity.runTag };
  const findings = keyFindings(
    evaluations,
    queries.episodeOffsets,
    dataset.courses.length,
    config.seed,
  );
  const results = resultsDocument(record, evaluations, oracle);
  await writer.writeJson(`${identity.outDir}/results.json`, results);
  const ranks = queriesDocument(record, evaluations);
  await writer.writeJson(`${identity.outDir}/queries.json`, ranks);
  await publishing(identity.root, () => publish(models, results, config, writer));
  const report = {
    ...header,
    status: "finished",
    created_at: identity.createdAt,
    repo_root: ".",
    data: syntheticOr(dataset),
    metrics: results.baselines,
    key_findings: findings,
    sanity_samples: { popular_courses: popularCourses(models, dataset), queries: samples },
    data_fingerprints: record.inputs,
    notes,
    training: Object.fromEntries(
      Object.entries(entries).map(([name, { training }]) => [name, training]),
    ),
    evaluation: { seconds, intervals_95: results.intervals_95, tied_queries: results.tied_queries },
    environment: record.environment,
  };
  await writer.writeJson(`${identity.outDir}/report.json`, report);
  await writer.write(
    `${identity.outDir}/${PAGE}`,
    renderRun({
      config: configDocument(record),
      report,
      results,
      queries: ranks,
      courses: dataset.courses,
    }),
  );
  await writer.writeJson(`${identity.outDir}/manifest.json`, {
    ...header,
    data: syntheticOr(dataset),
    artifacts: writer.artifacts(),
  });
  await writeProgress(identity, { ...progress, models: entries, status: "finished" });

  saySummary(
    config,
    oracle === undefined ? evaluations : { ...evaluations, [ORACLE]: oracle },
    dataset,
    terminal,
  );
  terminal.line(`\n${findings.map((sentence) => `- ${sentence}`).join("\n")}`);
  for (const note of notes) terminal.warn(note);
  terminal.line(`Run ${identity.runTag}: ${config.out}/${identity.outDir}`);
  return { runTag: identity.runTag, outDir: identity.outDir, evaluations };
}

async function evaluateModel(
  name: ModelName,
  saved: SavedModel,
  dataset: Dataset,
  queries: Queries,
  config: BaselinesConfig,
  choice: Choice,
  terminal: Terminal,
  samples: readonly SanitySample[],
): Promise<Evaluation> {
  const bar = terminal.progress(name, queries.rows.length);
  const used = await scorerOf(saved, choice, config);
  try {
    const evaluation = await evaluate(used.scorer, queries, bar.update);
    // the exact models' streams have moved on: the samples take a fresh scorer
    const fresh = "parameters" in saved ? used : await scorerOf(saved, choice, config);
    await addRecommendations(samples, name, fresh.scorer, dataset, queries);
    return evaluation;
  } finally {
    bar.end();
    used.dispose();
  }
}

/**
 * The notebook's places, which always hold the newest run: copies of what the run's own folder
 * keeps.
 */
async function publish(
  models: readonly (readonly [ModelName, SavedModel])[],
  results: unknown,
  config: BaselinesConfig,
  writer: ArtifactWriter,
): Promise<void> {
  for (const [name, saved] of models) {
    await writer.write(`${PUBLISHED}/${modelFile(name, saved)}`, encodeModel(saved));
  }
  await writer.writeJson(resultsPath(config), results);
}

function notesOf({ synthetic }: Dataset): string[] {
  if (synthetic === undefined) return [];
  return [
    `SYNTHETIC DATA: preset ${synthetic.preset}, seed ${synthetic.seed}, process ${synthetic.process_version}. These numbers say nothing about real learners.`,
  ];
}

function sayData(dataset: Dataset, terminal: Terminal): void {
  const n = (x: number) => x.toLocaleString("en");
  for (const note of notesOf(dataset)) terminal.warn(note);
  terminal.line(`   ${n(dataset.courses.length)} courses, K=${dataset.k}, Q=${dataset.q}`);
  for (const [name, { pairs, episodes }] of Object.entries(dataset.splits)) {
    terminal.line(
      `   ${name.padEnd(5)} ${n(pairs.count).padStart(9)} pairs ${
        n(pairs.users.length).padStart(8)
      } users ${n(episodes.count).padStart(8)} episodes`,
    );
  }
}

function saySummary(
  { k, q }: BaselinesConfig,
  evaluations: Readonly<Record<string, Evaluation>>,
  dataset: Dataset,
  terminal: Terminal,
): void {
  terminal.line(
    `\n== Baseline results (test set), K=${k}, Q=${q}, ${dataset.splits.test.episodes.count} test episodes\n`,
  );
  const rows = Object.entries(evaluations).map((
    [name, { metrics }],
  ) => [name, ...METRIC_NAMES.map((metric) => metrics[metric].toFixed(4))]);
  terminal.line(table(["Model", "Acc@1", "Recall@5", "Recall@10", "MRR"], rows));
}
