/**
 * The JSON documents of a run, as records: the notebook's fields under the notebook's names, and
 * what it left empty filled.
 */
import type { Baseline } from "../../baselines/baseline.ts";
import type { DataCard } from "../../dataset/data_card.ts";
import { type Dataset, LABEL_TIMES, prefixOf } from "../../dataset/dataset.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import type { Fingerprint } from "../../files/fingerprint.ts";
import { LIST_METRICS } from "../../metrics/lists.ts";
import { RANK_METRICS } from "../../metrics/metrics.ts";
import type { Environment } from "../../runs/environment.ts";
import type { ConfigDocument, QueriesDocument, ResultsDocument } from "../../runs/run_documents.ts";
import { PUBLISHED, resultsPath } from "../../runs/publish.ts";
import { NOTEBOOK, type RunIdentity } from "../../runs/run_folder.ts";
import { measureFields, type Measurement, measuresOf } from "../measures.ts";
import { ofEach, type Statistics, statisticsFields } from "../statistics.ts";
import { flagsOf } from "../../settings/command_line.ts";
import { OF_THE_CALL } from "../settings.ts";
import { baselinesCommand, type BaselinesConfig, trainingOf } from "./config.ts";
import type { RunHome } from "./home.ts";

/** What all documents of a run share. */
export interface RunRecord {
  readonly identity: RunIdentity;
  /** Whether copies of it are published. */
  readonly home: Pick<RunHome, "publishes">;
  readonly config: BaselinesConfig;
  readonly baselines: readonly Baseline[];
  readonly dataset: Dataset;
  readonly card: DataCard;
  /** What must be said of where the run begins, besides its data. */
  readonly notes: readonly string[];
  /** Fingerprints of the inputs, their paths relative to the project's folder. */
  readonly inputs: readonly Fingerprint[];
  readonly device: string;
  readonly deviceReason: string;
  readonly environment: Environment;
}

/** config.json. */
export function configDocument(run: RunRecord): ConfigDocument {
  const { identity, home, config, dataset, inputs, device, deviceReason, environment } = run;
  const { own, ...flags } = config;
  return {
    notebook: NOTEBOOK,
    run_id: identity.runId,
    run_tag: identity.runTag,
    seed: config.seed,
    device,
    device_reason: deviceReason,
    k_shot_config: { K: config.k, Q: config.q },
    data: syntheticOr(dataset),
    inputs: Object.fromEntries(inputs.map(({ path }) => [inputName(path), path])),
    baselines: config.models,
    ...notebookFields(run),
    models: modelsOf(run),
    metrics: [...RANK_METRICS, ...LIST_METRICS],
    tie_policy: "lower course id first",
    flags: { ...flags, ...Object.fromEntries(config.models.map((name) => [name, own[name]])) },
    command: commandOf(run),
    outputs: {
      ...home.publishes && {
        models_dir: PUBLISHED,
        results: resultsPath({ K: config.k, Q: config.q }),
      },
      out_dir: identity.outDir,
    },
    environment,
  };
}

/** The line that makes the run again, on the same engine with as many threads. */
function commandOf({ config, baselines, device }: RunRecord): string {
  const { own, ...values } = config;
  const used = config.models.map((name) => [name, own[name]] as const);
  const flags = flagsOf(baselinesCommand(baselines), {
    values: { ...values, device, threads: config.threads || navigator.hardwareConcurrency },
    groups: Object.fromEntries(used),
    always: ["data", "models", "k", "q", "seed", "device", "threads"],
    never: OF_THE_CALL,
  });
  return `deno task baselines ${flags}`;
}

/** The notebook's own fields: gru_config and its like, of every baseline that has one. */
function notebookFields({ baselines, config }: RunRecord): Record<string, unknown> {
  const fields = baselines.map(({ name, notebook }) =>
    notebook?.(config.own[name], trainingOf(config))
  );
  return Object.fromEntries(fields.flatMap((field) => field ? [[field.key, field.fields]] : []));
}

/** What the run's page says of its models. */
function modelsOf({ baselines, config: { models, own } }: RunRecord) {
  const used = baselines.filter(({ name }) => models.includes(name));
  return Object.fromEntries(
    used.map(({ name, title, family, source, differs, handicap }) => [
      name,
      { title, family, source, differs, ...(handicap && { handicap }), config: own[name] },
    ]),
  );
}

/** What evaluations come to. */
export interface Said {
  readonly statistics: Statistics;
  readonly measurement: Measurement;
  /** The ceiling of synthetic data. */
  readonly ceiling?: Evaluation;
}

/** results/baselines_K<K>_Q<Q>.json. */
export function resultsDocument(
  { identity, config, dataset }: RunRecord,
  evaluations: Readonly<Record<string, Evaluation>>,
  { statistics, measurement, ceiling }: Said,
): ResultsDocument {
  const { episodes } = dataset.splits.test;
  return {
    run_id: identity.runId,
    run_tag: identity.runTag,
    k_shot_config: { K: config.k, Q: config.q },
    n_test_episodes: episodes.count,
    n_queries: episodes.queryRows.length,
    n_items: dataset.courses.length,
    data: syntheticOr(dataset),
    baselines: measuresOf(measurement),
    ...(ceiling === undefined ? {} : { ceiling: ceiling.metrics }),
    ...statisticsFields(evaluations, statistics),
    ...measureFields(measurement),
  };
}

/** queries.json in the run's folder: what every query was and where each model ranked its label. */
export function queriesDocument(
  run: RunRecord,
  evaluations: Readonly<Record<string, Evaluation>>,
): QueriesDocument {
  return { ...questionsOf(run), ...ranksOf(evaluations) };
}

/** What every query of the test episodes was. */
export function questionsOf(
  { identity, dataset }: Pick<RunRecord, "identity" | "dataset">,
): Omit<QueriesDocument, "ranks"> {
  const { pairs, episodes } = dataset.splits.test;
  const rows = [...episodes.queryRows];
  const trainCounts = new Int32Array(dataset.courses.length);
  for (const label of dataset.splits.train.pairs.label) trainCounts[label]++;
  return {
    run_id: identity.runId,
    run_tag: identity.runTag,
    data: syntheticOr(dataset),
    episode_ids: [...episodes.episodeId],
    episode_offsets: [...episodes.queryOffsets],
    episode_users: [...episodes.user],
    pair_ids: rows.map((row) => pairs.pairId[row]),
    labels: rows.map((row) => pairs.label[row]),
    prefix_lengths: rows.map((row) => pairs.prefixLength[row]),
    label_train_counts: rows.map((row) => trainCounts[pairs.label[row]]),
    label_seen: rows.map((row) => prefixOf(pairs, row).includes(pairs.label[row])),
  };
}

/** Every model's ranks, those of the variant too. */
export function ranksOf(evaluations: Readonly<Record<string, Evaluation>>) {
  const asked = Object.values(evaluations).some(({ seenExcluded }) => seenExcluded !== undefined);
  return {
    ranks: ofEach(evaluations, ({ ranks }) => [...ranks]),
    ...asked && {
      ranks_seen_excluded: ofEach(evaluations, (one) => [...one.seenExcluded!.ranks]),
    },
  };
}

/** Says of every artifact whether its data are synthetic, and where they have an order only. */
export function syntheticOr({ synthetic, ordered }: Dataset) {
  const times = ordered ? { label_times: LABEL_TIMES.places } : {};
  return synthetic ?? { synthetic: false, ...times };
}

/**
 * "pairs_train" for …/pairs/pairs_train.parquet, "vocab" for the vocabulary: the notebook's names
 * of its inputs.
 */
function inputName(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.[a-z]+$/, "");
  if (path.endsWith(".safetensors")) return `init_${name}`;
  return name === "course2id" ? "vocab" : name.replace(/_K\d+_Q\d+$/, "");
}
