/** A first-order Markov chain: how often a course came right after the last (MarkovModel). */
import { integer, type Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import {
  type AddRule,
  keptUnder,
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

/** The setting of which training events count. */
export const LAST_DAYS: Setting<number> = integer(
  "training events of the last days only; 0 takes all",
  0,
  0,
  1_000_000,
);

/** The model's own part. */
export const MARKOV_SPEC: RuleSpec<MarkovSettings> = {
  name: "markov",
  title: "Markov chain",
  family: "rules",
  source: "first-order Markov chain; session-rec's MarkovModel",
  differs:
    "no pruning unless asked for, no division by the maximum; rules that tie at a cut: the " +
    "lower course id",
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
