/**
 * The main job: data → models → episodes → ranks → metrics → run folder. Every artifact is written when it is known, so that an
 * interrupted run leaves what it had.
 */
import { relative } from "node:path/posix";
import { duration, type Terminal } from "../cli/terminal.ts";
import { table } from "../cli/table.ts";
import { VERSION } from "../cli/version.ts";
import type { Dataset } from "../dataset/dataset.ts";
import { readDataset } from "../dataset/read_dataset.ts";
import { type Choice, chooseEngine } from "../engine/device.ts";
import { evaluate, type Evaluation } from "../evaluation/evaluate.ts";
import { type Queries, queriesOf } from "../evaluation/queries.ts";
import { METRIC_NAMES } from "../metrics/metrics.ts";
import { countParameters } from "../models/parameters.ts";
import { parameterSpecs } from "../models/neural.ts";
import { mostPopular } from "../models/popularity.ts";
import { describeEnvironment } from "../runs/environment.ts";
import { artifactWriter } from "../runs/manifest.ts";
import { encodeModel, modelFile, type SavedModel } from "../runs/model_files.ts";
import { register } from "../runs/registry.ts";
import { createRunFolder, NOTEBOOK } from "../runs/run_folder.ts";
import type { BaselinesConfig, ModelName } from "./config.ts";
import { configDocument, queriesDocument, resultsDocument, resultsPath, type RunRecord, syntheticOr } from "./documents.ts";
import { keyFindings } from "./findings.ts";
import { fitExact, fitNeural, neuralModel, scorerOf } from "./fitted.ts";
import { addRecommendations, sampleQueries, type SanitySample } from "./sanity_samples.ts";

/** What a finished run gives to a program; a person reads the folder. */
export interface RunResult {
  readonly runTag: string;
  readonly outDir: string;
  readonly evaluations: Readonly<Record<string, Evaluation>>;
}

/** How a model's training went, for the report. */
interface Training {
  readonly seconds: number;
  readonly device?: string;
  readonly parameters?: number;
  readonly epoch_losses?: readonly number[];
}

/** Runs everything that `config` asks for on the data folder `data`. Nothing is written before the inputs have passed. */
export async function runBaselines(config: BaselinesConfig, data: string, terminal: Terminal): Promise<RunResult> {
  const readDone = terminal.stage(`Data: ${data}`), begun = performance.now();
  const { dataset, inputs } = await readDataset(data, config.k, config.q);
  sayData(dataset, terminal);
  readDone();
  const choice = await chooseEngine(config.device);
  terminal.line(`\nDevice: ${choice.device} (${choice.why})`);

  const identity = await createRunFolder(config.out), writer = artifactWriter(identity), notes = notesOf(dataset);
  const setAside = await register(identity);
  if (setAside !== undefined) terminal.warn(`the registry meta.json was damaged; it lies at ${setAside} and a new one was begun`);
  const root = await Deno.realPath(config.out);
  const record: RunRecord = {
    identity,
    config,
    dataset,
    inputs: await Promise.all(inputs.map(async (input) => ({ ...input, path: relative(root, await Deno.realPath(input.path)) }))),
    device: choice.device,
    deviceReason: choice.why,
    environment: await describeEnvironment(config.out, VERSION),
  };
  const header = { run_id: identity.runId, notebook: NOTEBOOK, run_tag: identity.runTag };
  await writer.writeJson(`${identity.outDir}/config.json`, configDocument(record));
  await writer.writeJson(`${identity.outDir}/models/vocabulary.json`, dataset.courses);

  const training: Record<string, Training> = {}, models: [ModelName, SavedModel][] = [];
  for (const name of config.models) {
    const done = terminal.stage(`Fit ${name}`), begin = performance.now();
    const { saved, ...trained } = await fitModel(name, dataset, config, choice, terminal);
    if (saved === undefined) continue;
    training[name] = { seconds: (performance.now() - begin) / 1000, ...trained };
    models.push([name, saved]);
    await writer.write(`${identity.outDir}/models/${modelFile(name, saved)}`, encodeModel(saved));
    done(trained.device);
  }

  const evaluated = terminal.stage("Evaluation"), queries = queriesOf(dataset.splits.test);
  const evaluations: Record<string, Evaluation> = {}, seconds: Record<string, number> = {}, samples = sampleQueries(dataset, queries);
  for (const [name, saved] of models) {
    const begin = performance.now();
    evaluations[name] = await evaluateModel(name, saved, dataset, queries, config, choice, terminal, samples);
    seconds[name] = (performance.now() - begin) / 1000;
    terminal.line(
      `   ${name.padEnd(18)} Accuracy@1 ${evaluations[name].metrics["accuracy@1"].toFixed(4)}   ${duration(1000 * seconds[name])}`,
    );
  }
  evaluated(`${queries.rows.length} queries of ${dataset.splits.test.episodes.count} episodes`);

  const findings = keyFindings(evaluations, queries.episodeOffsets, dataset.courses.length, config.seed);
  const results = resultsDocument(record, evaluations);
  await writer.writeJson(`${identity.outDir}/results.json`, results);
  await writer.writeJson(`${identity.outDir}/queries.json`, queriesDocument(record, evaluations));
  await publish(models, results, config, writer);
  await writer.writeJson(`${identity.outDir}/report.json`, {
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
    training,
    evaluation: { seconds, intervals_95: results.intervals_95, tied_queries: results.tied_queries },
    seconds: (performance.now() - begun) / 1000,
    environment: record.environment,
  });
  await writer.writeJson(`${identity.outDir}/manifest.json`, { ...header, data: syntheticOr(dataset), artifacts: writer.artifacts() });

  saySummary(config, evaluations, dataset, terminal);
  terminal.line(`\n${findings.map((sentence) => `- ${sentence}`).join("\n")}`);
  for (const note of notes) terminal.warn(note);
  terminal.line(`Run ${identity.runTag}: ${config.out}/${identity.outDir}`);
  return { runTag: identity.runTag, outDir: identity.outDir, evaluations };
}

type FitOutcome = { saved?: SavedModel; device?: string; parameters?: number; epoch_losses?: readonly number[] };

async function fitModel(
  name: ModelName,
  dataset: Dataset,
  config: BaselinesConfig,
  choice: Choice,
  terminal: Terminal,
): Promise<FitOutcome> {
  const model = neuralModel(name, dataset.courses.length, config);
  if (model === undefined) {
    const { saved } = fitExact(name as "random" | "popularity" | "sessionknn", dataset, config.seed);
    if (name === "popularity") {
      popularCourses([[name, saved]], dataset).forEach(({ course, share }, i) =>
        terminal.line(`   ${i + 1}. ${course} (share ${share.toFixed(4)})`)
      );
    }
    return { saved };
  }
  const parameters = countParameters(parameterSpecs(model)), batches = Math.ceil(dataset.splits.train.pairs.count / config.batchSize);
  terminal.line(
    `   ${parameters.toLocaleString("en")} parameters, ${
      batches.toLocaleString("en")
    } batches of ${config.batchSize} × ${config.epochs} epochs`,
  );
  const bar = terminal.progress(name, batches * config.epochs);
  let epochBegun = performance.now();
  const { saved, losses, device } = await fitNeural(
    {
      name,
      model,
      onChunk: ({ epoch, epochs, batch, epochLoss }) => {
        bar.update((epoch - 1) * batches + batch, `epoch ${epoch}`);
        if (epochLoss === undefined) return;
        bar.end();
        terminal.line(`   epoch ${epoch}/${epochs}: loss ${epochLoss.toFixed(4)}   ${duration(performance.now() - epochBegun)}`);
        epochBegun = performance.now();
      },
    },
    dataset,
    config,
    choice,
  );
  bar.end();
  return { saved, device, parameters, epoch_losses: losses };
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

/** The notebook's places, which always hold the newest run: copies of what the run's own folder keeps. */
async function publish(
  models: readonly (readonly [ModelName, SavedModel])[],
  results: unknown,
  config: BaselinesConfig,
  writer: ReturnType<typeof artifactWriter>,
): Promise<void> {
  for (const [name, saved] of models) await writer.write(`models/baselines/${modelFile(name, saved)}`, encodeModel(saved));
  await writer.writeJson(resultsPath(config), results);
}

function popularCourses(models: readonly (readonly [ModelName, SavedModel])[], { courses }: Dataset): { course: string; share: number }[] {
  const saved = models.find(([name]) => name === "popularity")?.[1];
  if (saved === undefined || "parameters" in saved || saved.architecture !== "popularity") return [];
  return mostPopular(saved, 5).map((item) => ({ course: courses[item], share: saved.shares[item] }));
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
      `   ${name.padEnd(5)} ${n(pairs.count).padStart(9)} pairs ${n(pairs.users.length).padStart(8)} users ${
        n(episodes.count).padStart(8)
      } episodes`,
    );
  }
}

function saySummary(
  { k, q }: BaselinesConfig,
  evaluations: Readonly<Record<string, Evaluation>>,
  dataset: Dataset,
  terminal: Terminal,
): void {
  terminal.line(`\n== Baseline results (test set), K=${k}, Q=${q}, ${dataset.splits.test.episodes.count} test episodes\n`);
  const rows = Object.entries(evaluations).map((
    [name, { metrics }],
  ) => [name, ...METRIC_NAMES.map((metric) => metrics[metric].toFixed(4))]);
  terminal.line(table(["Model", "Acc@1", "Recall@5", "Recall@10", "MRR"], rows));
}
