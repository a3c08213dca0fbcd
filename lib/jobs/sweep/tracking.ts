/** A sweep's trials and runs as trackers see them: named by what they try, grouped by the sweep. */
import type { BaselinesConfig } from "../baselines/config.ts";
import type { RunHome } from "../baselines/home.ts";
import { parametersOf } from "../baselines/tracked_run.ts";
import { makeFolder } from "../../files/atomic.ts";
import type { TrialRecord } from "../../runs/sweep_documents.ts";
import { VERSION } from "../../terminal/terminal.ts";
import type { TrackedRun, Tracker } from "../../track/tracker.ts";
import { openTrackers } from "../../track/trackers.ts";
import type { Bench } from "./bench.ts";
import { settingsText } from "./sweep_config.ts";
import { titleOf, type Unit } from "./units.ts";

/** What groups a piece with others of its sweep. */
function groupsOf(sweep: string, unit: Unit): Readonly<Record<string, string>> {
  const { seed, data } = unit.kind === "trial" ? unit.trial : unit.run;
  return { sweep, piece: unit.kind, data, seed: `${seed}` };
}

/** How a run of the sweep is tracked: an ordinary one, under the name of its piece. */
export function trackingOf(
  { home, warn }: Pick<Bench, "home" | "warn">,
  unit: Unit,
): RunHome["tracking"] {
  const own = { title: titleOf(unit), groups: groupsOf(home.tag, unit) };
  return { as: (run) => ({ ...run, ...own }), warn };
}

/** Characters of what a trial tries that its folder's name holds. */
const MOST_OF_SETTINGS = 100;

/**
 * The name of a trial's folder of event files, by which TensorBoard names its lines: what it tries,
 * and the end of its hash, as two data sets or long settings may look the same.
 */
function folderName({ name, model, settings, searched, seed }: TrialRecord): string {
  const tried = settingsText(settings, searched).replaceAll(" (default)", "");
  const plain = tried.replaceAll(" ", ",").replace(/[^\w=.,+-]/g, "_").slice(0, MOST_OF_SETTINGS);
  return `${model},${plain},seed=${seed},${name.slice(-6)}`;
}

/**
 * Follows a trial: one model, its parameters, each epoch and what it scores. What lies in files
 * goes to a folder of `tracked/` in the sweep's folder, since a trial has none of its own.
 */
export async function trackTrial(
  { home, device, warn }: Pick<Bench, "home" | "device" | "warn">,
  unit: Extract<Unit, { kind: "trial" }>,
  { track, own, models: _models, out: _out, config: _config, resume: _resume, ...flags }:
    BaselinesConfig,
): Promise<Tracker> {
  const { name, model } = unit.trial;
  const run: TrackedRun = {
    id: `${home.tag} ${name}`,
    tag: name,
    title: titleOf(unit),
    groups: groupsOf(home.tag, unit),
    isOneModel: true,
    program: "sweep",
    folder: `${home.folder}/tracked/${folderName(unit.trial)}`,
    parameters: { version: VERSION, ...parametersOf({ ...flags, device: device.device }) },
    models: { [model]: parametersOf(own[model]) },
  };
  if (track.length > 0) await makeFolder(run.folder);
  const tracker = openTrackers(track, run, warn);
  await tracker.begin();
  return tracker;
}
