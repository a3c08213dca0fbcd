/**
 * The JSON documents of a run, as records: the notebook's fields under the notebook's names, and
 * what it left empty filled.
 */
import type { Dataset } from "../../dataset/dataset.ts";
import type { Fingerprint } from "../../files/input_file.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import { bootstrapInterval, type Interval } from "../../metrics/bootstrap.ts";
import { METRIC_NAMES, type MetricName } from "../../metrics/metrics.ts";
import { gruModel } from "../../models/gru.ts";
import { sasRecModel } from "../../models/sasrec.ts";
import type { Environment } from "../../runs/environment.ts";
import { NOTEBOOK, type RunIdentity } from "../../runs/run_folder.ts";
import type { BaselinesConfig } from "./config.ts";

/** What all documents of a run share. */
export interface RunRecord {
  readonly identity: RunIdentity;
  readonly config: BaselinesConfig;
  readonly dataset: Dataset;
  /** Fingerprints of the inputs, their paths relative to the project's folder. */
  readonly inputs: readonly Fingerprint[];
  readonly device: string;
  readonly deviceReason: string;
  readonly environment: Environment;
}

/** Path of the results file, relative to the project's folder. */
export function resultsPath({ k, q }: Pick<BaselinesConfig, "k" | "q">): string {
  return `results/baselines_K${k}_Q${q}.json`;
}

/** config.json. */
export function configDocument(
  { identity, config, dataset, inputs, device, deviceReason, environment }: RunRecord,
) {
  const { maxSeqLen, batchSize, learningRate, epochs } = config;
  const training = { batch_size: batchSize, learning_rate: learningRate, num_epochs: epochs };
  const gru = gruModel(dataset.courses.length);
  const sasrec = sasRecModel(dataset.courses.length);
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
    gru_config: {
      embedding_dim: gru.embeddingDim,
      hidden_dim: gru.hiddenDim,
      num_layers: 1,
      dropout: 0.2,
      ...training,
      max_seq_len: maxSeqLen,
    },
    sasrec_config: {
      hidden_dim: sasrec.hiddenDim,
      num_heads: sasrec.numHeads,
      num_blocks: sasrec.numBlocks,
      max_len: maxSeqLen,
      dropout: sasrec.dropout,
      readout: sasrec.readout,
      ...training,
    },
    sessionknn_config: { k: 100, sample_size: 500, similarity: "jaccard" },
    metrics: METRIC_NAMES,
    tie_policy: "lower course id first",
    flags: config,
    outputs: {
      models_dir: "models/baselines",
      results: resultsPath(config),
      out_dir: identity.outDir,
    },
    environment,
  };
}

/** results/baselines_K<K>_Q<Q>.json. */
export function resultsDocument(
  { identity, config, dataset }: RunRecord,
  evaluations: Readonly<Record<string, Evaluation>>,
  oracle?: Evaluation,
) {
  const { episodes } = dataset.splits.test;
  return {
    run_id: identity.runId,
    run_tag: identity.runTag,
    k_shot_config: { K: config.k, Q: config.q },
    n_test_episodes: episodes.count,
    n_queries: episodes.queryRows.length,
    n_items: dataset.courses.length,
    data: syntheticOr(dataset),
    baselines: Object.fromEntries(
      Object.entries(evaluations).map(([name, { metrics }]) => [name, metrics]),
    ),
    ...(oracle === undefined ? {} : { oracle: oracle.metrics }),
    intervals_95: Object.fromEntries(
      Object.entries(evaluations).map(([name, { ranks }]) => [
        name,
        Object.fromEntries(
          METRIC_NAMES.map((
            metric,
          ) => [metric, bootstrapInterval(ranks, episodes.queryOffsets, metric, config.seed)]),
        ) as Record<MetricName, Interval>,
      ]),
    ),
    tied_queries: Object.fromEntries(
      Object.entries(evaluations).map(([name, { tiedQueries }]) => [name, tiedQueries ?? null]),
    ),
  };
}

/** queries.json in the run's folder: what every query was and where each model ranked its label. */
export function queriesDocument(
  { identity, dataset }: RunRecord,
  evaluations: Readonly<Record<string, Evaluation>>,
) {
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
    pair_ids: rows.map((row) => pairs.pairId[row]),
    labels: rows.map((row) => pairs.label[row]),
    prefix_lengths: rows.map((row) => pairs.prefixLength[row]),
    label_train_counts: rows.map((row) => trainCounts[pairs.label[row]]),
    ranks: Object.fromEntries(
      Object.entries(evaluations).map(([name, { ranks }]) => [name, [...ranks]]),
    ),
  };
}

/** Says of every artifact whether its data are made up. */
export function syntheticOr(dataset: Dataset) {
  return dataset.synthetic ?? { synthetic: false };
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
