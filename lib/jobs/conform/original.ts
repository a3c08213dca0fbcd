/** session-rec's classes, what they are called here, and the file that holds their ranks. */
import { ASSOCIATION_RULES_SPEC } from "../../baselines/association_rules.ts";
import { ITEM_KNN_SPEC } from "../../baselines/item_knn.ts";
import { MARKOV_SPEC } from "../../baselines/markov.ts";
import type { NeighbourSpec } from "../../baselines/neighbours.ts";
import type { RuleSpec } from "../../baselines/rules.ts";
import { SEQUENTIAL_RULES_SPEC } from "../../baselines/sequential_rules.ts";
import { SKNN_SPEC } from "../../baselines/sknn.ts";
import { STAN_SPEC } from "../../baselines/stan.ts";
import { VSKNN_SPEC } from "../../baselines/vsknn.ts";
import { VSTAN_SPEC } from "../../baselines/vstan.ts";
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import {
  anything,
  integer,
  list,
  object,
  type Of,
  optional,
  record,
  text,
} from "../../files/shape.ts";
import { defaultsOf, type Settings, type Values } from "../../settings/settings.ts";

/** The model of a class, with the class's own defaults where ours differ. */
export type Counterpart =
  | { readonly kind: "rules"; readonly spec: RuleSpec<Settings>; readonly defaults: Params }
  | {
    readonly kind: "neighbours";
    readonly spec: NeighbourSpec<Settings>;
    readonly defaults: Params;
  };
type Params = Readonly<Record<string, unknown>>;

const rules = (spec: unknown, defaults: Params = {}): Counterpart => ({
  kind: "rules",
  spec: spec as RuleSpec<Settings>,
  defaults,
});
const neighbours = (spec: unknown, defaults: Params = {}): Counterpart => ({
  kind: "neighbours",
  spec: spec as NeighbourSpec<Settings>,
  defaults,
});

/** By the name of the class. */
const CLASSES: Readonly<Record<string, Counterpart>> = {
  AssociationRules: rules(ASSOCIATION_RULES_SPEC, { pruning: 20, own: "all" }),
  SequentialRules: rules(SEQUENTIAL_RULES_SPEC, { pruning: 20, own: "all" }),
  MarkovModel: rules(MARKOV_SPEC, { pruning: 20 }),
  ItemKNN: rules(ITEM_KNN_SPEC),
  ContextKNN: neighbours(SKNN_SPEC, { similarity: "jaccard", own: "all" }),
  VMContextKNN: neighbours(VSKNN_SPEC, { idfWeighting: 0, own: "all" }),
  STAN: neighbours(STAN_SPEC, { lambdaSnh: 5, own: "all" }),
  VSKNN_STAN: neighbours(VSTAN_SPEC, { lambdaSnh: 5, own: "all" }),
};

/** Parameters that change no rank, or name columns of the log. */
const WITHOUT_EFFECT = ["normalize", "session_key", "item_key", "time_key"];
/** Parameters that must be off: what they do is not done here. */
const OFF = ["extend", "dwelling_time"];

/** A model whose ranks are in the file. */
export interface OriginalModel {
  readonly name: string;
  readonly counterpart: Counterpart;
  readonly settings: Values<Settings>;
  /** Of the first queries, one by one. */
  readonly ranks: readonly number[];
  readonly mrr?: number;
  readonly msQuery?: number;
}

const anyNumber = (value: unknown, at: string): number => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`${at} is ${show(value)}, not a number`);
};

const DOCUMENT = object({
  n_items: optional(integer(1)),
  models: record(object({
    class: text,
    params: record(anything),
    ranks: list(integer(1)),
    mrr: optional(anyNumber),
    ms_query: optional(anyNumber),
  })),
});

/** What `expected/session_rec.json` says. */
export interface Original {
  /** Items of the training log, where the file says so. */
  readonly nItems?: number;
  readonly models: readonly OriginalModel[];
}

/**
 * Reads the file of ranks. @throws InputError for one that is missing or damaged, a class that has
 * no counterpart, and a parameter that it does not take.
 */
export async function readOriginal(folder: string): Promise<Original> {
  const path = `${folder}/expected/session_rec.json`;
  let document: Of<typeof DOCUMENT>;
  try {
    document = DOCUMENT(JSON.parse(await Deno.readTextFile(path)), "the document");
  } catch (error) {
    throw new InputError({
      doing: `reading ${path}`,
      found: error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error),
      wanted: "the ranks of session-rec's classes",
      next: "docs/conformance.md says how to make it",
    }, { cause: error });
  }
  const models = Object.entries(document.models).map(([name, model]) => {
    const counterpart = counterpartOf(model.class, `reading the model ${show(name)} of ${path}`);
    const settings = settingsOf(counterpart, model.params, `reading the model ${name} of ${path}`);
    const { ranks, mrr, ms_query: msQuery } = model;
    return { name, counterpart, settings, ranks, mrr, msQuery };
  });
  return { nItems: document.n_items, models };
}

function counterpartOf(className: string, doing: string): Counterpart {
  if (Object.hasOwn(CLASSES, className)) return CLASSES[className];
  throw new InputError({
    doing,
    found: `the class ${show(className)}`,
    wanted: `one of ${Object.keys(CLASSES).join(", ")}`,
  });
}

/** Our settings for the parameters of a class. @throws InputError for one that is not known. */
export function settingsOf(
  { spec: { config }, defaults }: Counterpart,
  params: Params,
  doing: string,
): Values<Settings> {
  const settings: Values<Settings> = { ...defaultsOf(config), ...defaults };
  for (const [param, value] of Object.entries(params)) {
    if (WITHOUT_EFFECT.includes(param) || OFF.includes(param) && !value) continue;
    if (param === "remind" && config.remind === undefined) {
      settings.own = value ? "all" : "none";
      continue;
    }
    const key = param.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
    if (!Object.hasOwn(config, key)) {
      throw new InputError({
        doing,
        found: `the parameter ${show(param)}`,
        wanted: `one of ${Object.keys(config).join(", ")}, in snake_case`,
      });
    }
    settings[key] = config[key].parse(String(ourValue(key, value, config)), param);
  }
  if (settings.sampling === "random") {
    throw new InputError({ doing, found: "random samples", wanted: "recent ones, to compare" });
  }
  return settings;
}

/** None and False of a number are 0 here; idf_weight is named instead of numbered. */
function ourValue(key: string, value: unknown, config: Settings): unknown {
  if (key === "idfWeight") return ["none", "times", "plus"][Number(value ?? 0)];
  const absent = value === null || value === false;
  return absent && typeof config[key].fallback === "number" ? 0 : value;
}
