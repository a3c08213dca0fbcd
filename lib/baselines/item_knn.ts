/**
 * Item-kNN: courses similar to the last one by the sessions that they share, regularised
 * (session-rec's ItemKNN).
 */
import { bagsOf } from "../dataset/sessions.ts";
import { integer, number, type Setting } from "../settings/settings.ts";
import type { Baseline } from "./baseline.ts";
import {
  type AddRule,
  occurrencesOf,
  ruleBaseline,
  type RuleModel,
  type RuleSpec,
} from "./rules.ts";

/** What may be set. */
export type ItemKnnSettings = {
  readonly nSims: Setting<number>;
  readonly lmbd: Setting<number>;
  readonly alpha: Setting<number>;
};

/** The model's own part. */
export const ITEM_KNN_SPEC: RuleSpec<ItemKnnSettings> = {
  name: "item_knn",
  title: "Item-kNN",
  family: "neighbours",
  source: "Hidasi et al., ICLR 2016; session-rec's ItemKNN",
  differs: "ties at the cut: the lower id",
  byDefault: false,
  config: {
    nSims: integer("similar courses kept of each course", 100, 1, 1_000_000_000),
    lmbd: number("added to the events of both courses, so that rare ones count less", 20, 0, 1e9),
    alpha: number("share of the first course in the norm; 0.5 is the cosine", 0.5, 0, 1),
  },
  rules(sessions, nItems, { lmbd, alpha }) {
    const bags = bagsOf(sessions, nItems);
    const { offsets, events, sessionOf } = occurrencesOf(bags, nItems);
    const { items, counts } = bags;
    const support = new Float64Array(nItems);
    items.forEach((item, i) => support[item] += counts[i]);
    const own = support.map((n) => Math.pow(n + lmbd, alpha));
    const other = support.map((n) => Math.pow(n + lmbd, 1 - alpha));
    const count = (first: number, add: AddRule) => {
      for (let i = offsets[first]; i < offsets[first + 1]; i++) {
        const event = events[i];
        const session = sessionOf[event];
        for (let j = bags.offsets[session]; j < bags.offsets[session + 1]; j++) {
          // each event of the first course meets every other course of its session once
          if (j !== event) add(items[j], counts[event]);
        }
      }
    };
    const norm = (first: number, target: number) => own[first] * other[target];
    return { count, norm };
  },
  keep: ({ nSims }) => () => nSims,
};

/** The baseline. */
export const ITEM_KNN: Baseline<ItemKnnSettings, RuleModel<ItemKnnSettings>> = ruleBaseline(
  ITEM_KNN_SPEC,
);
