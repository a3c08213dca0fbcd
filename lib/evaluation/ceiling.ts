/**
 * The ceiling of synthetic data as a scorer: the chance of each next course, as the process has it.
 */
import type { Dataset } from "../dataset/dataset.ts";
import { type Belief, nextChances, observe, priorBelief } from "../dataset/synthetic/ceiling.ts";
import type { Platform } from "../dataset/synthetic/platform.ts";
import { isThisProcess } from "../dataset/synthetic/presets.ts";
import { platformOf } from "../dataset/synthetic/synthesize.ts";
import { InputError, show } from "../errors/input_error.ts";
import type { Scorer } from "./scorer.ts";

/**
 * The Bayes-optimal scorer of a data set that this version's process made; undefined for any other,
 * and where not every file says that it is one of them. It sees whole prefixes, as no truncated
 * model does.
 * @throws InputError when the mark names a platform that does not have the vocabulary's courses.
 */
export function ceilingScorer(dataset: Dataset): Scorer | undefined {
  const process = processBehind(dataset);
  if (process === undefined) return undefined;
  const { platform, courseOf } = process;
  const { courses } = dataset;
  let belief: Belief = priorBelief(platform);

  /** Queries of one session follow each other: a belief is extended where the prefix goes on. */
  function believe(prefix: Int32Array): Belief {
    const known = belief.items;
    const goesOn = known.length <= prefix.length &&
      known.every((course, t) => course === courseOf[prefix[t]]);
    if (!goesOn) belief = priorBelief(platform);
    for (let t = belief.items.length; t < prefix.length; t++) {
      belief = observe(platform, belief, courseOf[prefix[t]]);
    }
    return belief;
  }

  return {
    nItems: courses.length,
    score: (queries) => {
      const scores = new Float64Array(queries.length * courses.length);
      queries.forEach(({ prefix }, row) => {
        const chances = nextChances(platform, believe(prefix));
        courseOf.forEach((course, id) => {
          scores[row * courses.length + id] = chances[course];
        });
      });
      return scores;
    },
  };
}

/** A query and what is known of its learner beside its session. */
export interface KnownQuery {
  readonly prefix: Int32Array;
  /** Sessions of the same learner, other than the query's, as far as they are known. */
  readonly sessions: readonly Int32Array[];
}

/**
 * [queries × nItems] chances of the next course given the prefix and the learner's other sessions:
 * what the learner is like is believed from those first. Their difference from `ceilingScorer` is
 * all that knowing a learner can gain. Undefined for data that this version's process did not make.
 */
export function ceilingWithSessions(
  dataset: Dataset,
): ((queries: readonly KnownQuery[]) => Float64Array) | undefined {
  const process = processBehind(dataset);
  if (process === undefined) return undefined;
  const { platform, courseOf } = process;
  const { courses } = dataset;
  return (queries) => {
    const scores = new Float64Array(queries.length * courses.length);
    queries.forEach(({ prefix, sessions }, row) => {
      let belief = priorBelief(platform);
      for (const session of [...sessions, prefix]) {
        belief = { ...belief, items: [] }; // a session begins; the learner is the same
        for (const item of session) belief = observe(platform, belief, courseOf[item]);
      }
      const chances = nextChances(platform, belief);
      courseOf.forEach((course, id) => {
        scores[row * courses.length + id] = chances[course];
      });
    });
    return scores;
  };
}

/**
 * The platform that made the data, and [courses] each course on it. Undefined for data that this
 * version's process did not make, or not all of them: where a file lacks the mark, it may be
 * another's. @throws InputError when the platform does not have the vocabulary's courses.
 */
function processBehind(
  dataset: Dataset,
): { readonly platform: Platform; readonly courseOf: Int32Array } | undefined {
  const { synthetic, path, partlyMarked } = dataset;
  if (synthetic === undefined || !isThisProcess(synthetic.process_version)) return undefined;
  const platform = platformOf(synthetic, `taking the process of ${path}/synthetic.json`);
  const courseOf = coursesOnPlatform(dataset, platform);
  return partlyMarked ? undefined : { platform, courseOf };
}

/** [courses] each course of the vocabulary as the platform numbers it. */
function coursesOnPlatform({ synthetic, courses, path }: Dataset, { names }: Platform): Int32Array {
  const numbers = new Map(names.map((name, course) => [name, course]));
  const courseOf = Int32Array.from(courses, (name) => numbers.get(name) ?? -1);
  const stranger = courseOf.indexOf(-1);
  if (stranger < 0) return courseOf;
  const { preset, seed } = synthetic!;
  throw new InputError({
    doing: `looking for the courses of ${path} on the platform of its synthetic.json`,
    found: `the course ${
      show(courses[stranger])
    }, which preset ${preset} with seed ${seed} does not have`,
    wanted: "the mark of the process that made the data",
    next: "remove synthetic.json if the data are not synthetic, else synthesize them again",
  });
}
