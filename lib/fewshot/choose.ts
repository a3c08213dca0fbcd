/**
 * Selection: a method's knobs are chosen on validation episodes, by one metric, from its grid and
 * "no adaptation". Nothing here is given the test episodes.
 */
import { counted } from "../errors/counted.ts";
import { highestOf, scoreOfRanks } from "../evaluation/selection.ts";
import type { MetricName } from "../metrics/metrics.ts";
import type { Knobs, Method } from "./method.ts";
import { ranksOfCells } from "./ranks.ts";
import type { Tasks } from "./task.ts";

/** A cell of the grid and its value on the validation episodes; no knobs: no adaptation. */
export interface CellValue {
  readonly knobs?: Knobs;
  readonly value: number;
}

/** What was chosen, and from what. */
export interface Selection {
  readonly metric: MetricName;
  /** "No adaptation" first, then the grid in its order. */
  readonly cells: readonly CellValue[];
  /** The knobs of the best cell, the first of those that tie; none where none beats the base. */
  readonly chosen?: Knobs;
}

/** Validation episodes, and the base model's own ranks on them. */
export interface Validation {
  readonly tasks: Tasks;
  readonly zeroShot: Float64Array;
  readonly metric: MetricName;
}

/** Validation episodes below which a choice is little more than chance. */
export const FEWEST_TO_CHOOSE = 10;

/** That there are too few validation episodes to choose by; nothing where there are enough. */
export function tooFewToChoose(episodes: number): string | undefined {
  if (episodes >= FEWEST_TO_CHOOSE) return undefined;
  return `Settings are chosen on ${counted(episodes, "validation episode")} alone: with fewer ` +
    `than ${FEWEST_TO_CHOOSE} the choice is little more than chance.`;
}

/** Chooses a method's knobs. `progress` is that of `ranksOfCells`. */
export async function choose(
  method: Method,
  { tasks, zeroShot, metric }: Validation,
  progress?: (tasks: number) => void,
): Promise<Selection> {
  const ranks = await ranksOfCells(method, tasks, method.grid, progress);
  const valueOf = (of: Float64Array) => scoreOfRanks(of)[metric];
  return selectionAmong(metric, [
    { value: valueOf(zeroShot) },
    ...method.grid.map((knobs, c) => ({ knobs, value: valueOf(ranks[c]) })),
  ]);
}

/** The choice among cells whose values are known, "no adaptation" first. */
export function selectionAmong(metric: MetricName, cells: readonly CellValue[]): Selection {
  const { knobs } = cells[highestOf(cells.map(({ value }) => value))];
  return { metric, cells, ...(knobs && { chosen: knobs }) };
}
