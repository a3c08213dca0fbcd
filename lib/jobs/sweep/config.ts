/** What a sweep is asked to do. */
import type { Baseline } from "../../baselines/baseline.ts";
import { InputError } from "../../errors/input_error.ts";
import type { Command, Parsed } from "../../settings/command.ts";
import {
  integer,
  list,
  type Setting,
  settingName,
  text,
  toggle,
  type Values,
} from "../../settings/settings.ts";
import { baselinesCommand, type BaselinesConfig } from "../baselines/config.ts";
import { sbatchOptions } from "./sbatch_options.ts";
import { gridSetting } from "./search.ts";
import { GATHER_COMMAND, STATUS_COMMAND, WORK_COMMAND } from "./verbs.ts";

/** Flags of `baselines` that a sweep says in its own way, or has no use for. */
type Own = "data" | "seed" | "init" | "threads" | "resume" | "validate" | "tune";

/** Seeds that a range may hold. */
const MOST_SEEDS = 10_000;

/** Whole numbers, one by one or as a range: `1,2,5` or `1..10`. */
function seedsSetting<T extends readonly number[] | undefined>(
  description: string,
  fallback: T,
): Setting<T | readonly number[]> {
  const refuse = (name: string, found: string): never => {
    throw new InputError({
      doing: `reading --${name}`,
      found: `its value is ${JSON.stringify(found)}`,
      wanted: "whole numbers from 0 to 4294967295, or a range such as 1..10",
    });
  };
  return {
    placeholder: "1..n",
    description,
    fallback,
    json: "numbers",
    repeats: true,
    fromJson: (value) => typeof value === "string" ? value : undefined,
    parse: (value, name) => {
      const seeds = value.split(",").map((part) => part.trim()).flatMap((part) => {
        const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(part) ?? refuse(name, part);
        const count = Number(last) - Number(first) + 1;
        if (count < 1 || count > MOST_SEEDS || Number(last) > 0xffffffff) refuse(name, part);
        return Array.from({ length: count }, (_, i) => Number(first) + i);
      });
      return [...new Set(seeds)];
    },
  };
}

function flagsFor(baselines: readonly Baseline[]) {
  const {
    data: _data,
    seed: _seed,
    init: _init,
    threads: _threads,
    resume: _resume,
    validate: _validate,
    tune: _tune,
    models,
    ...shared
  } = baselinesCommand(baselines).flags;
  return {
    data: list<string>(
      "folder,…",
      "data folders (default: as for baselines, the notebook's or a synthetic set)",
      [],
    ),
    models,
    seeds: seedsSetting("seeds of the runs of the chosen settings", [20260107]),
    grid: gridSetting(),
    random: integer("settings to draw for each model; 0: the whole grid", 0, 0, 100_000),
    trialSeeds: seedsSetting("seeds over which settings are chosen (default: --seeds)", undefined),
    searchSeed: integer("seed of --random", 20260107, 0, 0xffffffff),
    defaults: toggle("tries each model's settings without the grid's, too"),
    apart: toggle("a run for each model instead of one for all models of a seed and data set"),
    threads: integer("threads of each process", 1, 1, 256),
    workers: integer("processes at a time; 0: as many as cores allow for", 0, 0, 1024),
    slurm: {
      ...text(
        "options",
        'submit to Slurm as one array job, with options such as "--partition=gpu --time=1:00:00"',
      ),
      bare: "",
      takesOptions: true,
      parse: sbatchOptions,
    },
    printJobs: toggle("print the commands that do the sweep, one a line, and do nothing"),
    tasks: integer(
      "tasks of --slurm and --print-jobs; 0: one for each trial and run, at most 1000",
      0,
      0,
      100_000,
    ),
    resume: {
      ...text("tag", "do what is missing of a sweep: its tag, or the newest one"),
      bare: "latest",
    },
    ...shared,
    out: text("folder", "project folder in which reports/sweeps/ is written", "."),
    config: { ...shared.config, takesWords: true },
  };
}

/** The settings of `sweep` itself. */
export type SweepFlags = ReturnType<typeof flagsFor>;

/** Models' own settings; without those that have none, so that `--random` is no model's group. */
function groupsFor(baselines: readonly Baseline[]): Command<SweepFlags>["groups"] {
  const groups = Object.entries(baselinesCommand(baselines).groups ?? {});
  return Object.fromEntries(
    groups.filter(([, { settings }]) => Object.keys(settings).length > 0),
  );
}

/** The command `sweep` over the baselines of a job. */
export function sweepCommand(baselines: readonly Baseline[]): Command<SweepFlags> {
  return {
    name: "sweep",
    summary:
      "many runs: settings chosen on validation episodes, over seeds and data sets, on this " +
      "machine or on a cluster",
    flags: flagsFor(baselines),
    headings: {
      data: "What is tried:",
      threads: "Where it runs:",
      k: "What every run shares:",
    },
    groups: groupsFor(baselines),
    verbs: { work: WORK_COMMAND, status: STATUS_COMMAND, gather: GATHER_COMMAND },
    examples: [
      "sweep --seeds 1..10                          ten seeds of the default models",
      "sweep --models gru_global --grid gru_global.hidden-dim=64,128 --seeds 1..3",
      "sweep --grid '*.learning-rate=1e-4..1e-2:log' --random 30 --data a,b",
      "sweep SWEEP.json                             all of it from a file",
      "sweep --resume                               what is missing of the newest sweep",
      "sweep status, sweep gather                   how far it is; its results",
    ],
  };
}

/** What a sweep is asked to do. */
export interface SweepConfig extends Readonly<Values<SweepFlags>> {
  /** Each baseline's own settings where they are not searched, by its name. */
  readonly own: BaselinesConfig["own"];
}

/**
 * The configuration that arguments and a file came to. @throws InputError for a search of nothing.
 */
export function sweepConfig({ values, groups }: Parsed<SweepFlags>): SweepConfig {
  if (values.random > 0 && values.grid.length === 0) {
    throw new InputError({
      doing: "reading --random",
      found: "no --grid beside it",
      wanted: "what to draw: --grid model.setting=a,b or --grid model.setting=1..9",
    });
  }
  return { ...values, own: groups };
}

/** Flags that say where a sweep runs, not what it is. */
const OF_THE_CALL: readonly string[] = [
  "resume",
  "workers",
  "slurm",
  "printJobs",
  "tasks",
  "json",
  "out",
];

/** @throws InputError for flags that would change a sweep which was planned. */
export function checkResumed({ given }: Parsed<SweepFlags>): void {
  const changing = [...given].filter((key) => !OF_THE_CALL.includes(key));
  if (changing.length === 0) return;
  throw new InputError({
    doing: "reading --resume",
    found: `--${changing.map(settingName).join(", --")} beside it`,
    wanted: "a sweep as it was planned",
    next: "leave them out, or begin a new sweep",
  });
}

/** The settings that every trial and run of a sweep shares with `baselines`. */
export function sharedSettings(config: SweepConfig): Omit<BaselinesConfig, Own | "models" | "own"> {
  const { k, q, epochs, batchSize, batching, maxSeqLen, learningRate } = config;
  const { patience, select, excludeSeen, device, checkpointEvery, track, out } = config;
  return {
    ...{ k, q, epochs, batchSize, batching, maxSeqLen, learningRate },
    ...{
      patience,
      select,
      excludeSeen,
      device,
      checkpointEvery,
      track,
      out,
      json: false,
      config: undefined,
    },
  };
}
