/** Training that is scored on the validation episodes: what a run asks for, and what it says. */
import type { TrainingRecord, Validation } from "../../baselines/baseline.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import type { Cursor } from "../../engine/fit.ts";
import { InputError } from "../../errors/input_error.ts";
import { queriesOf } from "../../evaluation/queries.ts";
import { bestOf, selectorOn } from "../../evaluation/selection.ts";
import type { BaselinesConfig } from "./config.ts";

/** Whether and how training is scored on the validation episodes. */
export function validationOf(
  { validate, patience, select }: BaselinesConfig,
  { splits }: Dataset,
): Validation | undefined {
  if (!validate && patience === 0) return undefined;
  return {
    selector: selectorOn(queriesOf(splits.val), select),
    ...patience > 0 && { patience },
  };
}

/**
 * @throws InputError when the validation split has no episodes but is to be scored.
 */
export function checkValidation(
  { validate, patience }: BaselinesConfig,
  { path, k, q, splits: { val } }: Dataset,
): void {
  if ((!validate && patience === 0) || val.episodes.count > 0) return;
  throw new InputError({
    doing: `reading ${validate ? "--validate" : "--patience"}`,
    found: `the validation split of ${path} has no episodes with K=${k}, Q=${q}`,
    wanted: "at least one to score epochs on",
    next: "leave the flag out, or take smaller --k and --q",
  });
}

/** What an epoch scored on the validation episodes, and whether it is the best so far. */
export function scoreOf({ select }: BaselinesConfig, { scores }: Cursor): string {
  if (scores === undefined) return "";
  const best = bestOf(scores, select) === scores.length - 1 ? " (best)" : "";
  return `   validation ${select} ${scores[scores.length - 1][select].toFixed(4)}${best}`;
}

/** The scores of an epoch on the validation episodes, as trackers name them. */
export function validationScores({ scores = [] }: Cursor): Record<string, number> {
  return validationNames(scores.at(-1) ?? {});
}

/** Scores on the validation episodes, as trackers name them. */
export function validationNames(scores: Readonly<Record<string, number>>): Record<string, number> {
  const named = Object.entries(scores).map(([key, value]) => [`validation/${key}`, value]);
  return Object.fromEntries(named);
}

/** Says which epoch validation kept; nothing where it only looked on. */
export function keptLine(
  { select }: BaselinesConfig,
  { kept_epoch: kept, epoch_losses: losses = [] }: TrainingRecord,
): string[] {
  if (kept === undefined) return [];
  return [`   epoch ${kept} of ${losses.length} is kept: the best validation ${select}`];
}
