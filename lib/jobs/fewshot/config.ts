/** What a few-shot run is asked to do. */
import { FINE_TUNING_NAMES } from "../../fewshot/fine_tune.ts";
import { META_STARTS, metaMethods } from "../../fewshot/meta_methods.ts";
import { UNTRAINED_NAMES } from "../../fewshot/untrained.ts";
import { METRIC_NAMES } from "../../metrics/metrics.ts";
import type { Command } from "../../settings/command.ts";
import {
  choice,
  integer,
  list,
  listOfSets,
  number,
  text,
  type Values,
} from "../../settings/settings.ts";
import { CONFIG_FILE, DEVICE, JSON_RESULTS, threads } from "../settings.ts";

const META_NAMES = metaMethods(1).map(({ name }) => name);
const ALL = [...UNTRAINED_NAMES, ...FINE_TUNING_NAMES, ...META_NAMES];

/** Sets of methods that have a name of their own. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  untrained: UNTRAINED_NAMES,
  fine_tuned: FINE_TUNING_NAMES,
  meta: META_NAMES,
  quick: [...UNTRAINED_NAMES, ...FINE_TUNING_NAMES],
  all: ALL,
};

/** The flags of `fewshot`. */
export const FEWSHOT_FLAGS = {
  run: text(
    "tag",
    "the run whose base model adapts: its tag (default: the newest that has it; where there is " +
      "none, or with --data, the base model is trained first)",
  ),
  base: text("name", "the base model, a neural one", "gru_global"),
  data: text("folder", "data folder (default: the run's)"),
  methods: listOfSets(
    "a,b,…",
    `methods to try, or sets of them: ${Object.keys(SETS).join(", ")}; methods: ${ALL.join(", ")}`,
    [...SETS.quick, "maml"],
    ALL,
    SETS,
  ),
  select: choice(METRIC_NAMES, "metric by which validation episodes choose", "mrr"),
  k: integer("support pairs of an episode; 0: as in the run, else 5", 0, 0, 1000),
  q: integer("query pairs of an episode; 0: as in the run, else 10", 0, 0, 1000),
  epochs: integer("epochs of a base model that is trained here", 10, 1, 10_000),
  starts: list(
    "a,b",
    "where meta-training starts: random weights, or the base model's (warm)",
    ["warm"],
    META_STARTS,
  ),
  order: choice(["1", "2"], "order of maml: 1 is FOMAML, 2 goes through the inner steps", "1"),
  tasks: choice(
    ["users", "episodes"],
    "a step's tasks: one episode of each of distinct users, or any episodes",
    "users",
  ),
  metaSteps: integer("outer steps of meta-training", 3000, 1, 10_000_000),
  metaBatch: integer("tasks of an outer step", 32, 1, 4096),
  innerSteps: integer("inner steps of meta-trained methods", 5, 1, 100),
  innerRate: number("rate of their inner SGD", 0.01, 1e-9, 10),
  outerRate: number("Adam's rate of outer steps from random weights", 1e-3, 1e-9, 10),
  warmRate: number("Adam's rate of outer steps from the base model", 1e-4, 1e-9, 10),
  clipNorm: number("largest norm of an outer gradient", 10, 1e-9, 1e9),
  validateEvery: integer("outer steps between two looks at the validation episodes", 100, 1),
  seed: integer("seed of every random stream", 20260107, 0, 0xffffffff),
  json: JSON_RESULTS,
  device: DEVICE,
  threads: threads(),
  checkpointEvery: number(
    "seconds between checkpoints of training and meta-training",
    30,
    0.001,
    86_400,
  ),
  resume: {
    ...text(
      "tag",
      "go on with an interrupted run: its tag, or the newest unfinished one; other flags may be " +
        "left out",
    ),
    bare: "latest",
  },
  out: text("folder", "project folder in which reports/ and meta.json are written", "."),
  config: CONFIG_FILE,
};

/** The command `fewshot`. */
export const FEWSHOT_COMMAND: Command<typeof FEWSHOT_FLAGS> = {
  name: "fewshot",
  summary: "adapts a base model to new learners from their support pairs, by every method, and " +
    "says what that gains over the base model and over another learner's support",
  flags: FEWSHOT_FLAGS,
  examples: [
    "fewshot                                     the newest run's GRU",
    "fewshot --methods quick                     without meta-training",
    "fewshot --methods meta --starts random,warm  every meta-trained method, from both starts",
    "fewshot --run 20260130_075435 --select accuracy@1",
  ],
};

/** What a few-shot run is asked to do. */
export type FewshotConfig = Readonly<Values<typeof FEWSHOT_FLAGS>>;

/** Whether a method asked trains on the support. */
export function needsAdaptation({ methods }: FewshotConfig): boolean {
  return methods.some((name) => !UNTRAINED_NAMES.includes(name));
}

/** The methods asked, in order: those over the base model, and the meta-trained. */
export function askedMethods({ methods }: FewshotConfig) {
  return {
    overBase: methods.filter((name) => !META_NAMES.includes(name)),
    meta: methods.filter((name) => META_NAMES.includes(name)),
  };
}
