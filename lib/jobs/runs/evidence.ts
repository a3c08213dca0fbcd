/** What finished runs have shown, as evidence: every model's ranks with what decided them. */
import type { Baseline } from "../../baselines/baseline.ts";
import { InputError } from "../../errors/input_error.ts";
import { type Fingerprint, sha256 } from "../../files/fingerprint.ts";
import { usersOf } from "../../report/users.ts";
import { inOrder } from "../../report/view.ts";
import type { DataSet, Evidence } from "../../report/leaderboard/evidence.ts";
import { stateOf } from "../../runs/order.ts";
import { readFewshotRun } from "../../runs/read_fewshot.ts";
import { readRun } from "../../runs/read_run.ts";
import type { QueriesDocument } from "../../runs/run_documents.ts";
import { FEWSHOT } from "../../runs/run_folder.ts";
import type { FoundRun } from "./find.ts";

/** A run that shows nothing, and why. */
export interface LeftOut {
  readonly run: string;
  readonly why: string;
}

/** What runs have shown together. */
export interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly leftOut: readonly LeftOut[];
}

/**
 * Reads finished runs one after the other; what is not finished or not as written is left out.
 * `baselines` know which shared settings they go by; of one that is not among them all count.
 */
export async function gather(
  runs: readonly FoundRun[],
  baselines: readonly Baseline[],
): Promise<Gathered> {
  const evidence: Evidence[] = [];
  const leftOut: LeftOut[] = [];
  for (const run of runs) {
    try {
      if (await stateOf(run.root, run.tag, run.place) !== "finished") {
        leftOut.push({ run: run.folder, why: "it is not finished" });
        continue;
      }
      evidence.push(...run.place === FEWSHOT ? await adapted(run) : await trained(run, baselines));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      leftOut.push({ run: run.folder, why: error.fault.found });
    }
  }
  return { evidence, leftOut };
}

/** Shared settings that decide what a neural model learns. */
const TRAINING = ["epochs", "batchSize", "maxSeqLen", "learningRate"] as const;

/** The models of a run of the baselines. */
async function trained(
  { root, tag }: FoundRun,
  baselines: readonly Baseline[],
): Promise<Evidence[]> {
  const { config, report, results, queries } = await readRun(root, tag);
  const { flags, models = {} } = config;
  const inputs = report.data_fingerprints;
  const data = await dataSetOf(inputs, queries, {
    name: report.data_card?.name,
    courses: results.n_items,
    ...config.k_shot_config,
    synthetic: config.data.synthetic,
  });
  const weights = inputs.filter(({ path }) => isWeights(path)).map((file) => file.sha256);
  const shared = {
    ...Object.fromEntries(TRAINING.map((key) => [key, flags[key]])),
    ...Number(flags.patience ?? 0) > 0 && { patience: flags.patience, select: flags.select },
    ...weights.length > 0 && { init: weights.join(" ") },
  };
  const sharedBy = (model: string) => {
    const reads = baselines.find(({ name }) => name === model)?.reads ?? ["batching"];
    return reads.includes("batching") ? { ...shared, batching: flags.batching } : shared;
  };
  return inOrder(results.baselines).map((model): Evidence => {
    const { seconds, epoch_losses: losses } = report.training[model];
    const isNeural = losses !== undefined;
    return {
      data,
      model,
      family: models[model]?.family ?? (isNeural ? "neural" : "other"),
      settings: { ...isNeural && sharedBy(model), ...given(models[model]?.config ?? flags[model]) },
      seed: String(config.seed),
      run: tag,
      createdAt: report.created_at,
      ranks: queries.ranks[model],
      fitSeconds: seconds,
      querySeconds: report.evaluation.seconds[model] / results.n_queries,
      epochs: losses?.length,
    };
  });
}

/** Flags of a few-shot run that decide what its methods become, and those of meta-training. */
const CHOOSING = ["base", "select"] as const;
const META_TRAINING = [
  "order",
  "tasks",
  "metaSteps",
  "metaBatch",
  "innerSteps",
  "innerRate",
  "outerRate",
  "warmRate",
  "clipNorm",
  "validateEvery",
] as const;

/** A few-shot run's methods, and its base model without adaptation. Controls do not compete. */
async function adapted({ root, tag }: FoundRun): Promise<Evidence[]> {
  const { config, results, queries } = await readFewshotRun(root, tag);
  const { base, k_shot_config } = results;
  const data = await dataSetOf(config.inputs, queries, {
    courses: results.n_items,
    ...k_shot_config,
    synthetic: config.data.synthetic,
  });
  const { network } = config.base;
  const settingsOf = (name: string) => {
    if (name === "zero_shot") return { network };
    const isMeta = results.methods[name].no_inner_loop !== undefined;
    const keys = [...CHOOSING, ...isMeta ? META_TRAINING : []];
    return { network, ...given(Object.fromEntries(keys.map((key) => [key, config.flags[key]]))) };
  };
  const names = ["zero_shot", ...Object.keys(results.methods)];
  return names.map((name): Evidence => ({
    data,
    model: `${base.model} + ${name}`,
    family: "few-shot",
    settings: settingsOf(name),
    seed: `${config.seed}${base.run_tag === null ? "" : ` on ${base.run_tag}`}`,
    run: tag,
    createdAt: config.created_at,
    ranks: queries.ranks[name],
    fitSeconds: results.methods[name]?.seconds,
  }));
}

/** What a run says of its data set. */
interface Told {
  readonly name?: string;
  readonly courses: number;
  readonly K: number;
  readonly Q: number;
  readonly synthetic: boolean;
}

/** Hashes of the data folder's files by name: where the folder lies does not count. */
async function dataSetOf(
  inputs: readonly Fingerprint[],
  queries: QueriesDocument,
  { name, courses, K, Q, synthetic }: Told,
): Promise<DataSet> {
  const files = inputs.filter(({ path }) => !isWeights(path)).map(({ path, sha256 }) =>
    `${path.slice(path.lastIndexOf("/") + 1)} ${sha256}`
  );
  return {
    name: name ?? folderOf(inputs),
    fingerprint: await sha256(new TextEncoder().encode(files.sort().join("\n"))),
    k: K,
    q: Q,
    courses,
    episodes: queries.episode_ids.length,
    synthetic,
    users: usersOf([queries]),
    labels: queries.labels,
  };
}

/** Weights to start from, which are no data. */
const isWeights = (path: string): boolean => path.endsWith(".safetensors");

/** The data folder's name, by where its pairs lie. */
function folderOf(inputs: readonly Fingerprint[]): string {
  const [, name] =
    inputs.map(({ path }) => /([^/]+)\/pairs\//.exec(path)).find((found) => found !== null) ?? [];
  return name ?? "data";
}

/** Settings that have a value. */
function given(settings: unknown): Record<string, unknown> {
  if (typeof settings !== "object" || settings === null) return {};
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== null),
  );
}
