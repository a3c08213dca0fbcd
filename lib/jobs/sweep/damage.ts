/** Pieces of a sweep that were done, and whose results are gone or damaged since. */
import { InputError } from "../../errors/input_error.ts";
import { readRun } from "../../runs/read_run.ts";
import { outDirOf } from "../../runs/run_folder.ts";
import { resumeLine } from "./again.ts";
import { metricOf, readTrial } from "./choose.ts";
import type { Planned } from "./plan.ts";
import { outcomesOf, type Unit, unitsOf } from "./units.ts";

/** One such piece. */
export interface Damage {
  readonly unit: Unit;
  /** What was read, and what was found. */
  readonly reason: string;
  /** What has to be deleted before it can be done again; nothing for a trial. */
  readonly inTheWay?: string;
}

/** All of them. Each result is read: for the beginning and the end of a sweep, not for a loop. */
export async function damageOf({ home, sweep }: Planned): Promise<Damage[]> {
  const { done, failed } = await outcomesOf(home);
  const metric = metricOf(sweep);
  const found: Damage[] = [];
  for (const unit of unitsOf(sweep)) {
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

/** What mends it. */
export function mendOf({ inTheWay }: Damage, { home }: Planned): string {
  const what = inTheWay === undefined ? "" : `delete the folder ${inTheWay}; then `;
  return `${what}${resumeLine(home)} does it again`;
}

/** The folder of a run; nothing where it is gone. */
async function folderOf(root: string, tag: string): Promise<string | undefined> {
  const folder = `${root}/${outDirOf(tag)}`;
  return await Deno.lstat(folder).then(() => folder, () => undefined);
}
