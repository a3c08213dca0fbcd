/** Pieces of a sweep that were done, and whose results are gone or damaged since. */
import { InputError } from "../../errors/input_error.ts";
import { stateOf } from "../../runs/order.ts";
import { readRun } from "../../runs/read_run.ts";
import { outDirOf } from "../../runs/run_folder.ts";
import { resumeLine } from "./again.ts";
import { metricOf, readTrial, writtenChoice } from "./choose.ts";
import type { Planned } from "./plan.ts";
import { differencesOf, madeOf, progressOf, wantedOf } from "./rests.ts";
import { outcomesOf, type Unit, unitsOf } from "./units.ts";

/** One such piece. */
export interface Damage {
  readonly unit: Unit;
  /** What was read, and what was found. */
  readonly reason: string;
  /** What has to be deleted before it can be done again; nothing for a trial or unfinished run. */
  readonly inTheWay?: string;
  /** Whether the run is whole, but not of this choice. */
  readonly isOfAnotherChoice?: true;
}

/** All of them. Each result is read: for the beginning and the end of a sweep, not for a loop. */
export async function damageOf({ home, sweep }: Planned): Promise<Damage[]> {
  const { done, failed } = await outcomesOf(home);
  const metric = metricOf(sweep);
  const found = await ofAnotherChoice({ home, sweep });
  const odd = new Set(found.map(({ unit }) => unit.name));
  for (const unit of unitsOf(sweep)) {
    if (odd.has(unit.name)) continue;
    if (!done.has(unit.name) || failed.has(unit.name)) continue;
    try {
      if (unit.kind === "trial") await readTrial(home, unit.trial, metric);
      else await readRun(home.folder, unit.name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { doing, found: what } = error.fault;
      const inTheWay = unit.kind === "run" ? await folderOf(home.folder, unit.name) : undefined;
      found.push({ unit, reason: `${doing}: ${what}`, ...inTheWay && { inTheWay } });
    }
  }
  return found;
}

/** Runs that are done, of other settings than those that are chosen now; none without a choice. */
export async function ofAnotherChoice({ home, sweep }: Planned): Promise<Damage[]> {
  const choice = await writtenChoice(home, sweep);
  if (choice === undefined) return [];
  const { done, failed } = await outcomesOf(home);
  const found: Damage[] = [];
  for (const unit of unitsOf(sweep)) {
    if (unit.kind === "trial" || !done.has(unit.name) || failed.has(unit.name)) continue;
    const progress = await progressOf(home, unit.name);
    if (progress === undefined) continue;
    const differences = differencesOf(madeOf(progress), wantedOf(choice, unit.run));
    if (differences.length === 0) continue;
    const reason = `the run ${unit.name} is not of the settings in ${home.folder}/choice.json: ` +
      differences.join("; ");
    const inTheWay = `${home.folder}/${outDirOf(unit.name)}`;
    found.push({ unit, reason, inTheWay, isOfAnotherChoice: true });
  }
  return found;
}

/** What mends it. */
export function mendOf({ inTheWay, isOfAnotherChoice }: Damage, { home }: Planned): string {
  const choice = isOfAnotherChoice
    ? ", or choice.json if it was changed by hand (it is made again of the trials)"
    : "";
  const what = inTheWay === undefined ? "" : `delete the folder ${inTheWay}${choice}; then `;
  return `${what}${resumeLine(home)} does it again`;
}

/** The folder of a run that is in the way; nothing where it is gone, or can be gone on with. */
async function folderOf(root: string, tag: string): Promise<string | undefined> {
  if (await stateOf(root, tag) === "unfinished") return undefined;
  const folder = `${root}/${outDirOf(tag)}`;
  return await Deno.lstat(folder).then(() => folder, () => undefined);
}
