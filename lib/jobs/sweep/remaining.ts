/** How long the rest of a sweep takes, judged by what its pieces took so far. Pure. */
import type { Unit } from "./units.ts";

/** A piece that ended, and its seconds. */
export interface Took {
  readonly unit: Unit;
  readonly seconds: number;
}

/**
 * Milliseconds of `left` on so many workers: a piece takes what pieces of its kind took on average,
 * a run before any has ended its models' trials together, and what nothing is known of the average
 * piece. Undefined while nothing has ended.
 */
export function remainingMs(
  took: readonly Took[],
  left: readonly Unit[],
  workers: number,
): number | undefined {
  if (took.length === 0) return undefined;
  const all = mean(took);
  const kinds = Map.groupBy(took, ({ unit }) => kindOf(unit));
  const of = (kind: string) => kinds.has(kind) ? mean(kinds.get(kind)!) : undefined;
  const expected = (unit: Unit) => {
    const known = of(kindOf(unit));
    if (known !== undefined) return known;
    if (unit.kind === "trial") return all;
    return unit.run.models.reduce((sum, model) => sum + (of(`trial ${model}`) ?? 0), 0) || all;
  };
  const seconds = left.reduce((sum, unit) => sum + expected(unit), 0);
  const longest = left.reduce((most, unit) => Math.max(most, expected(unit)), 0);
  return 1000 * Math.max(seconds / workers, longest);
}

function kindOf(unit: Unit): string {
  return unit.kind === "trial" ? `trial ${unit.trial.model}` : `run ${unit.run.models}`;
}

function mean(took: readonly Took[]): number {
  return took.reduce((sum, { seconds }) => sum + seconds, 0) / took.length;
}
