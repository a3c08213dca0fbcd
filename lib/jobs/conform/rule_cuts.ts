/** Where a rule model had to choose between equals: rules of one weight at the cut of pruning. */
import { type Counting, premisesOf, type RuleSpec, ruleTable } from "../../baselines/rules.ts";
import type { Query } from "../../evaluation/queries.ts";
import type { Settings, Values } from "../../settings/settings.ts";
import type { Cuts } from "./neighbour_cuts.ts";
import { type Choice, TIED, type Votes } from "./rank_range.ts";

/** Opens the rules before pruning; gives for each query the ways in which they may be pruned. */
export function ruleCuts<S extends Settings>(
  spec: RuleSpec<S>,
  settings: Values<S>,
  nItems: number,
  counting: Counting,
): (query: Query) => Cuts {
  const { offsets, targets, weights } = ruleTable(nItems, counting, (rules) => rules);
  const keep = spec.keep(settings);
  return ({ prefix }) => {
    const sure = new Float64Array(nItems);
    const choices: Choice[] = [];
    for (const [course, times] of premisesOf(spec, prefix, settings)) {
      const rules = Array.from(
        { length: offsets[course + 1] - offsets[course] },
        (_, i) => offsets[course] + i,
      ).sort((a, b) => weights[b] - weights[a]);
      const kept = Math.min(rules.length, keep(rules.length));
      const cut = kept > 0 ? weights[rules[kept - 1]] : Infinity;
      const isEqual = (rule: number) => Math.abs(weights[rule] - cut) <= TIED * Math.abs(cut);
      const equal = rules.filter(isEqual);
      const above = rules.filter((rule) => weights[rule] > cut && !isEqual(rule));
      const room = kept - above.length;
      const crosses = equal.length > room;
      for (const rule of crosses ? above : [...above, ...equal]) {
        sure[targets[rule]] += weights[rule] * times;
      }
      if (crosses && room > 0) {
        choices.push({ room, members: equal.map((rule) => voteOf(rule, times)) });
      }
    }
    return { tied: choices.length > 0, ways: [{ sure, choices }] };
  };

  function voteOf(rule: number, times: number): Votes {
    return {
      items: targets.subarray(rule, rule + 1),
      amounts: Float64Array.of(weights[rule] * times),
    };
  }
}
