/** Fits a registered baseline that needs no engine. */
import {
  type FitContext,
  NOTEBOOK_TRAINING,
  type TrainingData,
} from "../../lib/baselines/baseline.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import type { Query } from "../../lib/evaluation/queries.ts";
import type { Scores } from "../../lib/metrics/rank.ts";
import { defaultsOf } from "../../lib/settings/settings.ts";

/** For fits and scorers without an engine. */
const CONTEXT: FitContext = {
  create: () => {
    throw new Error("no engine is expected here");
  },
  seed: 1,
  training: NOTEBOOK_TRAINING,
};

/** Fits a baseline with some settings of its own. */
export function fitModel(
  name: string,
  data: TrainingData,
  settings: Readonly<Record<string, unknown>>,
  seed = 1,
) {
  const baseline = BASELINES.find((candidate) => candidate.name === name)!;
  const values = { ...defaultsOf(baseline.config), ...settings };
  const context = { ...CONTEXT, seed };
  const fit = baseline.fit(data, values, context);
  if (fit instanceof Promise) throw new TypeError(`${name} is trained, not counted`);
  return { baseline, fitted: fit.fitted, context };
}

/** Fits a baseline with some settings of its own; returns how it scores. */
export function fitSettings(
  name: string,
  data: TrainingData,
  settings: Readonly<Record<string, unknown>>,
  seed = 1,
): (queries: readonly Query[]) => Scores {
  const { baseline, fitted, context } = fitModel(name, data, settings, seed);
  const scorer = baseline.scorer(fitted, context);
  if (scorer instanceof Promise) throw new TypeError(`${name} needs an engine`);
  return (queries) => scorer.score(queries) as Scores;
}
