/** Plans a sweep: every trial and run of it is known, and written, before any of them begins. */
import type { Baseline } from "../../baselines/baseline.ts";
import { dataCard } from "../../dataset/data_card.ts";
import { readDataset } from "../../dataset/read_dataset.ts";
import { counted } from "../../errors/counted.ts";
import { InputError } from "../../errors/input_error.ts";
import { writeJson } from "../../files/atomic.ts";
import { sha256 } from "../../files/fingerprint.ts";
import { checked } from "../../runs/document_parts.ts";
import { isoUtc } from "../../runs/run_folder.ts";
import { SWEEP, type SweepDocument, type TrialRecord } from "../../runs/sweep_documents.ts";
import { createSweep, type SweepHome } from "../../runs/sweep_folder.ts";
import { defaultsOf } from "../../settings/settings.ts";
import { checkTrackers } from "../../track/trackers.ts";
import { VERSION } from "../../terminal/terminal.ts";
import { dataFolder } from "../baselines/data_folder.ts";
import { syntheticOr } from "../baselines/documents.ts";
import { hashesOf } from "../baselines/open_run.ts";
import type { Job } from "../job.ts";
import { baselineOf } from "../models.ts";
import { sharedSettings, type SweepConfig } from "./config.ts";
import {
  type Axis,
  axisText,
  candidatesOf,
  checkAxes,
  MOST_PIECES,
  type OwnSettings,
  searchedOf,
} from "./search.ts";

/** A sweep that was planned, and where it writes. */
export interface Planned {
  readonly home: SweepHome;
  readonly sweep: SweepDocument;
}

/** What a sweep is planned from. */
interface Parts {
  readonly models: readonly Model[];
  readonly data: SweepDocument["data"];
  /** Hash of all that trials and runs share and that decides the numbers. */
  readonly shared: string;
}

/** A model, and what to choose from. */
interface Model {
  readonly baseline: Baseline;
  readonly candidates: readonly Candidate[];
}

/** One choice of a model's settings. */
interface Candidate {
  /** Those that are not as by default. */
  readonly settings: OwnSettings;
  /** Those that are searched, as by default or not. */
  readonly searched: OwnSettings;
  /** Whether each seed has another model of them. */
  readonly seeded: boolean;
}

/**
 * Plans it and writes the plan. Nothing is written before the settings and the data have passed.
 * @throws InputError for settings or data that no run could use.
 */
export async function planSweep(job: Job<SweepConfig>): Promise<Planned> {
  const { config, baselines, device, terminal } = job;
  const { grid: axes, random, searchSeed: seed, defaults, own, threads } = config;
  const chosen = config.models.map((name) => baselineOf(baselines, name, "reading --models"));
  checkAxes(axes, chosen);
  checkTrackers(config.track);
  const models = chosen.map((baseline): Model => ({
    baseline,
    candidates: candidatesOf(baseline, own[baseline.name] ?? {}, { axes, random, seed, defaults })
      .map((settings) => candidateOf(baseline, settings, axes, { ...config })),
  }));
  checkCount(config, models);
  const search = models.some(({ candidates }) => candidates.length > 1);
  const data = await dataOf(job, search);
  const { out: _out, config: _config, device: _device, ...shared } = sharedSettings(config);
  const { checkpointEvery: _every, excludeSeen: _seen, track: _track, ...decides } = shared;
  const hash = await hashOf([decides, device.device, threads, VERSION]);
  const { trials, duplicates } = await trialsOf(config, { models, data, shared: hash });
  if (duplicates > 0) {
    terminal.line(
      `${counted(duplicates, "trial is", "trials are")} another one by another seed ` +
        "or name, and not done twice",
    );
  }
  const now = new Date();
  const home = await createSweep(config.out, now);
  const document: SweepDocument = {
    tag: home.tag,
    created_at: isoUtc(now),
    version: VERSION,
    device: device.device,
    device_reason: device.why,
    threads,
    k_shot_config: { K: config.k, Q: config.q },
    flags: {
      ...shared,
      ...Object.fromEntries(chosen.map((one) => [one.name, changed(one, own[one.name] ?? {})])),
    },
    models: config.models,
    seeds: config.seeds,
    trial_seeds: config.trialSeeds ?? config.seeds,
    search: { grid: axes.map(axisText), random, seed, defaults },
    data,
    trials,
    runs: runsOf(home.tag, config, data),
  };
  try {
    await writeJson(`${home.folder}/sweep.json`, checked(SWEEP, document, "sweep.json"));
  } catch (error) { // it has not begun, and nothing of it stays
    await Deno.remove(home.folder, { recursive: true }).catch(() => {});
    throw error;
  }
  return { home, sweep: document };
}

function candidateOf(
  baseline: Baseline,
  settings: OwnSettings,
  axes: readonly Axis[],
  shared: Readonly<Record<string, unknown>>,
): Candidate {
  const whole = { ...defaultsOf(baseline.config), ...settings };
  return {
    settings: changed(baseline, settings),
    searched: searchedOf(baseline, whole, axes, shared),
    seeded: (baseline.seeded ?? false) && (baseline.seededBy?.(whole) ?? true),
  };
}

/** @throws InputError for more trials and runs than a folder is to hold. */
function checkCount(
  { grid, seeds, trialSeeds = seeds, apart, data }: SweepConfig,
  models: readonly Model[],
): void {
  const trials = models.filter(({ candidates }) => candidates.length > 1).flatMap((model) =>
    model.candidates
  ).reduce((sum, { seeded }) => sum + (seeded ? trialSeeds.length : 1), 0);
  const runs = seeds.length * (apart ? models.length : 1);
  const pieces = Math.max(1, data.length) * (trials + runs);
  if (pieces <= MOST_PIECES) return;
  const n = (count: number) => count.toLocaleString("en");
  throw new InputError({
    doing: grid.length > 0 ? "reading --grid" : "reading --seeds",
    found: `${n(pieces)} trials and runs, ${n(trials)} and ${n(runs)} on each data set`,
    wanted: `at most ${n(MOST_PIECES)}`,
    next: "name fewer values, seeds or data sets, or draw some settings with --random",
  });
}

/** A model's settings that are not as by default. */
function changed({ config }: Baseline, settings: OwnSettings): OwnSettings {
  const fallbacks: OwnSettings = defaultsOf(config);
  return Object.fromEntries(
    Object.entries(settings).filter(([key, value]) =>
      value !== undefined && value !== fallbacks[key]
    ),
  );
}

/** The data sets, each read and checked; one that is there twice counts once. */
async function dataOf(
  { config, terminal }: Job<SweepConfig>,
  needsValidation: boolean,
): Promise<SweepDocument["data"]> {
  const { k, q, patience } = config;
  const folders = config.data.length > 0
    ? config.data
    : [await dataFolder({ data: undefined, k, q }, terminal)];
  const found: SweepDocument["data"][number][] = [];
  for (const folder of folders) {
    const { dataset, inputs } = await readDataset(folder, k, q);
    if ((needsValidation || patience > 0) && dataset.splits.val.episodes.count === 0) {
      throw new InputError({
        doing: "planning the sweep",
        found: `the validation split of ${folder} has no episodes with K=${k}, Q=${q}`,
        wanted: "at least one to choose settings on",
        next: "take smaller --k and --q, or search nothing",
      });
    }
    const files = hashesOf({ dataset, inputs });
    const same = found.find((other) => JSON.stringify(other.files) === JSON.stringify(files));
    if (same !== undefined) {
      terminal.warn(`${folder} holds the same data as ${same.folder}: it counts once`);
      continue;
    }
    const { name } = await dataCard(dataset);
    const namesakes = found.filter((other) => other.name.replace(/~\d+$/, "") === name).length;
    found.push({
      name: namesakes === 0 ? name : `${name}~${namesakes + 1}`,
      folder,
      files,
      data: syntheticOr(dataset),
    });
  }
  return found;
}

/**
 * The trials of all models that have something to choose from. A trial that is another one over
 * again is left out: of settings with which the seed decides nothing, all seeds but the first are.
 */
async function trialsOf(
  { seeds, trialSeeds = seeds }: SweepConfig,
  { models, data, shared }: Parts,
): Promise<{ readonly trials: TrialRecord[]; readonly duplicates: number }> {
  const trials = new Map<string, TrialRecord>();
  // networks first: what takes longest must not begin last
  const isNeural = ({ baseline: { family } }: Model) => Number(family === "neural");
  const slowFirst = models.toSorted((a, b) => isNeural(b) - isNeural(a));
  let asked = 0;
  for (const { name: dataName, files } of data) {
    for (const { baseline, candidates } of slowFirst) {
      if (candidates.length < 2) continue;
      const { name: model } = baseline;
      for (const { settings, searched, seeded } of candidates) {
        for (const seed of trialSeeds) {
          asked++;
          const counts = seeded ? seed : trialSeeds[0];
          const hash = await hashOf([shared, model, sorted(settings), counts, files]);
          const name = `${model}_${hash.slice(0, 12)}`;
          if (!trials.has(name)) {
            trials.set(name, { name, model, settings, searched, seed: counts, data: dataName });
          }
        }
      }
    }
  }
  return { trials: [...trials.values()], duplicates: asked - trials.size };
}

/** The runs of the settings that will have been chosen. */
function runsOf(
  tag: string,
  { models, seeds, apart }: SweepConfig,
  data: SweepDocument["data"],
): SweepDocument["runs"] {
  const groups = apart ? models.map((model) => [model]) : [models];
  return data.flatMap(({ name }) =>
    seeds.flatMap((seed) => groups.map((group) => ({ models: group, seed, data: name })))
  ).map((run, place) => ({ tag: `${tag}_${place + 1}`, ...run }));
}

function sorted(settings: OwnSettings): [string, unknown][] {
  return Object.entries(settings).sort(([a], [b]) => a < b ? -1 : 1);
}

async function hashOf(value: unknown): Promise<string> {
  return await sha256(new TextEncoder().encode(JSON.stringify(value)));
}
