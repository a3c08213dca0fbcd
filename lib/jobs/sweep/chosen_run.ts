/** A run of chosen settings: an ordinary run, in the sweep's folder, that publishes nothing. */
import { InputError } from "../../errors/input_error.ts";
import { stateOf } from "../../runs/order.ts";
import { hasProgress, readProgress } from "../../runs/progress.ts";
import { claimRunFolder, outDirOf, type RunIdentity } from "../../runs/run_folder.ts";
import type { ChosenRunRecord, SweepDocument } from "../../runs/sweep_documents.ts";
import type { SweepHome } from "../../runs/sweep_folder.ts";
import type { RunHome } from "../baselines/home.ts";
import { firstProgress } from "../baselines/open_run.ts";
import type { Unfinished } from "../baselines/resume.ts";
import { runBaselines } from "../baselines/run.ts";
import { resumeLine, verbLine } from "./again.ts";
import type { Bench } from "./bench.ts";
import { choiceOf } from "./choose.ts";
import type { Claim } from "./claims.ts";
import { planOf } from "./data.ts";
import { differencesOf, madeOf, type ModelSettings, wantedOf } from "./rests.ts";
import { configOf } from "./sweep_config.ts";
import { trackingOf } from "./tracking.ts";
import type { Unit } from "./units.ts";

/** Runs it, or goes on with what a killed worker left of it. */
export async function runChosen(
  bench: Bench,
  unit: Extract<Unit, { kind: "run" }>,
  claimed: Claim,
): Promise<"done" | "done before" | "stopped"> {
  const { home, sweep, baselines } = bench;
  const { run } = unit;
  const models = await settingsOf(home, sweep, run);
  const asked = { models, seed: run.seed, data: planOf(sweep.data, run.data).folder };
  const config = configOf(sweep, baselines, asked, home.folder);
  await bench.readData(run.data); // refuses data that have changed
  const unfinished = await leftOf(home, run.tag, claimed, models);
  if (unfinished?.progress.status === "finished") return "done before";
  const job = { ...bench, config };
  const end = await runBaselines(job, asked.data, unfinished, {
    ...homeOf(home, run.tag, claimed),
    tracking: trackingOf(bench, unit),
  });
  return "stopped" in end ? "stopped" : "done";
}

/** The chosen settings of a run's models; a model without any is left out. */
async function settingsOf(
  home: SweepHome,
  sweep: SweepDocument,
  { models, data }: ChosenRunRecord,
): Promise<ModelSettings> {
  const found = wantedOf(await choiceOf(home, sweep), { models, data });
  if (Object.keys(found).length > 0) return found;
  throw new InputError({
    doing: "choosing the settings of a run",
    found: `every trial of ${models.join(", ")} on ${data} failed`,
    wanted: "one choice of settings that can be run",
    next: `${verbLine("status", home)} says why each failed; ${resumeLine(home)} tries them again`,
  });
}

/** What an earlier worker left of a run; nothing where it had not begun. */
async function leftOf(
  home: SweepHome,
  tag: string,
  claimed: Claim,
  models: ModelSettings,
): Promise<Unfinished | undefined> {
  const root = home.folder;
  if (!await hasProgress(root, tag)) return undefined;
  const next = `delete the folder ${root}/${outDirOf(tag)}; then ` +
    `${resumeLine(home)} makes the run anew`;
  const read = await readProgress(root, tag).catch((error) => {
    if (!(error instanceof InputError)) throw error;
    throw new InputError({ ...error.fault, next }, { cause: error });
  });
  const differences = differencesOf(madeOf(read), models);
  if (differences.length > 0) {
    throw new InputError({
      doing: `going on with the run ${tag}`,
      found: `it was begun with other settings than are chosen now: ${differences.join("; ")}`,
      wanted: "runs of one choice",
      next,
    });
  }
  // a run whose manifest is lost says that it is finished, and is not
  const isUnfinished = await stateOf(root, tag) === "unfinished";
  const progress = isUnfinished ? { ...read, status: "running" as const } : read;
  const { run_id: runId, created_at: createdAt } = progress;
  const outDir = outDirOf(tag);
  const identity = { runId, runTag: tag, createdAt, root, outDir };
  return { identity, progress, held: heldBy(claimed, identity) };
}

/** A sweep's runs: no other process has one, because its claim is this worker's. */
function homeOf(
  home: SweepHome,
  tag: string,
  claimed: Claim,
): RunHome {
  const { folder } = home;
  return {
    publishes: false,
    settle: () => Promise.resolve(),
    takeUp: () => Promise.resolve(undefined),
    async begin(_job, beginning) {
      const identity = await claimRunFolder(folder, tag);
      return {
        identity,
        progress: firstProgress(identity, beginning),
        held: heldBy(claimed, identity),
      };
    },
    resumeCommand: () => resumeLine(home),
  };
}

/** The run is this worker's while its claim holds and the run's folder is there. */
function heldBy(
  claimed: Claim,
  { root, outDir }: Pick<RunIdentity, "root" | "outDir">,
): Unfinished["held"] {
  const isFolder = () => Deno.stat(`${root}/${outDir}`).then(() => true, () => false);
  return {
    isThere: async () => await claimed.holds() && await isFolder(),
    release: () => {},
  };
}
