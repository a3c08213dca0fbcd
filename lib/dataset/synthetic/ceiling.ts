/**
 * The ceiling of synthetic data, their Bayes-optimal recommender: the chance of every next course
 * given the session so far and the process, the learner's hidden term and topics summed out by
 * forward filtering. No recommender that sees sessions alone ranks better on average.
 */
import type { Platform } from "./platform.ts";
import { kindsAfter, returnChances } from "./process.ts";

/** What is believed after a session so far. */
export interface Belief {
  /** Courses so far. */
  readonly items: readonly number[];
  /** [terms × topics × topics] chance of each term, main and side topic. */
  readonly posterior: Float64Array;
}

/** The belief before the first course. */
export function priorBelief({ config: { terms, topics }, interest }: Platform): Belief {
  const posterior = new Float64Array(terms * topics * topics);
  for (let term = 0, at = 0; term < terms; term++) {
    for (let main = 0; main < topics; main++) {
      for (let side = 0; side < topics; side++, at++) {
        posterior[at] = interest[term * topics + main] * interest[term * topics + side] / terms;
      }
    }
  }
  return { items: [], posterior };
}

/**
 * Chance of `course` next for each hidden state, before a draw of the current course is drawn
 * again: shared part and programme's weight.
 */
function unconditioned({ config, catalogue }: Platform, items: readonly number[], course: number) {
  const kinds = kindsAfter(items.length, config);
  const back = returnChances(items.length, config);
  let shared = kinds.browse * catalogue[course];
  if (kinds.returns > 0) {
    back.forEach((chance, at) => shared += items[at] === course ? kinds.returns * chance : 0);
  }
  return { shared, sequel: kinds.sequel, programme: kinds.programme };
}

/**
 * [terms × topics × topics] chance to draw `course` in each hidden state, repeats of the current
 * one included.
 */
function chanceByState(platform: Platform, items: readonly number[], course: number): Float64Array {
  const { config: { terms, topics, courses, mainTopic }, programme, sequel } = platform;
  const out = new Float64Array(terms * topics * topics);
  const current = items.at(-1);
  const { shared, sequel: follows, programme: weight } = unconditioned(platform, items, course);
  for (let term = 0, at = 0; term < terms; term++) {
    const of = (topic: number) => programme[(term * topics + topic) * courses + course];
    const inTerm = shared +
      (current !== undefined && sequel[term * courses + current] === course ? follows : 0);
    for (let main = 0; main < topics; main++) {
      const fixed = inTerm + weight * mainTopic * of(main);
      for (let side = 0; side < topics; side++, at++) {
        out[at] = fixed + weight * (1 - mainTopic) * of(side);
      }
    }
  }
  return out;
}

/** Chance in each hidden state that a draw is kept, which is that it is not the current course. */
function keptByState(platform: Platform, items: readonly number[]): Float64Array | undefined {
  return items.length === 0
    ? undefined
    : chanceByState(platform, items, items.at(-1)!).map((chance) => 1 - chance);
}

/** The belief after one more course. */
export function observe(platform: Platform, { items, posterior }: Belief, course: number): Belief {
  const chance = chanceByState(platform, items, course);
  const kept = keptByState(platform, items);
  let sum = 0;
  const next = posterior.map((belief, state) => {
    const value = belief * chance[state] / (kept?.[state] ?? 1);
    sum += value;
    return value;
  });
  return { items: [...items, course], posterior: next.map((value) => value / sum) };
}

/** [courses] chance of each course to be next. Sums to 1. */
export function nextChances(platform: Platform, { items, posterior }: Belief): Float64Array {
  const { config, catalogue, sequel, programme } = platform;
  const { terms, topics, courses, mainTopic } = config;
  const kinds = kindsAfter(items.length, config);
  const kept = keptByState(platform, items);
  const current = items.at(-1);
  const weight = new Float64Array(terms * topics);
  const chances = new Float64Array(courses);
  let total = 0;
  for (let term = 0, at = 0; term < terms; term++) {
    for (let main = 0; main < topics; main++) {
      for (let side = 0; side < topics; side++, at++) {
        const value = posterior[at] / (kept?.[at] ?? 1);
        total += value;
        if (current !== undefined) {
          chances[sequel[term * courses + current]] += value * kinds.sequel;
        }
        weight[term * topics + main] += mainTopic * value;
        weight[term * topics + side] += (1 - mainTopic) * value;
      }
    }
  }
  for (let course = 0; course < courses; course++) {
    chances[course] += total * kinds.browse * catalogue[course];
  }
  returnChances(items.length, config).forEach((chance, at) =>
    chances[items[at]] += total * kinds.returns * chance
  );
  weight.forEach((value, at) => {
    for (let course = 0; course < courses; course++) {
      chances[course] += kinds.programme * value * programme[at * courses + course];
    }
  });
  if (current !== undefined) chances[current] = 0;
  return chances;
}
