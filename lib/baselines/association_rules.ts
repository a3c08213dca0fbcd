/** Association rules of two courses: how often they stand in one session (AssociationRules). */
import { bagsOf } from "../dataset/sessions.ts";
import type { Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import { OWN_COURSES, type OwnCourses } from "./own_courses.ts";
import {
  type AddRule,
  keptUnder,
  occurrencesOf,
  PRUNING,
  ruleBaseline,
  type RuleModel,
  type RuleSpec,
} from "./rules.ts";

/** What may be set. */
export type AssociationRulesSettings = {
  readonly pruning: Setting<number>;
  readonly own: Setting<"auto" | OwnCourses>;
};

/** The model's own part. */
export const ASSOCIATION_RULES_SPEC: RuleSpec<AssociationRulesSettings> = {
  name: "association_rules",
  title: "Association rules",
  family: "rules",
  source: "Ludewig & Jannach, UMUAI 2018; session-rec's AssociationRules",
  differs: "no pruning by default, a query's own courses only as far as learners go back " +
    "(`own`); ties at a cut: the lower id",
  byDefault: false,
  config: { pruning: PRUNING, own: OWN_COURSES },
  own: ({ own }) => own,
  rules(sessions, nItems) {
    const bags = bagsOf(sessions, nItems);
    const { offsets, events, sessionOf } = occurrencesOf(bags, nItems);
    const { items, counts } = bags;
    const count = (first: number, add: AddRule) => {
      for (let i = offsets[first]; i < offsets[first + 1]; i++) {
        const event = events[i];
        const session = sessionOf[event];
        for (let j = bags.offsets[session]; j < bags.offsets[session + 1]; j++) {
          const pairs = counts[event] * (j === event ? counts[j] - 1 : counts[j]);
          if (pairs > 0) add(items[j], pairs);
        }
      }
    };
    return { count };
  },
  keep: ({ pruning }) => keptUnder(pruning),
};

/** The baseline. */
export const ASSOCIATION_RULES: Baseline<
  AssociationRulesSettings,
  RuleModel<AssociationRulesSettings>
> = ruleBaseline(ASSOCIATION_RULES_SPEC);
