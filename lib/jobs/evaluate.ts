/**
 * Evaluates a run's saved models again: on another split, or on another data folder with the same
 * vocabulary.
 */
import { basename, join } from "node:path/posix";
import { CONFIG_FILE, DEVICE, EXCLUDE_SEEN, JSON_OUT, RUN_ROOT, threads } from "./settings.ts";
import { dataCard } from "../dataset/data_card.ts";
import { type Dataset, SPLITS } from "../dataset/dataset.ts";
import { readDataset } from "../dataset/read_dataset.ts";
import { counted } from "../errors/counted.ts";
import { InputError, show } from "../errors/input_error.ts";
import { ceilingScorer } from "../evaluation/ceiling.ts";
import { evaluate, type Evaluation } from "../evaluation/evaluate.ts";
import { queriesOf } from "../evaluation/queries.ts";
import { writeJson } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import type { Fingerprint } from "../files/fingerprint.ts";
import type { FinishedRun } from "../runs/read_run.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { isoUtc, tagOf } from "../runs/run_folder.ts";
import type { Command } from "../settings/command.ts";
import { choice, integer, list, text, type Values } from "../settings/settings.ts";
import { firstColumn } from "../terminal/table.ts";
import { duration } from "../terminal/terminal.ts";
import { ranksOf, syntheticOr } from "./baselines/documents.ts";
import { resultsTable, sayData } from "./baselines/say.ts";
import type { Job } from "./job.ts";
import { measure, measureFields, type Measurement, measuresOf, measureTables } from "./measures.ts";
import { openSavedModels, openScorer } from "./models.ts";
import { originNotes } from "./origin.ts";
import { warnOfThreads } from "./threads.ts";
import { comparisonFields, type Statistics, statisticsFields, statisticsOf } from "./statistics.ts";

/** The flags of `evaluate`. */
export const EVALUATE_FLAGS = {
  run: text("tag", "the run whose models to evaluate: its tag, or latest", "latest"),
  data: text("folder", "data folder with the run's vocabulary (default: the one of the run)"),
  split: choice(SPLITS, "the split whose episodes are evaluated", "test"),
  models: list<string>("a,b,…", "some of the run's models (default: all)", []),
  k: integer(
    "support pairs of an episode, picks the episode files; 0: as in the run",
    0,
    0,
    1000,
  ),
  q: integer("query pairs of an episode; 0: as in the run", 0, 0, 1000),
  excludeSeen: EXCLUDE_SEEN,
  seed: integer("seed of the sign flips that are drawn", 20260107, 0, 0xffffffff),
  json: JSON_OUT,
  device: DEVICE,
  threads: threads(),
  out: RUN_ROOT,
  config: CONFIG_FILE,
};

/** The command `evaluate`. */
export const EVALUATE_COMMAND: Command<typeof EVALUATE_FLAGS> = {
  name: "evaluate",
  summary:
    "evaluates a run's saved models on another split or data folder with the same vocabulary",
  flags: EVALUATE_FLAGS,
  examples: [
    "evaluate --split val                                   the newest run on its validation " +
    "episodes",
    "evaluate --run 20260130_075435 --data data/another     a run on other data",
  ],
};

/** What an evaluation is asked to do. */
export type EvaluateConfig = Readonly<Values<typeof EVALUATE_FLAGS>>;

/**
 * Evaluates, writes `evaluations/<time>_<split>.json` into the run's folder and returns its
 * document and path.
 * @throws InputError for another vocabulary, naming the first difference, and for a split without
 * episodes.
 */
export async function evaluateSaved(job: Job<EvaluateConfig>) {
  const { config, terminal, device, baselines } = job;
  const saved = await openSavedModels(config.out, config.run, baselines);
  const { run } = saved;
  const { dataset, inputs } = await readData(job, run);
  const queries = queriesOf(dataset.splits[config.split]);
  const names = config.models.length === 0 ? saved.names : config.models;
  warnOfThreads(terminal, config.threads, device);
  const computing = { create: device.create, threads: config.threads || undefined };
  const evaluations: Record<string, Evaluation> = {};
  const done = terminal.stage(
    `Evaluation of run ${run.tag} on ${device.device} (${device.why})`,
  );
  const named = firstColumn(names);
  for (const name of names) {
    const begin = performance.now();
    const model = await saved.read(name);
    const bar = terminal.progress(name, queries.labels.length);
    const scorer = await openScorer(model, computing);
    try {
      evaluations[name] = await evaluate(scorer, queries, {
        progress: bar.update,
        excludeSeen: config.excludeSeen,
      });
    } finally {
      bar.end();
      scorer.dispose();
    }
    terminal.line(`   ${named(name)} ${duration(performance.now() - begin)}`);
  }
  const knowing = ceilingScorer(dataset);
  const ceiling: Metrics | undefined = knowing && (await evaluate(knowing, queries)).metrics;
  done(counted(queries.labels.length, "query"));

  const now = new Date();
  const statistics = statisticsOf(evaluations, queries, config.seed);
  const measurement = measure(evaluations, queries, dataset, config.seed);
  const found = { dataset, inputs, evaluations, statistics, measurement, now };
  const known = documentOf(config, run, found);
  const document = { ...known, ...(ceiling && { ceiling }) };
  const name = `${tagOf(now)}_${crypto.randomUUID().slice(0, 8)}_${config.split}.json`;
  const path = await within(run.root, `${run.outDir}/evaluations/${name}`);
  await writeJson(path, document);
  const table = `${resultsTable(evaluations, statistics, ceiling)}\n\n${
    measureTables(measurement)
  }`;
  return { document, path, table };
}

async function readData({ config, terminal }: Job<EvaluateConfig>, run: FinishedRun) {
  const { split } = config;
  const data = config.data ?? dataOf(run);
  const readDone = terminal.stage(`Data: ${data}`);
  const { K, Q } = run.config.k_shot_config;
  const { dataset, inputs } = await readDataset(data, config.k || K, config.q || Q);
  checkVocabulary(run, dataset);
  const { episodes } = dataset.splits[split];
  if (episodes.count === 0) {
    throw new InputError({
      doing: `evaluating on ${data}`,
      found: `${split} has no episodes`,
      wanted: "at least one",
    });
  }
  if (dataset.synthetic === undefined) {
    for (const note of originNotes(run.config.data)) terminal.warn(note);
  }
  if (config.data === undefined) warnOfChanges(terminal, run, inputs);
  sayData(terminal, dataset, await dataCard(dataset));
  readDone(
    `${counted(episodes.count, `${split} episode`)} of ${
      counted(new Set(episodes.user).size, "user")
    }`,
  );
  return { dataset, inputs };
}

const VOCABULARY = "/vocab/course2id.json";

/** The data folder of a run. @throws InputError when its documents do not say. */
export function dataOf({ root, tag, config: { inputs } }: FinishedRun): string {
  const vocabulary = Object.values(inputs).find((path) => path.endsWith(VOCABULARY));
  if (vocabulary !== undefined) return join(root, vocabulary.slice(0, -VOCABULARY.length));
  throw new InputError({
    doing: `looking for the data of the run ${tag}`,
    found: "its config.json names none",
    wanted: "--data <folder>",
  });
}

/** Says which files of the run's data are not what the run read. */
function warnOfChanges(
  terminal: Job<EvaluateConfig>["terminal"],
  { tag, report }: FinishedRun,
  inputs: readonly Fingerprint[],
): void {
  const changed = inputs.filter(({ path, sha256 }) =>
    report.data_fingerprints.some((earlier) =>
      basename(earlier.path) === basename(path) && earlier.sha256 !== sha256
    )
  );
  if (changed.length === 0) return;
  const paths = changed.map(({ path }) => path).join(", ");
  terminal.warn(`not the data that the run ${tag} read: ${paths} changed since`);
}

/** What an evaluation found, and when. */
interface Found {
  readonly dataset: Dataset;
  readonly inputs: readonly Fingerprint[];
  readonly evaluations: Readonly<Record<string, Evaluation>>;
  readonly statistics: Statistics;
  readonly measurement: Measurement;
  readonly now: Date;
}

function documentOf(
  { split }: EvaluateConfig,
  { config: { run_id, run_tag, data: fittedOn } }: FinishedRun,
  { dataset, inputs, evaluations, statistics, measurement, now }: Found,
) {
  const { pairs, episodes } = dataset.splits[split];
  return {
    run_id,
    run_tag,
    evaluated_at: isoUtc(now),
    data_folder: dataset.path,
    split,
    k_shot_config: { K: dataset.k, Q: dataset.q },
    n_episodes: episodes.count,
    n_queries: episodes.queryRows.length,
    n_items: dataset.courses.length,
    data: syntheticOr(dataset),
    fitted_on: fittedOn,
    baselines: measuresOf(measurement),
    ...statisticsFields(evaluations, statistics),
    ...measureFields(measurement),
    comparisons: comparisonFields(statistics.comparisons),
    data_fingerprints: inputs,
    queries: {
      episode_ids: [...episodes.episodeId],
      episode_offsets: [...episodes.queryOffsets],
      episode_users: [...episodes.user],
      pair_ids: Array.from(episodes.queryRows, (row) => pairs.pairId[row]),
      ...ranksOf(evaluations),
    },
  };
}

/** @throws InputError naming the first course that differs. */
export function checkVocabulary(
  { courses, tag }: FinishedRun,
  { courses: others, path }: Dataset,
): void {
  const length = Math.max(courses.length, others.length);
  for (let id = 0; id < length; id++) {
    if (courses[id] === others[id]) continue;
    const named = (name: string | undefined, count: number) =>
      `${name === undefined ? "missing" : show(name)} (of ${counted(count, "course")})`;
    throw new InputError({
      doing: `comparing the vocabulary of ${path} with the run's`,
      found: `course ${id} is ${named(others[id], others.length)}`,
      wanted: `${named(courses[id], courses.length)}, as in the run ${tag}`,
      next: "deno task prepare --vocabulary with the run's models/vocabulary.json, or training " +
        "anew: the ids of a saved model mean the courses that it was trained on",
    });
  }
}
