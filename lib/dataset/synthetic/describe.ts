/** What a data set looks like in the numbers that the field quotes. */
import { type Dataset, type SplitName, SPLITS } from "../dataset.ts";

/** Counts, quantiles and shares. */
export interface Description {
  readonly courses: number;
  readonly users: Readonly<Record<SplitName, number>>;
  readonly pairs: Readonly<Record<SplitName, number>>;
  readonly episodes: Readonly<Record<SplitName, number>>;
  /** Items of the training prefixes. */
  readonly prefix: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Shares of the five most frequent training labels. */
  readonly topShares: readonly number[];
  /** Share of training labels that their prefix has already. */
  readonly returns: number;
}

/** Describes a data set. */
export function describe({ courses, splits }: Dataset): Description {
  const each = <T>(value: (split: SplitName) => T) =>
    Object.fromEntries(SPLITS.map((split) => [split, value(split)])) as Record<SplitName, T>;
  const { count, prefixStart, prefixLength, label, items } = splits.train.pairs;
  const lengths = prefixLength.slice().sort();
  const quantile = (p: number) => lengths[Math.min(count - 1, Math.floor(p * count))];
  const labels = new Float64Array(courses.length);
  let returns = 0;
  for (let row = 0; row < count; row++) {
    labels[label[row]]++;
    if (
      items.subarray(prefixStart[row], prefixStart[row] + prefixLength[row]).includes(label[row])
    ) returns++;
  }
  return {
    courses: courses.length,
    users: each((split) => splits[split].pairs.users.length),
    pairs: each((split) => splits[split].pairs.count),
    episodes: each((split) => splits[split].episodes.count),
    prefix: { p50: quantile(0.5), p90: quantile(0.9), p99: quantile(0.99), max: quantile(1) },
    topShares: [...labels.sort().reverse().slice(0, 5)].map((n) => n / count),
    returns: returns / count,
  };
}
