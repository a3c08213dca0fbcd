/**
 * Sequential rules: how often a course came some steps after the last, the farther the less
 * (session-rec's SequentialRules).
 */
import type { Sessions } from "../dataset/sessions.ts";
import { onlyWith } from "../settings/conditions.ts";
import { choice, integer, type Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { type Decay, DECAYS, STEP_DECAY } from "./decays.ts";
import { OWN_COURSES, type OwnCourses } from "./own_courses.ts";
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
export type SequentialRulesSettings = {
  readonly steps: Setting<number>;
  readonly weighting: Setting<Decay>;
  readonly pruning: Setting<number>;
  readonly lastNDays: Setting<number>;
  readonly idfWeight: Setting<"none" | "times" | "plus">;
  readonly lastInSession: Setting<number>;
  readonly sessionWeighting: Setting<Decay>;
  readonly own: Setting<"auto" | OwnCourses>;
};

/** The model's own part. */
export const SEQUENTIAL_RULES_SPEC: RuleSpec<SequentialRulesSettings> = {
  name: "sequential_rules",
  title: "Sequential rules",
  family: "rules",
  source: "Kamehkhosh et al., RecTemp at RecSys 2017; session-rec's SequentialRules",
  differs: "no pruning by default, a query's own courses only as far as learners go back " +
    "(`own`); ties at a cut: the lower id",
  byDefault: true,
  config: {
    steps: integer("steps from a course to one that it leads to, at most", 10, 1, 10_000),
    weighting: choice(DECAYS, "weight of a rule's support by its steps", "div"),
    pruning: PRUNING,
    lastNDays: LAST_DAYS,
    idfWeight: choice(
      ["none", "times", "plus"] as const,
      "rarity of the first course, from 0 to 1, in a rule's support",
      "none",
    ),
    lastInSession: integer("earlier courses of a query whose rules count too", 0, 0, 10_000),
    sessionWeighting: onlyWith(
      choice(DECAYS, "weight of those by how far they lie back", "div"),
      { key: "lastInSession", above: 0 },
    ),
    own: OWN_COURSES,
  },
  own: ({ own }) => own,
  rules(all, nItems, { steps, weighting, lastNDays, idfWeight }) {
    const sessions = recentSessions(all, lastNDays);
    const { offsets, events, sessionOf } = occurrencesOf(sessions, nItems);
    const { items } = sessions;
    const decay = Float64Array.from(
      { length: steps + 1 },
      (_, step) => STEP_DECAY[weighting](step),
    );
    const rarity = idfWeight === "none" ? undefined : relativeRarity(all, nItems);
    const support = (first: number, step: number) => {
      if (rarity === undefined) return decay[step];
      return idfWeight === "times" ? decay[step] * rarity[first] : decay[step] + rarity[first];
    };
    const count = (first: number, add: AddRule) => {
      for (let i = offsets[first]; i < offsets[first + 1]; i++) {
        const event = events[i];
        const end = sessions.offsets[sessionOf[event] + 1];
        for (let step = 1; step <= steps && event + step < end; step++) {
          add(items[event + step], support(first, step));
        }
      }
    };
    return { count };
  },
  keep: ({ pruning }) => keptUnder(pruning),
  premises(prefix, { lastInSession, sessionWeighting }) {
    const farthest = Math.min(lastInSession + 1, prefix.length);
    return Array.from({ length: farthest }, (_, i) => [
      prefix[prefix.length - 1 - i],
      i === 0 ? 1 : STEP_DECAY[sessionWeighting](i + 1),
    ]);
  },
};

/**
 * [nItems] ln(sessions / events) of each course, moved and scaled to go from 0 to 1 over the
 * courses that occur; 0 where all are equally frequent.
 */
function relativeRarity({ count, items }: Sessions, nItems: number): Float64Array {
  const events = new Int32Array(nItems);
  for (const item of items) events[item]++;
  const idf = Float64Array.from(events, (n) => Math.log(count / n));
  const known = idf.filter(Number.isFinite);
  const least = known.reduce((min, value) => Math.min(min, value), Infinity);
  const most = known.reduce((max, value) => Math.max(max, value), -Infinity);
  return idf.map((value) =>
    Number.isFinite(value) && most > least ? (value - least) / (most - least) : 0
  );
}

/** The baseline. */
export const SEQUENTIAL_RULES: Baseline<
  SequentialRulesSettings,
  RuleModel<SequentialRulesSettings>
> = ruleBaseline(SEQUENTIAL_RULES_SPEC);
