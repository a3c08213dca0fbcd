/** The pieces of work of a sweep: trials first, then the runs of what they choose. */
import { counted } from "../../errors/counted.ts";
import type { ChosenRunRecord, SweepDocument, TrialRecord } from "../../runs/sweep_documents.ts";
import { namesIn, type SweepHome } from "../../runs/sweep_folder.ts";
import { settingsText } from "./sweep_config.ts";

/** One piece, done by one process at a time. Its name is that of its files. */
export type Unit =
  | { readonly kind: "trial"; readonly name: string; readonly trial: TrialRecord }
  | { readonly kind: "run"; readonly name: string; readonly run: ChosenRunRecord };

/** Which pieces have come to an end. */
export interface Outcomes {
  readonly done: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
}

/** All pieces, in the order in which they are best done. */
export function unitsOf({ trials, runs }: SweepDocument): Unit[] {
  return [
    ...trials.map((trial): Unit => ({ kind: "trial", name: trial.name, trial })),
    ...runs.map((run): Unit => ({ kind: "run", name: run.tag, run })),
  ];
}

/** How a piece is told. */
export function titleOf(unit: Unit): string {
  if (unit.kind === "trial") {
    const { model, settings, searched, seed, data } = unit.trial;
    return `trial ${model}, ${settingsText(settings, searched)}, seed ${seed}, ${data}`;
  }
  const { models, seed, data } = unit.run;
  const what = models.length === 1 ? models[0] : counted(models.length, "model");
  return `run ${unit.name}: ${what}, seed ${seed}, ${data}`;
}

/** Which pieces have ended by now, as the folder says: a piece's times are written last. */
export async function outcomesOf(home: SweepHome): Promise<Outcomes> {
  const [done, failed] = await Promise.all(["times", "failed"].map((part) => namesIn(home, part)));
  return { done, failed };
}

/** Whether a piece has ended, well or not. */
export function hasEnded({ done, failed }: Outcomes, { name }: Unit): boolean {
  return done.has(name) || failed.has(name);
}
