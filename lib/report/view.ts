/** What every section of a run's page starts from. */
import { METRIC_NAMES, type Metrics } from "../metrics/metrics.ts";
import type { RunDocuments } from "../runs/run_documents.ts";
import { type Look, looksOf } from "./palette.ts";

/** A run's documents, its models from best to worst, and how each is drawn. */
export interface View extends RunDocuments {
  /** By Accuracy@1, then MRR, then name; the ceiling is none of them. */
  readonly models: readonly string[];
  readonly looks: Readonly<Record<string, Look>>;
  /** What the run says of its models, in its order; of older runs the names alone are known. */
  readonly about: readonly (readonly [string, ModelNote])[];
  /** What knowing the synthetic data's process would reach, as far as it is known. */
  readonly ceiling: Partial<Metrics>;
}

/** What a run's configuration says of a model. */
export type ModelNote = NonNullable<RunDocuments["config"]["models"]>[string];

/** The name under which results keep the ceiling. */
const CEILING = "oracle";

/** The view of a run. */
export function viewOf(documents: RunDocuments): View {
  const { baselines, oracle } = documents.results;
  const models = ranked(baselines);
  return {
    ...documents,
    models,
    looks: looksOf(inOrder(baselines)),
    about: Object.entries(documents.config.models ?? {}),
    ceiling: metricsIn(oracle ?? baselines[CEILING]),
  };
}

/** Groups of settings in a run's configuration, such as `gru_config`, by name without ending. */
export function settingGroups(config: object): (readonly [string, Record<string, unknown>])[] {
  return Object.entries(config).filter(([key, value]) =>
    key.endsWith("_config") && typeof value === "object" && value !== null && !Array.isArray(value)
  ).map(([key, value]) => [key.replace(/_config$/, ""), value]);
}

/** Models in the order of their run. */
export function inOrder(baselines: Readonly<Record<string, Metrics>>): string[] {
  return Object.keys(baselines).filter((model) => model !== CEILING);
}

/** Models from best to worst. */
export function ranked(baselines: Readonly<Record<string, Metrics>>): string[] {
  return inOrder(baselines).sort((a, b) => {
    const [x, y] = [baselines[a], baselines[b]];
    return y["accuracy@1"] - x["accuracy@1"] || y.mrr - x.mrr || (a < b ? -1 : 1);
  });
}

/** The metrics in a record, or in its field `metrics`. */
function metricsIn(value: unknown): Partial<Metrics> {
  if (typeof value !== "object" || value === null) return {};
  const outer = value as Record<string, unknown>;
  const inner = outer.metrics;
  const holder = typeof inner === "object" && inner !== null ? inner : outer;
  return Object.fromEntries(
    METRIC_NAMES.map((name) => [name, (holder as Record<string, unknown>)[name]]).filter(([, x]) =>
      typeof x === "number" && Number.isFinite(x)
    ),
  );
}
