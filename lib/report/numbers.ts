/**
 * Numbers as a reader wants them. Metrics and shares are fractions of 1 everywhere, as in the run's
 * files, so that a number of the page can be looked up there.
 */
import type { Interval } from "../metrics/interval.ts";
import type { ListMetric } from "../metrics/lists.ts";
import type { MetricName, RankMetric } from "../metrics/metrics.ts";

/** The metrics' names in sentences and headings. */
export const METRIC_TITLES: Readonly<Record<MetricName, string>> = {
  "accuracy@1": "Accuracy@1",
  "recall@5": "Recall@5",
  "recall@10": "Recall@10",
  mrr: "MRR",
};

/** The names of all metrics. */
export const MEASURE_TITLES: Readonly<Record<RankMetric | ListMetric, string>> = {
  ...METRIC_TITLES,
  "ndcg@5": "NDCG@5",
  "ndcg@10": "NDCG@10",
  "ndcg@20": "NDCG@20",
  "coverage@10": "Coverage@10",
  "popularity@10": "Popularity@10",
  "novelty@10": "Novelty@10",
  "gini@10": "Gini@10",
};

/** A metric: 0.3569. */
export const metric = (x: number): string => x.toFixed(4);
/** Its interval: 0.3412 to 0.3721. */
export const interval = ({ low, high }: Interval): string => `${metric(low)} to ${metric(high)}`;
/** A share of something: 0.357. */
export const share = (x: number, digits = 3): string => x.toFixed(digits);
/** A count: 44,698. */
export const count = (n: number): string => n.toLocaleString("en");

/** A difference with its sign, and a true minus: −0.0123. */
export function signed(x: number, digits = 4): string {
  const text = Math.abs(x).toFixed(digits);
  if (Number(text) === 0) return text;
  return x < 0 ? `−${text}` : `+${text}`;
}

/** A time: 73 µs, 52 ms, 4.3 s, 2 min 5 s, 1 h 12 min. */
export function time(seconds: number): string {
  if (seconds < 0.001) return `${Math.round(1e6 * seconds)} µs`;
  if (seconds < 0.9995) return `${Number((1000 * seconds).toPrecision(seconds < 0.1 ? 2 : 3))} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.95 ? 2 : 1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes} min ${whole % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The unit in which times up to `longest` seconds are read, and its length in seconds. */
export function timeUnit(longest: number): { readonly unit: string; readonly seconds: number } {
  const units = [["µs", 1e-6, 1e-3], ["ms", 1e-3, 1], ["s", 1, 120], ["min", 60, 7200], [
    "h",
    3600,
    Infinity,
  ]] as const;
  const [unit, seconds] = units.find(([, , below]) => longest < below)!;
  return { unit, seconds };
}

/**
 * An axis from 0 to at least `top` in about `steps` round steps; never beyond `limit`, which is
 * round itself.
 */
export function scale(
  top: number,
  steps: number,
  limit = Infinity,
): { readonly max: number; readonly interval: number } {
  if (!(top > 0)) return { max: Math.min(1, limit), interval: Math.min(1, limit) };
  const rough = Math.min(top, limit) / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const interval = power * [1, 2, 2.5, 5, 10].find((step) => step * power >= rough * (1 - 1e-9))!;
  return { max: Math.min(limit, interval * Math.ceil(top / interval - 1e-9)), interval };
}

/** A size: 56 bytes, 21.8 kB, 1.2 MB. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 999_950 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** A p-value: 0.012, < 0.001. */
export const probability = (p: number): string => p < 0.001 ? "< 0.001" : p.toFixed(3);

/** Words as a list: a, b and c. */
export function sentenceList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A day: 2017-05-30. */
export const day = (iso: string): string => iso.slice(0, 10);

/** A time in UTC: 2026-01-30 07:54:35 UTC; as it stands where it has no zone. */
export const moment = (iso: string): string => iso.replace("T", " ").replace(/Z$/, " UTC");
