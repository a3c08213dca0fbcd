/** Ranks summed up: by groups of queries, by bands of rank, by episode. */
import { binName } from "../metrics/bins.ts";
import { CONTRIBUTION, type MetricName } from "../metrics/metrics.ts";

/** A group of queries with its name. */
export interface Group {
  readonly name: string;
  readonly queries: readonly number[];
}

/**
 * Queries by whole-number value, in bins that begin at `starts` (ascending); a value below the
 * first and empty bins are left out.
 */
export function binned(values: readonly number[], starts: readonly number[]): Group[] {
  const groups = starts.map((start, i) => ({
    name: binName(start, starts[i + 1]),
    queries: [] as number[],
  }));
  values.forEach((value, query) => {
    const bin = starts.findLastIndex((start) => value >= start);
    if (bin >= 0) groups[bin].queries.push(query);
  });
  return groups.filter(({ queries }) => queries.length > 0);
}

/**
 * The same queries in groups of at least `fewest`: a smaller one is put together with the next, the
 * last with the one before. None where there are not so many in all.
 */
export function merged(groups: readonly Group[], fewest: number): Group[] {
  const result: Group[] = [];
  let open: Group | undefined;
  for (const group of groups) {
    open = open === undefined ? group : joined(open, group);
    if (open.queries.length < fewest) continue;
    result.push(open);
    open = undefined;
  }
  if (open === undefined) return result;
  const last = result.pop();
  return last === undefined ? [] : [...result, joined(last, open)];
}

/** "1" and "3–4" together are "1–4", with "33+" "1+". */
function joined(a: Group, b: Group): Group {
  const from = /^\d+/.exec(a.name)![0];
  const to = b.name.endsWith("+") ? "+" : `–${/\d+$/.exec(b.name)![0]}`;
  return { name: `${from}${to}`, queries: [...a.queries, ...b.queries] };
}

/** Mean of a metric over some queries. */
export function meanOver(
  ranks: readonly number[],
  queries: readonly number[],
  metric: MetricName,
): number {
  let sum = 0;
  for (const query of queries) sum += CONTRIBUTION[metric](ranks[query]);
  return sum / queries.length;
}

/** Share of values in each bin that begins at `starts`. */
export function sharesOf(values: readonly number[], starts: readonly number[]): number[] {
  const counts = starts.map(() => 0);
  for (const value of values) {
    counts[Math.max(0, starts.findLastIndex((start) => value >= start))]++;
  }
  return counts.map((count) => count / values.length);
}

/** The value below which a share `p` of the values lies (nearest rank); `sorted` ascends. */
export function quantile(sorted: readonly number[], p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

/** A metric in each episode with queries. */
export function byEpisode(
  ranks: readonly number[],
  offsets: readonly number[],
  metric: MetricName,
): number[] {
  const values: number[] = [];
  for (let e = 0; e + 1 < offsets.length; e++) {
    if (offsets[e + 1] > offsets[e]) {
      const queries = Array.from({ length: offsets[e + 1] - offsets[e] }, (_, i) => offsets[e] + i);
      values.push(meanOver(ranks, queries, metric));
    }
  }
  return values;
}

/** Recall at k = 1 … n at up to about `steps` values of k spread evenly over their logarithm. */
export function recallCurve(
  ranks: readonly number[],
  n: number,
  steps = 60,
): { x: number; y: number }[] {
  const sorted = [...ranks].sort((a, b) => a - b);
  const ks = new Set<number>();
  for (let i = 0; i <= steps; i++) ks.add(Math.round(n ** (i / steps)));
  let within = 0;
  return [...ks].sort((a, b) => a - b).map((k) => {
    while (within < sorted.length && sorted[within] <= k) within++;
    return { x: k, y: within / sorted.length };
  });
}
