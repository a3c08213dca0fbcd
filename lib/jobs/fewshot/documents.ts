/** The documents of a few-shot run as records. */
import type { Dataset } from "../../dataset/dataset.ts";
import { tooFewToChoose } from "../../fewshot/choose.ts";
import type { NeuralModel } from "../../models/neural.ts";
import type { Fingerprint } from "../../files/fingerprint.ts";
import { computeMetrics, type Metrics } from "../../metrics/metrics.ts";
import type { Environment } from "../../runs/environment.ts";
import type {
  FewshotConfigDocument,
  FewshotGain,
  FewshotResults,
  FewshotSelection,
} from "../../runs/fewshot_documents.ts";
import { FEWSHOT, type RunIdentity } from "../../runs/run_folder.ts";
import { syntheticOr } from "../baselines/documents.ts";
import { flagsOf } from "../../settings/command_line.ts";
import { OF_THE_CALL } from "../settings.ts";
import { FEWSHOT_COMMAND, type FewshotConfig } from "./config.ts";
import type { Gain, Gains, SessionSplit } from "./gains.ts";
import type { Ground, Trial } from "./trial.ts";

/** What all documents of a few-shot run share. */
export interface FewshotRecord {
  readonly identity: RunIdentity;
  readonly config: FewshotConfig;
  readonly dataset: Dataset;
  /** Their paths relative to the project's folder. */
  readonly inputs: readonly Fingerprint[];
  readonly base: { readonly model: string; readonly run_tag: string | null };
  readonly network: NeuralModel;
  readonly device: string;
  readonly deviceReason: string;
  /** What adapts. */
  readonly adaptation: string;
  readonly environment: Environment;
}

/** What identifies the run in every document. */
function namesOf({ identity: { runId, runTag } }: FewshotRecord) {
  return { run_id: runId, run_tag: runTag };
}

/** config.json. */
export function fewshotConfigDocument(record: FewshotRecord): FewshotConfigDocument {
  const { identity, config, dataset, base, network } = record;
  return {
    notebook: FEWSHOT,
    ...namesOf(record),
    created_at: identity.createdAt,
    seed: config.seed,
    device: record.device,
    device_reason: record.deviceReason,
    adaptation: record.adaptation,
    base: { ...base, network: { ...network } },
    k_shot_config: { K: dataset.k, Q: dataset.q },
    data: syntheticOr(dataset),
    inputs: record.inputs,
    flags: given(config),
    command: commandOf(record),
    environment: { ...record.environment },
  };
}

/** The flags that have a value: as the file has them, so that a page made from it is the same. */
function given(config: FewshotConfig): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

/** The line that makes the run again, on the same engine with as many threads. */
function commandOf({ config, dataset, base, device }: FewshotRecord): string {
  const flags = flagsOf(FEWSHOT_COMMAND, {
    values: {
      ...config,
      run: base.run_tag ?? undefined,
      data: config.data ?? (base.run_tag === null ? dataset.path : undefined),
      k: dataset.k,
      q: dataset.q,
      device,
      threads: config.threads || navigator.hardwareConcurrency,
    },
    always: ["base", "methods", "select", "seed", "device", "threads"],
    never: OF_THE_CALL,
  });
  return `deno task fewshot ${flags}`;
}

/** selection.json: the whole grid of every method, each cell with its value. */
export function selectionDocument(
  record: FewshotRecord,
  { metric, validation }: Ground,
  trials: readonly Trial[],
): FewshotSelection {
  return {
    ...namesOf(record),
    metric,
    n_validation_episodes: validation.tasks.length,
    methods: Object.fromEntries(trials.map(({ name, selection }) => [
      name,
      selection.cells.map(({ knobs = null, ...cell }) => ({ knobs, ...cell })),
    ])),
  };
}

/** The ceilings of made-up data. */
export interface Ceilings {
  readonly prefix: Metrics;
  readonly withSupport: Metrics;
}

/** results.json. */
export function fewshotResults(
  record: FewshotRecord,
  ground: Ground,
  gains: Gains,
  ceilings: Ceilings | undefined,
  findings: readonly string[],
): FewshotResults {
  const { dataset, base } = record;
  return {
    ...namesOf(record),
    base,
    k_shot_config: { K: dataset.k, Q: dataset.q },
    n_test_episodes: ground.test.tasks.length,
    n_validation_episodes: ground.validation.tasks.length,
    n_queries: ground.test.asked.labels.length,
    n_own_session_queries: gains.ownSessionQueries,
    n_users: gains.users,
    n_items: dataset.courses.length,
    data: syntheticOr(dataset),
    select: gains.metric,
    zero_shot: { metrics: gains.zeroShot.metrics, ...splitFields(gains.zeroShot.split) },
    methods: Object.fromEntries(
      gains.measured.map(({ trial, metrics, gain, gainOverPlacebo, split }) => [trial.name, {
        title: trial.title,
        chosen: trial.selection.chosen ?? null,
        metrics,
        placebo: computeMetrics(trial.placebo),
        ...(trial.noInnerLoop && { no_inner_loop: computeMetrics(trial.noInnerLoop) }),
        gain: gainFields(gain),
        gain_over_placebo: gainFields(gainOverPlacebo),
        ...splitFields(split),
        seconds: trial.seconds,
      }]),
    ),
    ceilings: ceilings === undefined
      ? null
      : { prefix: ceilings.prefix, with_support: ceilings.withSupport },
    too_few: gains.tooFew ?? null,
    too_few_to_choose: tooFewToChoose(ground.validation.tasks.length) ?? null,
    adjusted_for: gains.adjustedFor,
    findings,
  };
}

function splitFields({ own, others }: SessionSplit) {
  return { own_session: own ?? null, other_sessions: others ?? null };
}

/** Where no query differs, as where nothing was chosen, there is nothing to be tested. */
function gainFields(
  { difference, interval, p, pHolm, distinguishable, differing }: Gain,
): FewshotGain {
  return differing === 0
    ? { difference, interval_95: null, p: null, p_holm: null, distinguishable }
    : { difference, interval_95: interval, p, p_holm: pHolm, distinguishable };
}

/** Every row's ranks, as queries.json has them. */
export function rowsOf(
  { zeroShot }: Ground,
  trials: readonly Trial[],
): Record<string, Float64Array> {
  return {
    zero_shot: zeroShot.test,
    ...Object.fromEntries(trials.flatMap(({ name, ranks, placebo, noInnerLoop }) => [
      [name, ranks],
      [`${name} placebo`, placebo],
      ...noInnerLoop === undefined ? [] : [[`${name} no inner loop`, noInnerLoop]],
    ])),
  };
}
