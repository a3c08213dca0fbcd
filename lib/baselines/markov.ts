/** A first-order Markov chain: how often a course came right after the last (MarkovModel). */
import type { Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import {
  type AddRule,
  keptUnder,
  LAST_DAYS,
  occurrencesOf,
  PRUNING,
  recentSessions,
  ruleBaseline,
  type RuleModel,
  type RuleSpec,
} from "./rules.ts";

/** What may be set. */
export type MarkovSettings = {
  readonly pruning: Setting<number>;
  readonly lastNDays: Setting<number>;
};

/** The model's own part. */
export const MARKOV_SPEC: RuleSpec<MarkovSettings> = {
  name: "markov",
  title: "Markov chain",
  family: "rules",
  source: "first-order Markov chain; session-rec's MarkovModel",
  differs: "no pruning by default; ties at a cut: the lower id",
  byDefault: true,
  config: { pruning: PRUNING, lastNDays: LAST_DAYS },
  rules(all, nItems, { lastNDays }) {
    const sessions = recentSessions(all, lastNDays);
    const { offsets, events, sessionOf } = occurrencesOf(sessions, nItems);
    const { items } = sessions;
    const count = (first: number, add: AddRule) => {
      for (let i = offsets[first]; i < offsets[first + 1]; i++) {
        const next = events[i] + 1;
        if (sessionOf[next] === sessionOf[next - 1]) add(items[next], 1);
      }
    };
    return { count };
  },
  keep: ({ pruning }) => keptUnder(pruning),
};

/** The baseline. */
export const MARKOV: Baseline<MarkovSettings, RuleModel<MarkovSettings>> = ruleBaseline(
  MARKOV_SPEC,
);
