/** What a run of the baselines is asked to do: one table of flags, one record. */
import { DEVICES } from "../../engine/device.ts";
import type { Command } from "../../settings/command.ts";
import { choice, integer, list, number, text, type Values } from "../../settings/settings.ts";

/**
 * The models of the notebook, in its order, then further ones. `sasrec_last_item` is SASRec with
 * the corrected read-out.
 */
export const MODELS = [
  "random",
  "popularity",
  "gru_global",
  "sasrec",
  "sessionknn",
  "sasrec_last_item",
] as const;
/** One of the models. */
export type ModelName = typeof MODELS[number];
/** The notebook's five. */
export const BASELINES: readonly ModelName[] = [
  "random",
  "popularity",
  "gru_global",
  "sasrec",
  "sessionknn",
];

/** Where the notebook's data lie when they are there. */
export const DEFAULT_DATA = "data/processed/xuetangx";
/** Where the embedded data set is generated otherwise. */
export const DEMO_DATA = "data/synthetic/demo";

/** The flags of `baselines`. */
export const BASELINES_FLAGS = {
  data: text(
    "folder",
    `data folder (default: ${DEFAULT_DATA} when it is there, else a synthetic data set)`,
  ),
  models: list<ModelName>(
    "a,b,…",
    `models to fit and evaluate: ${MODELS.join(", ")}`,
    BASELINES,
    MODELS,
  ),
  k: integer("support pairs of an episode; picks the episode files", 5, 1, 1000),
  q: integer("query pairs of an episode", 10, 1, 1000),
  epochs: integer("epochs of GRU and SASRec", 10, 1, 10_000),
  batchSize: integer("pairs a batch", 256, 1, 65536),
  batching: choice(
    ["pairs", "sessions"] as const,
    "GRU windows: one a pair (the notebook's protocol), or one pass a session for all its pairs",
    "pairs",
  ),
  maxSeqLen: integer("items of a prefix that GRU and SASRec see, the last ones", 50, 1, 1000),
  learningRate: number("learning rate of Adam", 1e-3, 1e-9, 10),
  seed: integer("seed of every random stream", 20260107, 0, 0xffffffff),
  init: list<string>(
    "file,…",
    "start GRU or SASRec from the weights of a safetensors file, PyTorch's too: file, or model=file",
    [],
  ),
  device: choice(
    DEVICES,
    "what computes GRU and SASRec; auto takes a hardware GPU where there is one",
    "auto",
  ),
  threads: integer("threads of the CPU engine; 0 takes every core", 0, 0, 256),
  checkpointEvery: number(
    "seconds between checkpoints inside an epoch; every epoch ends with one",
    30,
    0.001,
    86_400,
  ),
  resume: {
    ...text(
      "tag",
      "go on with an interrupted run: its tag, or the newest unfinished one; other flags may be left out",
    ),
    bare: "latest",
  },
  out: text(
    "folder",
    "project folder in which models/, results/, reports/ and meta.json are written",
    ".",
  ),
  config: text("file", "JSON file with any of these values; flags override it"),
};

/** Values of the flags. */
export type BaselinesConfig = Values<typeof BASELINES_FLAGS>;

/** The command `baselines`. */
export const BASELINES_COMMAND: Command<typeof BASELINES_FLAGS> = {
  name: "baselines",
  summary:
    "trains and evaluates the baselines of next-course recommendation on episodes of unseen users",
  flags: BASELINES_FLAGS,
  examples: [
    "baselines                                   the five baselines on the default data",
    "baselines --data my/folder --epochs 2       another data folder, fewer epochs",
    "baselines --models popularity,sessionknn    two of the models",
  ],
};
