/**
 * Evaluates a run's saved models again: on another split, or on another data folder with the same
 * vocabulary.
 */
import type { Command } from "../settings/command.ts";
import { choice, integer, list, text, toggle, type Values } from "../settings/settings.ts";
import { table } from "../terminal/table.ts";
import { duration, type Terminal } from "../terminal/terminal.ts";
import { type Dataset, SPLITS } from "../dataset/dataset.ts";
import type { Fingerprint } from "../files/input_file.ts";
import { readDataset } from "../dataset/read_dataset.ts";
import { chooseEngine, DEVICES } from "../engine/device.ts";
import { InputError, show } from "../errors/input_error.ts";
import { evaluate, type Evaluation } from "../evaluation/evaluate.ts";
import { oracleScorer } from "../evaluation/ceiling.ts";
import { queriesOf } from "../evaluation/queries.ts";
import { bootstrapInterval } from "../metrics/bootstrap.ts";
import { METRIC_NAMES, type Metrics } from "../metrics/metrics.ts";
import { writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import type { FinishedRun } from "../runs/read_run.ts";
import { isoLocal, tagOf } from "../runs/run_folder.ts";
import { openSavedModels } from "./saved_models.ts";
import { syntheticOr } from "./baselines/documents.ts";
import { scorerOf } from "./baselines/fitted.ts";

/** The flags of `evaluate`. */
export const EVALUATE_FLAGS = {
  run: text("tag", "the run whose models to evaluate: its tag, or latest", "latest"),
  data: text("folder", "data folder with the run's vocabulary (needed)"),
  split: choice(SPLITS, "the split whose episodes are evaluated", "test"),
  models: list<string>("a,b,…", "some of the run's models (default: all)", []),
  k: integer("support pairs of an episode, picks the episode files; 0: as in the run", 0, 0, 1000),
  q: integer("query pairs of an episode; 0: as in the run", 0, 0, 1000),
  seed: integer("seed of the bootstrap intervals", 20260107, 0, 0xffffffff),
  json: toggle("print JSON instead of a table"),
  device: choice(
    DEVICES,
    "what computes GRU and SASRec; auto takes a hardware GPU where there is one",
    "auto",
  ),
  threads: integer("threads of the CPU engine; 0 takes every core", 0, 0, 256),
  out: text("folder", "project folder in which the run's reports/ lies", "."),
  config: text("file", "JSON file with any of these values; flags override it"),
};

/** The command `evaluate`. */
export const EVALUATE_COMMAND: Command<typeof EVALUATE_FLAGS> = {
  name: "evaluate",
  summary:
    "evaluates a run's saved models on another split or data folder with the same vocabulary",
  flags: EVALUATE_FLAGS,
  examples: [
    "evaluate --data data/processed/xuetangx --split val    the newest run on the validation episodes",
  ],
};

/** Values of the flags. */
export type EvaluateConfig = Values<typeof EVALUATE_FLAGS>;

/**
 * Evaluates, writes `evaluations/<time>_<split>.json` into the run's folder and returns its
 * document and path.
 * @throws InputError for another vocabulary, naming the first difference, and for a split without
 * episodes.
 */
export async function evaluateSaved(config: EvaluateConfig & { data: string }, terminal: Terminal) {
  const { run, names, read } = await openSavedModels(config.out, config.run);
  const { split } = config;
  const k = config.k || run.config.k_shot_config.K;
  const q = config.q || run.config.k_shot_config.Q;
  const readDone = terminal.stage(`Data: ${config.data}`);
  const { dataset, inputs } = await readDataset(config.data, k, q);
  checkVocabulary(run, dataset);
  const { episodes } = dataset.splits[split];
  if (episodes.count === 0) {
    throw new InputError({
      doing: `evaluating on ${config.data}`,
      found: `${split} has no episodes`,
      wanted: "at least one",
    });
  }
  readDone(`${episodes.count} ${split} episodes`);
  const engine = await chooseEngine(config.device);
  const queries = queriesOf(dataset.splits[split]);
  const evaluations: Record<string, Evaluation> = {};
  const done = terminal.stage(`Evaluation of run ${run.tag} on ${engine.device} (${engine.why})`);
  for (const name of config.models.length === 0 ? names : config.models) {
    const saved = await read(name);
    const begin = performance.now();
    const bar = terminal.progress(name, queries.rows.length);
    const { scorer, dispose } = await scorerOf(saved, engine, config);
    try {
      evaluations[name] = await evaluate(scorer, queries, bar.update);
    } finally {
      bar.end();
      dispose();
    }
    terminal.line(`   ${name.padEnd(18)} ${duration(performance.now() - begin)}`);
  }
  const ceiling = oracleScorer(dataset);
  const oracle = ceiling === undefined ? undefined : (await evaluate(ceiling, queries)).metrics;
  done(`${queries.rows.length} queries`);
  const now = new Date();
  const document = {
    ...documentOf(config, run, dataset, inputs, evaluations, now),
    ...(oracle && { oracle }),
  };
  const name = `${tagOf(now)}_${crypto.randomUUID().slice(0, 8)}_${split}.json`;
  const path = await within(run.root, `${run.outDir}/evaluations/${name}`);
  await writeJson(path, document);
  return { document, path };
}

/** What an evaluation writes; `oracle` is the ceiling of made-up data. */
type EvaluationDocument = ReturnType<typeof documentOf> & { readonly oracle?: Metrics };

/** The table of an evaluation. */
export function evaluationTable({ baselines, oracle }: EvaluationDocument): string {
  const rows = Object.entries(
    oracle === undefined ? baselines : { ...baselines, "(oracle)": oracle },
  ).map((
    [name, metrics],
  ) => [name, ...METRIC_NAMES.map((metric) => metrics[metric].toFixed(4))]);
  return table(["Model", "Acc@1", "Recall@5", "Recall@10", "MRR"], rows);
}

function documentOf(
  { split, seed, data }: EvaluateConfig & { data: string },
  { config: { run_id, run_tag } }: FinishedRun,
  dataset: Dataset,
  inputs: readonly Fingerprint[],
  evaluations: Readonly<Record<string, Evaluation>>,
  now: Date,
) {
  const { pairs, episodes } = dataset.splits[split];
  const each = <T>(value: (evaluation: Evaluation) => T) =>
    Object.fromEntries(
      Object.entries(evaluations).map(([name, evaluation]) => [name, value(evaluation)]),
    );
  return {
    run_id,
    run_tag,
    evaluated_at: isoLocal(now),
    data_folder: data,
    split,
    k_shot_config: { K: dataset.k, Q: dataset.q },
    n_episodes: episodes.count,
    n_queries: episodes.queryRows.length,
    n_items: dataset.courses.length,
    data: syntheticOr(dataset),
    baselines: each(({ metrics }) => metrics),
    intervals_95: each(({ ranks }) =>
      Object.fromEntries(
        METRIC_NAMES.map((
          metric,
        ) => [metric, bootstrapInterval(ranks, episodes.queryOffsets, metric, seed)]),
      )
    ),
    tied_queries: each(({ tiedQueries }) => tiedQueries ?? null),
    data_fingerprints: inputs,
    queries: {
      episode_ids: [...episodes.episodeId],
      episode_offsets: [...episodes.queryOffsets],
      pair_ids: Array.from(episodes.queryRows, (row) => pairs.pairId[row]),
      ranks: each(({ ranks }) => [...ranks]),
    },
  };
}

function checkVocabulary({ courses, tag }: FinishedRun, { courses: others, path }: Dataset): void {
  const length = Math.max(courses.length, others.length);
  for (let id = 0; id < length; id++) {
    if (courses[id] === others[id]) continue;
    const named = (name: string | undefined, count: number) =>
      `${name === undefined ? "missing" : show(name)} (of ${count} courses)`;
    throw new InputError({
      doing: `comparing the vocabulary of ${path} with the run's`,
      found: `course ${id} is ${named(others[id], others.length)}`,
      wanted: `${named(courses[id], courses.length)}, as in the run ${tag}`,
      next:
        "the ids of a saved model mean the courses it was trained on: prepare the data with the run's vocabulary, or train anew",
    });
  }
}
