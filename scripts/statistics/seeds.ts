/**
 * How often the intervals of several seeds cover the truth: what a model reaches on average over
 * all users and all trainings. Users, trainings and how well a training serves a user are normal on
 * the logit scale; ten queries a user are hits or misses.
 */
import { seedDifference, seedEstimate, type SeedSums } from "../../lib/metrics/seeds.ts";
import { type Draws, drawsOf } from "./draws.ts";

/** What is simulated. */
export interface SeedCell {
  readonly seeds: number;
  readonly users: number;
  /** Standard deviation of trainings; 0.1 is 2 points of Accuracy@1 at 0.34, 0.4 is 8. */
  readonly spread: number;
  /** The middle of the logits: -0.8 is an accuracy of 0.34, -3.3 of 0.05. */
  readonly middle: number;
  readonly simulations: number;
}

/** Standard deviations of users, and of users within a training. */
const USERS = 0.9;
const WITHIN = 0.3;
const QUERIES = 10;

/** Share of intervals that cover the truth, and of p ≤ 0.05 between two models that are equal. */
export function seedCoverage(cell: SeedCell, seed: number): { covered: number; rejected: number } {
  const { seeds, users, spread, middle, simulations } = cell;
  const draws = drawsOf(seed, `seeds ${seeds} ${users} ${spread} ${middle}`);
  const truth = meanShare(middle, USERS ** 2 + spread ** 2 + WITHIN ** 2);
  let covered = 0;
  let rejected = 0;
  for (let i = 0; i < simulations; i++) {
    const abilities = Array.from({ length: users }, () => USERS * normal(draws));
    const [a, b] = [train(cell, abilities, draws), train(cell, abilities, draws)];
    const { low, high } = seedEstimate(a).interval;
    if (low <= truth && truth <= high) covered++;
    const signs = () => ({ draws: 1, width: 1, bytes: new Uint8Array(Math.ceil(users / 8)) });
    if (seeds > 1 && seedDifference(a, b, signs).p <= 0.05) rejected++;
  }
  return { covered: covered / simulations, rejected: rejected / simulations };
}

/** Trainings of one model, asked the users of these abilities. */
function train(
  { seeds, middle, spread }: SeedCell,
  abilities: readonly number[],
  draws: Draws,
): SeedSums {
  const trainings = Array.from({ length: seeds }, () => {
    const luck = spread * normal(draws);
    return Float64Array.from(abilities, (ability) => {
      const chance = logistic(middle + ability + luck + WITHIN * normal(draws));
      let hits = 0;
      for (let query = 0; query < QUERIES; query++) if (draws.uniform() < chance) hits++;
      return hits;
    });
  });
  return { trainings, counts: new Float64Array(abilities.length).fill(QUERIES) };
}

/** The mean of a logistic-normal share, by sums over its logit. */
function meanShare(middle: number, variance: number): number {
  let sum = 0;
  let weights = 0;
  for (let z = -8; z <= 8; z += 0.01) {
    const weight = Math.exp(-z * z / 2);
    sum += weight * logistic(middle + Math.sqrt(variance) * z);
    weights += weight;
  }
  return sum / weights;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const normal = ({ uniform }: Draws): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
