/**
 * The ceiling of made-up data as a `Scorer`: the chance of every course to be next, known because
 * the process is.
 */
import type { Dataset } from "../dataset/dataset.ts";
import { type Belief, nextChances, observe, priorBelief } from "../dataset/synthetic/oracle.ts";
import { isThisProcess } from "../dataset/synthetic/presets.ts";
import { platformOf } from "../dataset/synthetic/synthesize.ts";
import { InputError, show } from "../errors/input_error.ts";
import type { Scorer } from "./evaluate.ts";
import { queryPrefix } from "./queries.ts";

/**
 * The Bayes-optimal scorer of a data set that this process version made; undefined for any other.
 * It sees whole prefixes, as no truncated model does. @throws InputError when the mark names a
 * platform that does not have the vocabulary's courses.
 */
export function oracleScorer({ synthetic, courses, path }: Dataset): Scorer | undefined {
  if (synthetic === undefined || !isThisProcess(synthetic.process_version)) return undefined;
  const platform = platformOf(synthetic, `taking the process of ${path}/synthetic.json`);
  const places = new Map(platform.names.map((name, course) => [name, course]));
  const courseOf = Int32Array.from(courses, (name) => places.get(name) ?? -1);
  const stranger = courseOf.indexOf(-1);
  if (stranger >= 0) {
    throw new InputError({
      doing: `looking for the courses of ${path} on the platform of its synthetic.json`,
      found: `the course ${
        show(courses[stranger])
      }, which preset ${synthetic.preset} with seed ${synthetic.seed} does not have`,
      wanted: "the mark of the process that made the data",
      next: "take synthetic.json away if the data are not made up, else synthesize them again",
    });
  }
  // The queries of an episode go on in one session: its belief is extended, not begun again.
  let session = -1;
  let belief: Belief = priorBelief(platform);
  return {
    nItems: courses.length,
    score: (queries, from, to) => {
      const scores = new Float64Array((to - from) * courses.length);
      for (let query = from; query < to; query++) {
        const prefix = queryPrefix(queries, query);
        const start = queries.pairs.prefixStart[queries.rows[query]];
        if (start !== session || belief.items.length > prefix.length) {
          session = start;
          belief = priorBelief(platform);
        }
        for (let t = belief.items.length; t < prefix.length; t++) {
          belief = observe(platform, belief, courseOf[prefix[t]]);
        }
        const chances = nextChances(platform, belief);
        courseOf.forEach((course, id) =>
          scores[(query - from) * courses.length + id] = chances[course]
        );
      }
      return scores;
    },
  };
}
