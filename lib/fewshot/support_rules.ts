/** What the learner took right after the current course before: a Markov chain of their own. */
import { gridOf, mixed, type UntrainedMethod } from "./method.ts";

/** λ. */
export type RulesKnobs = { readonly weight: number };

/** The method. A current course that the support never left changes nothing. */
export const SUPPORT_RULES: UntrainedMethod<
  RulesKnobs,
  { readonly weight: number; readonly after: ReadonlyMap<number, readonly number[]> }
> = {
  name: "support_rules",
  title: "transitions of the support",
  grid: gridOf<RulesKnobs>({ weight: [0.02, 0.05, 0.1, 0.2, 0.3, 0.5] }),
  adapt({ sessions }, { weight }) {
    const after = new Map<number, number[]>();
    for (const session of sessions) {
      for (let i = 1; i < session.length; i++) {
        const known = after.get(session[i - 1]);
        if (known === undefined) after.set(session[i - 1], [session[i]]);
        else known.push(session[i]);
      }
    }
    return { weight, after };
  },
  score({ weight, after }, { prefix, chances }) {
    const followers = after.get(prefix[prefix.length - 1]);
    if (followers === undefined) return chances;
    const shares = new Float64Array(chances.length);
    for (const item of followers) shares[item] += 1 / followers.length;
    return mixed(chances, shares, weight);
  },
};
