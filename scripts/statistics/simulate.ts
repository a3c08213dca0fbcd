/** How often intervals cover the truth, and how often equal models are called different. */
import { type Clusters, clustersOf } from "../../lib/metrics/clusters.ts";
import { compareModels, judge } from "../../lib/metrics/compare_models.ts";
import { type Interval, metricInterval } from "../../lib/metrics/interval.ts";
import { METRIC_NAMES, type MetricName } from "../../lib/metrics/metrics.ts";
import { type PairedDifference, pairedDifference, sharedSigns } from "../../lib/metrics/paired.ts";
import { drawsOf } from "./draws.ts";
import {
  askLearners,
  type Population,
  QUERIES,
  RANDOM_MRR,
  randomRanks,
  truth,
} from "./learners.ts";

/** What is simulated, and how often. */
export interface Cell {
  readonly population: Population;
  readonly learners: number;
  readonly metric: MetricName;
  readonly simulations: number;
  readonly seed: number;
  /** Queries of learners are unequal in number, as with overlapping windows. */
  readonly unequal?: boolean;
}

/** Share of intervals that cover the truth, and their mean width. */
export interface Coverage {
  readonly covered: number;
  readonly width: number;
}

/** Of two models: the difference's interval, and how often they are called different. */
export interface Pair extends Coverage {
  /** Share of p-values of at most 0.05. */
  readonly rejected: number;
  /** Share of verdicts that call them distinguishable. */
  readonly distinguished: number;
}

const nameOf = ({ population, learners, metric, unequal }: Cell) =>
  `${metric} ${population.accuracies} ${population.correlation} ${learners} ${unequal ?? false}`;

/** The same number of queries each, or 1 to 50 windows' worth, most of them few. */
function sizes({ learners, unequal }: Cell): (learner: number) => number {
  if (!unequal) return () => QUERIES;
  return (learner) => QUERIES * Math.min(50, Math.ceil(((learner + 0.5) / learners) ** -1));
}

function clustersIn(learners: number, size: (learner: number) => number): Clusters {
  const users = Array.from({ length: learners }, (_, user) => new Array(size(user)).fill(user));
  return clustersOf(users.flat());
}

/** The interval of one model's metric. */
export function coverage(cell: Cell): Coverage {
  const { population, learners, metric, simulations, seed } = cell;
  const draws = drawsOf(seed, `coverage ${nameOf(cell)}`);
  const size = sizes(cell);
  const clusters = clustersIn(learners, size);
  const wanted = truth(population.accuracies[0], metric);
  return count(simulations, wanted, () => {
    const [ranks] = askLearners(population, learners, size, draws);
    return metricInterval(ranks, clusters, metric);
  });
}

/** The interval of the MRR of random scores, whatever the population. */
export function randomCoverage({ learners, simulations, seed }: Cell): Coverage {
  const draws = drawsOf(seed, `random ${learners}`);
  const clusters = clustersIn(learners, () => QUERIES);
  return count(
    simulations,
    RANDOM_MRR,
    () => metricInterval(randomRanks(learners, draws), clusters, "mrr"),
  );
}

function count(simulations: number, wanted: number, interval: () => Interval): Coverage {
  let covered = 0;
  let width = 0;
  for (let i = 0; i < simulations; i++) {
    const { low, high } = interval();
    if (low <= wanted && wanted <= high) covered++;
    width += high - low;
  }
  return { covered: covered / simulations, width: width / simulations };
}

/** Two models, the population's first minus its second. */
export function pair(cell: Cell): Pair {
  const { population, learners, metric, simulations, seed } = cell;
  const draws = drawsOf(seed, `pair ${nameOf(cell)}`);
  const size = sizes(cell);
  const clusters = clustersIn(learners, size);
  const signs = sharedSigns(seed, learners);
  const [first, second] = population.accuracies;
  let rejected = 0;
  let distinguished = 0;
  const { covered, width } = count(
    simulations,
    truth(first, metric) - truth(second, metric),
    () => {
      const [a, b] = askLearners(population, learners, size, draws);
      const paired = pairedDifference(a, b, clusters, metric, signs);
      if (paired.p <= 0.05) rejected++;
      const [{ distinguishable }] = judge([paired], learners).judged;
      if (distinguishable) distinguished++;
      return paired.interval;
    },
  );
  return {
    covered,
    width,
    rejected: rejected / simulations,
    distinguished: distinguished / simulations,
  };
}

/** Share of runs of equal models in which any two of them are called different by any metric. */
export function falseRuns({ population, learners, simulations, seed }: Cell): number {
  const draws = drawsOf(seed, `runs ${population.accuracies} ${learners}`);
  const clusters = clustersIn(learners, () => QUERIES);
  let runs = 0;
  for (let i = 0; i < simulations; i++) {
    const ranks = askLearners(population, learners, () => QUERIES, draws);
    const { comparisons } = compareModels(Object.fromEntries(ranks.entries()), clusters, seed);
    if (comparisons.some(({ distinguishable }) => distinguishable)) runs++;
  }
  return runs / simulations;
}

/** Share of comparisons of two runs of the same equal models that call any model different. */
export function falsePages({ population, learners, simulations, seed }: Cell): number {
  const draws = drawsOf(seed, `pages ${population.accuracies} ${learners}`);
  const clusters = clustersIn(learners, () => QUERIES);
  const signs = sharedSigns(seed, learners);
  const models = population.accuracies.length / 2;
  let pages = 0;
  for (let i = 0; i < simulations; i++) {
    const ranks = askLearners(population, learners, () => QUERIES, draws);
    const differences = METRIC_NAMES.flatMap((metric) =>
      Array.from(
        { length: models },
        (_, model): PairedDifference =>
          pairedDifference(ranks[model], ranks[models + model], clusters, metric, signs),
      )
    );
    if (judge(differences, learners).judged.some(({ distinguishable }) => distinguishable)) pages++;
  }
  return pages / simulations;
}
