/**
 * What a run of the baselines is asked to do: one table of settings, made from the job's baselines.
 */
import { CONFIG_FILE, DEVICE, EXCLUDE_SEEN, JSON_RESULTS, threads } from "../settings.ts";
import { type Baseline, NOTEBOOK_TRAINING, type TrainingConfig } from "../../baselines/baseline.ts";
import { RANK_METRICS } from "../../metrics/metrics.ts";
import { TRACK } from "../../track/trackers.ts";
import type { Command, Parsed, SettingsGroup } from "../../settings/command.ts";
import { onlyWith } from "../../settings/conditions.ts";
import {
  choice,
  integer,
  list,
  listOfSets,
  number,
  type Setting,
  text,
  toggle,
  type Values,
} from "../../settings/settings.ts";

/** Where the notebook's data lie when they are there. */
export const DEFAULT_DATA = "data/processed/xuetangx";
/** Where the embedded data set is generated otherwise. */
export const DEMO_DATA = "data/synthetic/demo";

/** Sets of models that have a name of their own. */
const SETS: Readonly<Record<string, (baseline: Baseline) => boolean>> = {
  notebook: ({ inNotebook = false }) => inNotebook,
  quick: ({ byDefault, slow = false }) => byDefault && !slow,
  all: () => true,
};

/** `--models`: names of models and of sets, in the registry's order within a set. */
function modelsSetting(baselines: readonly Baseline[]): Setting<readonly string[]> {
  const namesOf = (some: readonly Baseline[]) => some.map(({ name }) => name);
  const sets = Object.entries(SETS).map(([set, has]) => [set, namesOf(baselines.filter(has))]);
  return listOfSets(
    "a,b,…",
    `models to fit and evaluate, or sets of them: notebook, quick (no SASRec over padding), all; ` +
      `models: ${namesOf(baselines).join(", ")}`,
    namesOf(baselines.filter(({ byDefault }) => byDefault)),
    namesOf(baselines),
    Object.fromEntries(sets),
  );
}

function flagsFor(baselines: readonly Baseline[]) {
  return {
    data: text(
      "folder",
      `data folder (default: ${DEFAULT_DATA} when it is there, else a synthetic data set)`,
    ),
    models: modelsSetting(baselines),
    k: integer("support pairs of an episode; picks the episode files", 5, 1, 1000),
    q: integer("query pairs of an episode", 10, 1, 1000),
    epochs: integer("epochs of neural baselines", NOTEBOOK_TRAINING.epochs, 1, 10_000),
    batchSize: integer("pairs a batch", NOTEBOOK_TRAINING.batchSize, 1, 65536),
    batching: choice(
      ["pairs", "sessions"] as const,
      "GRU windows: one a pair (the notebook's protocol), or one pass a session for all its pairs",
      NOTEBOOK_TRAINING.batching,
    ),
    maxSeqLen: integer(
      "items of a prefix that neural baselines see, the last ones",
      NOTEBOOK_TRAINING.maxSeqLen,
      1,
      1000,
    ),
    learningRate: number("learning rate of Adam", NOTEBOOK_TRAINING.learningRate, 1e-9, 10),
    validate: toggle("scores the validation episodes after each epoch of neural baselines"),
    patience: integer(
      "epochs without a better validation score after which a neural baseline's training ends; " +
        "its best epoch is kept; 0: all epochs, the last is kept",
      0,
      0,
      10_000,
    ),
    select: onlyWith(
      choice(RANK_METRICS, "metric of the validation episodes that chooses", "mrr"),
      { key: "validate", values: [true] },
      { key: "patience", above: 0 },
    ),
    seed: integer("seed of every random stream", 20260107, 0, 0xffffffff),
    init: list<string>(
      "file,…",
      "start neural baselines from the weights of a safetensors file, PyTorch's too: file, or " +
        "model=file",
      [],
    ),
    excludeSeen: EXCLUDE_SEEN,
    device: DEVICE,
    threads: threads(),
    tune: toggle(
      "times the webgpu engine's variants on the first batches, trains by the fastest and " +
        "remembers it; another choice changes the last bits",
    ),
    checkpointEvery: number(
      "seconds between checkpoints inside an epoch; every epoch ends with one",
      30,
      0.001,
      86_400,
    ),
    resume: {
      ...text(
        "tag",
        "go on with an interrupted run: its tag, or the newest unfinished one; other flags " +
          "may be left out, and those that are not as the run's are refused",
      ),
      bare: "latest",
    },
    track: TRACK,
    json: JSON_RESULTS,
    out: text(
      "folder",
      "project folder in which models/, results/, reports/ and meta.json are written",
      ".",
    ),
    config: CONFIG_FILE,
  };
}

/** The settings of `baselines` itself. */
export type BaselinesFlags = ReturnType<typeof flagsFor>;

/** The command `baselines` over the baselines of a job. */
export function baselinesCommand(baselines: readonly Baseline[]): Command<BaselinesFlags> {
  return {
    name: "baselines",
    summary: "trains and evaluates the baselines of next-course recommendation on episodes of " +
      "unseen users",
    flags: flagsFor(baselines),
    groups: Object.fromEntries(baselines.map(groupOf)),
    examples: [
      "baselines                                   the default models on the default data",
      "baselines --data my/folder --epochs 2       another data folder, fewer epochs",
      "baselines --epochs 50 --patience 3          until validation is no better for 3 epochs",
      "baselines --models notebook                 the five models of the notebook",
      "baselines --gru_global.hidden-dim 64        a model's own settings",
    ],
  };
}

function groupOf({ name, title, config }: Baseline): [string, SettingsGroup] {
  return [name, { title, settings: config }];
}

/** What a run is asked to do. */
export interface BaselinesConfig extends Readonly<Values<BaselinesFlags>> {
  /** Each baseline's own settings, by its name. */
  readonly own: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The configuration that arguments and files came to. */
export function baselinesConfig({ values, groups }: Parsed<BaselinesFlags>): BaselinesConfig {
  return { ...values, own: groups };
}

/** The settings of training that all neural baselines of a run share. */
export function trainingOf(config: BaselinesConfig): TrainingConfig {
  const { epochs, batchSize, batching, maxSeqLen, learningRate } = config;
  return { epochs, batchSize, batching, maxSeqLen, learningRate };
}

/**
 * Own settings of the run's models that are not as by default, by model: what a resumed run must
 * share.
 */
export function changedSettings(
  baselines: readonly Baseline[],
  { models, own }: BaselinesConfig,
): Record<string, Record<string, unknown>> {
  const changed = baselines.filter(({ name }) => models.includes(name)).map(({ name, config }) => {
    const values = Object.entries(own[name]).filter(([key, value]) =>
      value !== config[key].fallback
    );
    return [name, Object.fromEntries(values)] as const;
  });
  return Object.fromEntries(changed.filter(([, values]) => Object.keys(values).length > 0));
}

/** The ceiling's name in tables. */
export const CEILING_ROW = "(ceiling)";
