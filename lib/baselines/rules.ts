/**
 * What all rule models share: a table of rules from course to course with a weight each, counted
 * from whole sessions and pruned; answering with the rules of a query's last course; and the file.
 */
import { lastDays, type Sessions, sessionsOf } from "../dataset/sessions.ts";
import type { Query } from "../evaluation/queries.ts";
import { integer, number, type Setting, type Settings, type Values } from "../settings/settings.ts";
import { type Baseline, baseline, fittedAtOnce, type Row, rowScorer } from "./baseline.ts";
import { arrayModelBytes, type ArrayModelFile, arrayModelReader } from "./model_files.ts";
import { dropOwn, type OwnCourses, ownCourses, readOwn } from "./own_courses.ts";

/** Rules by their first course. */
export interface RuleTable {
  readonly nItems: number;
  /** [nItems + 1] */
  readonly offsets: Int32Array;
  /** [rules] second courses, each first one's in rising order. */
  readonly targets: Int32Array;
  /** [rules] */
  readonly weights: Float64Array;
}

/** A fitted rule model. */
export interface RuleModel<S extends Settings = Settings> {
  readonly architecture: string;
  readonly settings: Values<S>;
  readonly own: OwnCourses;
  readonly rules: RuleTable;
}

/** Where each course occurs. */
export interface Occurrences {
  /** [nItems + 1] */
  readonly offsets: Int32Array;
  /** Places in `Sessions.items`, rising. */
  readonly events: Int32Array;
  /** [events of the sessions] the session of each place. */
  readonly sessionOf: Int32Array;
}

/** Where each of `nItems` courses occurs in the sessions. */
export function occurrencesOf(
  { count, offsets, items }: Omit<Sessions, "times">,
  nItems: number,
): Occurrences {
  const sessionOf = new Int32Array(items.length);
  for (let s = 0; s < count; s++) sessionOf.fill(s, offsets[s], offsets[s + 1]);
  const starts = new Int32Array(nItems + 1);
  for (const item of items) starts[item + 1]++;
  for (let item = 0; item < nItems; item++) starts[item + 1] += starts[item];
  const next = starts.slice();
  const events = new Int32Array(items.length);
  for (let i = 0; i < items.length; i++) events[next[items[i]]++] = i;
  return { offsets: starts, events, sessionOf };
}

/** Adds `weight` to the rule to `target`. */
export type AddRule = (target: number, weight: number) => void;

/** How rules are counted. */
export interface Counting {
  /** Adds up the rules of one first course. */
  readonly count: (first: number, add: AddRule) => void;
  /** What a rule's sum is divided by; default: 1. */
  readonly norm?: (first: number, target: number) => number;
}

/**
 * Builds a table, the rules of one first course after the other. `keep` says how many of so many
 * stay: the heaviest, ties to the lower id of the second course.
 */
export function ruleTable(
  nItems: number,
  { count, norm }: Counting,
  keep: (rules: number) => number,
): RuleTable {
  const offsets = new Int32Array(nItems + 1);
  const targets: number[] = [];
  const weights: number[] = [];
  const sums = new Float64Array(nItems);
  const present = new Uint8Array(nItems);
  for (let first = 0; first < nItems; first++) {
    const found: number[] = [];
    count(first, (target, weight) => {
      if (present[target] === 0) {
        present[target] = 1;
        found.push(target);
      }
      sums[target] += weight;
    });
    if (norm !== undefined) { for (const target of found) sums[target] /= norm(first, target); }
    const kept = Math.min(found.length, keep(found.length));
    const heaviest = kept < found.length
      ? found.slice().sort((a, b) => sums[b] - sums[a] || a - b).slice(0, kept)
      : found.slice();
    for (const target of heaviest.sort((a, b) => a - b)) {
      targets.push(target);
      weights.push(sums[target]);
    }
    for (const target of found) {
      sums[target] = 0;
      present[target] = 0;
    }
    offsets[first + 1] = targets.length;
  }
  return {
    nItems,
    offsets,
    targets: Int32Array.from(targets),
    weights: Float64Array.from(weights),
  };
}

/** The setting of how many rules of a course stay. */
export const PRUNING: Setting<number> = number(
  "rules kept of each course, the heaviest; below 1 the share that is dropped; 0 keeps all",
  0,
  0,
  1e9,
);

/** The setting of which training events count. */
export const LAST_DAYS: Setting<number> = integer(
  "training events of the last days only; 0 takes all",
  0,
  0,
  1_000_000,
);

/** How many of so many rules stay under `pruning`. */
export function keptUnder(pruning: number): (rules: number) => number {
  if (pruning === 0) return (rules) => rules;
  return pruning < 1 ? (rules) => rules - Math.trunc(rules * pruning) : () => Math.trunc(pruning);
}

function applyRules(
  { offsets, targets, weights }: RuleTable,
  [course, weight]: Premise,
  { scores, base }: Row,
): void {
  for (let i = offsets[course]; i < offsets[course + 1]; i++) {
    scores[base + targets[i]] += weights[i] * weight;
  }
}

/** A course of a query whose rules are applied, and how much they weigh. */
export type Premise = readonly [course: number, weight: number];

/** What tells one rule model from another. */
export interface RuleSpec<S extends Settings> extends
  Pick<
    Baseline<S, RuleModel<S>>,
    "name" | "title" | "family" | "source" | "differs" | "byDefault" | "config"
  > {
  /** Which of a query's own courses are answered; default: all. */
  readonly own?: (settings: Values<S>) => "auto" | OwnCourses;
  /** How the rules are counted. */
  readonly rules: (sessions: Sessions, nItems: number, settings: Values<S>) => Counting;
  /** How many of so many rules of a course stay: the heaviest, ties to the lower id. */
  readonly keep: (settings: Values<S>) => (rules: number) => number;
  /** Whose rules answer a query that is not empty; default: its last course's. */
  readonly premises?: (prefix: Int32Array, settings: Values<S>) => readonly Premise[];
}

/** The sessions of the last days, or all of them for 0. */
export function recentSessions(sessions: Sessions, days: number): Sessions {
  return days > 0 ? lastDays(sessions, days) : sessions;
}

/** Makes the record of a rule model. */
export function ruleBaseline<const S extends Settings>(
  spec: RuleSpec<S>,
): Baseline<S, RuleModel<S>> {
  const { own: _own, rules: count, keep, premises: _premises, ...record } = spec;
  return baseline<S, RuleModel<S>>({
    ...record,
    architecture: spec.name,
    extension: "safetensors",
    fit({ nItems, pairs }, settings) {
      const sessions = sessionsOf(pairs);
      return fittedAtOnce({
        architecture: spec.name,
        settings,
        own: ownCourses(spec.own?.(settings) ?? "all", sessions, nItems),
        rules: ruleTable(nItems, count(sessions, nItems, settings), keep(settings)),
      });
    },
    scorer: (model) => rowScorer(model.rules.nItems, openRules(spec, model)),
    encode: ({ rules: { nItems, ...arrays }, ...fields }) =>
      arrayModelBytes({ ...fields, nItems }, { ...arrays }),
    decode: (bytes, path) => decodeRules(spec, arrayModelReader(spec.name, bytes, path)),
    itemsOf: ({ rules }) => rules.nItems,
  });
}

/** A fitted rule model, ready to score a query into a row of zeros. */
export function openRules<S extends Settings>(
  spec: RuleSpec<S>,
  { rules, settings, own }: RuleModel<S>,
): (query: Query, row: Row) => void {
  return ({ prefix }, row) => {
    if (prefix.length === 0) return;
    for (const premise of premisesOf(spec, prefix, settings)) applyRules(rules, premise, row);
    dropOwn(own, prefix, row);
  };
}

/** Whose rules answer a query that is not empty. */
export function premisesOf<S extends Settings>(
  { premises }: RuleSpec<S>,
  prefix: Int32Array,
  settings: Values<S>,
): readonly Premise[] {
  return premises?.(prefix, settings) ?? [[prefix[prefix.length - 1], 1]];
}

/** More than any log has events: sums of a file's weights stay finite. */
const MOST_WEIGHT = 1e15;

function decodeRules<S extends Settings>(
  { name, config }: RuleSpec<S>,
  file: ArrayModelFile,
): RuleModel<S> {
  const { count, integers, reals, settings, refuse } = file;
  const nItems = count("nItems", 10_000_000);
  const offsets = integers("offsets");
  const targets = integers("targets");
  const weights = reals("weights");
  const spans = offsets.length === nItems + 1 && offsets[0] === 0 &&
    offsets[nItems] === targets.length && offsets.every((n, i) => i === 0 || n >= offsets[i - 1]);
  if (!spans) return refuse("its offsets do not span its rules", "a table of rules");
  if (weights.length !== targets.length || !weights.every((x) => Math.abs(x) <= MOST_WEIGHT)) {
    return refuse(
      "its weights are not one number a rule, each of bounded size",
      "a table of rules",
    );
  }
  for (let first = 0; first < nItems; first++) {
    let before = -1;
    for (let i = offsets[first]; i < offsets[first + 1]; i++) {
      if (!(targets[i] > before && targets[i] < nItems)) {
        return refuse(`course ${first} has a rule to ${targets[i]}`, "courses in rising order");
      }
      before = targets[i];
    }
  }
  return {
    architecture: name,
    settings: settings(config),
    own: readOwn(file),
    rules: { nItems, offsets, targets, weights },
  };
}
