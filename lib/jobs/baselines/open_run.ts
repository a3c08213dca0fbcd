/** Begins a run, or goes on with one that was interrupted. */
import { relative } from "node:path/posix";
import type { DataCard } from "../../dataset/data_card.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { InputError } from "../../errors/input_error.ts";
import type { Fingerprint } from "../../files/fingerprint.ts";
import { host } from "../../files/host.ts";
import type { Lock } from "../../files/lock.ts";
import { describeEnvironment } from "../../runs/environment.ts";
import { type ArtifactWriter, artifactWriter } from "../../runs/manifest.ts";
import {
  type Asked,
  differences,
  keyOf,
  type Progress,
  writeProgress,
} from "../../runs/progress.ts";
import { checkRunLog, logRun } from "../../runs/run_log.ts";
import { checked } from "../../runs/document_parts.ts";
import { CONFIG } from "../../runs/run_documents.ts";
import {
  createRunFolder,
  holdRun,
  type RunIdentity,
  type RunPlace,
} from "../../runs/run_folder.ts";
import { makeSubfolders } from "../../runs/subfolders.ts";
import type { Tracker } from "../../track/tracker.ts";
import { openTrackers } from "../../track/trackers.ts";
import { VERSION } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import { type BaselinesConfig, changedSettings } from "./config.ts";
import type { Beginning, RunHome } from "./home.ts";
import { configDocument, type RunRecord, syntheticOr } from "./documents.ts";
import type { Unfinished } from "./resume.ts";
import { patienceOf } from "./say.ts";
import { trackedRun } from "./tracked_run.ts";

/** A run that may be written to. */
export interface OpenRun {
  readonly record: RunRecord;
  readonly writer: ArtifactWriter;
  readonly progress: Progress;
  /** Hash of the settings and the data; checkpoints carry it. */
  readonly key: string;
  readonly resumed: boolean;
  /** Follows the run besides its folder. */
  readonly tracker: Tracker;
  /** Keeps others out of the run's folder until it is released, or the process ends. */
  readonly held: Lock;
}

/** What a run is opened on. */
export interface RunData {
  readonly dataset: Dataset;
  readonly card: DataCard;
  /** Fingerprints of every input file. */
  readonly inputs: readonly Fingerprint[];
  /** What else must be said of where the run begins. */
  readonly notes: readonly string[];
}

/**
 * Opens the run's folder: a new one, registered, with its config.json; or the one taken up, after
 * checking that the settings and the data are those it was begun with.
 * @throws InputError listing the differences.
 */
export async function openRun(
  job: Job<BaselinesConfig>,
  data: RunData,
  unfinished: Unfinished | undefined,
  home: RunHome,
): Promise<OpenRun> {
  const asked = { settings: settingsOf(job), data: hashesOf(data) };
  const { identity, progress, held } = unfinished === undefined
    ? await home.begin(job, { asked, dataset: data.dataset })
    : checkSame(unfinished, asked);
  try {
    const record = await recordOf(job, data, identity, home);
    const writer = artifactWriter(identity);
    await makeSubfolders(identity);
    const config = checked(CONFIG, configDocument(record), "config.json");
    await writer.writeJson(`${identity.outDir}/config.json`, config);
    await writer.writeJson(`${identity.outDir}/models/vocabulary.json`, data.dataset.courses);
    // Last: from here on the run can be resumed, for which config.json must be there.
    if (unfinished === undefined) await writeProgress(identity, progress);
    return {
      record,
      writer,
      progress,
      key: await keyOf(asked),
      resumed: unfinished !== undefined,
      tracker: trackerOf(job, record, home),
      held,
    };
  } catch (error) {
    held.release();
    throw error;
  }
}

function trackerOf(
  { config, terminal }: Job<BaselinesConfig>,
  record: RunRecord,
  { tracking }: RunHome,
): Tracker {
  const run = trackedRun(record);
  return openTrackers(config.track, tracking?.as(run) ?? run, tracking?.warn ?? terminal.warn);
}

/** A new run: its own folder, and its entry in the run log. */
export async function beginRun(
  root: string,
  { terminal, signal }: Pick<Job<unknown>, "terminal" | "signal">,
  { asked, dataset }: Beginning,
  place?: RunPlace,
): Promise<Unfinished> {
  await checkRunLog(root);
  const identity = await createRunFolder(root, new Date(), place);
  const held = await holdRun(identity);
  let setAside: string | undefined;
  try {
    const data = syntheticOr(dataset);
    setAside = await logRun(identity, data, patienceOf(terminal, signal), place);
  } catch (error) { // it has not begun, and nothing of it stays
    await host.remove(`${identity.root}/${identity.outDir}`, { recursive: true }).catch(() => {});
    held.release();
    throw error;
  }
  if (setAside !== undefined) {
    terminal.warn(
      `the run log meta.json was damaged; it lies at ${setAside} and a new one was begun`,
    );
  }
  return { identity, held, progress: firstProgress(identity, { asked, dataset }) };
}

/** The progress of a run that begins. */
export function firstProgress(
  { runId, runTag, createdAt }: RunRecord["identity"],
  { asked, dataset: { synthetic } }: Beginning,
): Progress {
  const names = { run_id: runId, run_tag: runTag, created_at: createdAt };
  return { status: "running", ...names, ...asked, models: {}, synthetic };
}

/** A run goes on only with the settings and the data it was begun with. */
export function checkSame(unfinished: Unfinished, asked: Asked): Unfinished {
  const faults = differences(unfinished.progress, asked);
  if (faults.length === 0) return unfinished;
  unfinished.held.release();
  throw new InputError({
    doing: `resuming the run ${unfinished.identity.runTag}`,
    found: `it was begun differently: ${faults.join("; ")}`,
    wanted: "the same settings and data",
    next: "resume with the flags of the first run, or start a new run without --resume",
  });
}

async function recordOf(
  job: Job<BaselinesConfig>,
  { card, notes, ...data }: RunData,
  identity: RunIdentity,
  home: RunHome,
): Promise<RunRecord> {
  const common = await commonRecord(job, data, identity);
  return { ...common, home, baselines: job.baselines, card, notes };
}

/** What the record of any run holds; paths of inputs are relative to the project's folder. */
export async function commonRecord<C extends { readonly out: string }>(
  { config, device }: Job<C>,
  { dataset, inputs }: Pick<RunData, "dataset" | "inputs">,
  identity: RunIdentity,
) {
  const root = await host.realPath(config.out);
  return {
    identity,
    config,
    dataset,
    inputs: await Promise.all(inputs.map(async (input) => ({
      ...input,
      path: relative(root, await host.realPath(input.path)),
    }))),
    device: device.device,
    deviceReason: device.why,
    environment: await describeEnvironment(config.out, VERSION),
  };
}

/**
 * Everything that decides the numbers. Folders and intervals do not; the engine and its threads do,
 * in the last bits. A model's own settings, and later ones, count where they are not as by default,
 * so that runs of versions without them still go on.
 */
function settingsOf({ config, device, baselines }: Job<BaselinesConfig>): Record<string, unknown> {
  const {
    data: _data,
    out: _out,
    config: _config,
    json: _json,
    resume: _resume,
    checkpointEvery: _checkpointEvery,
    track: _track,
    device: _device,
    own: _own,
    excludeSeen: _excludeSeen,
    validate: _validate,
    patience: _patience,
    select: _select,
    tune: _tune,
    threads,
    ...settings
  } = config;
  return {
    ...settings,
    device: device.device,
    threads: threads || navigator.hardwareConcurrency,
    version: VERSION,
    ...laterSettings(config),
    ...changedSettings(baselines, config),
  };
}

/** Settings that older versions do not have, where they are not as by default. */
function laterSettings({ excludeSeen, validate, patience, select, tune }: BaselinesConfig) {
  return {
    ...excludeSeen && { excludeSeen },
    ...validate && { validate },
    ...patience > 0 && { patience, select },
    ...tune && { tune },
  };
}

/** Every input file's hash; files of the data folder by their paths in it. */
export function hashesOf(
  { dataset, inputs }: Pick<RunData, "dataset" | "inputs">,
): Record<string, string> {
  const folder = `${dataset.path}/`;
  return Object.fromEntries(
    inputs.map(({ path, sha256 }) => [
      path.startsWith(folder) ? path.slice(folder.length) : path,
      sha256,
    ]),
  );
}
