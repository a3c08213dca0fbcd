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
export const CONTEXT: FitContext = {
  create: () => {
    throw new Error("no engine is expected here");
  },
  seed: 1,
  training: NOTEBOOK_TRAINING,
};

/** Fits a baseline with some settings of its own; returns how it scores. */
export function fitSettings(
  name: string,
  data: TrainingData,
  settings: Readonly<Record<string, unknown>>,
  context: Partial<FitContext> = {},
): (queries: readonly Query[]) => Scores {
  const baseline = BASELINES.find((candidate) => candidate.name === name)!;
  const values = { ...defaultsOf(baseline.config), ...settings };
  const fit = baseline.fit(data, values, { ...CONTEXT, ...context });
  if (fit instanceof Promise) throw new TypeError(`${name} is trained, not counted`);
  const scorer = baseline.scorer(fit.fitted, CONTEXT);
  if (scorer instanceof Promise) throw new TypeError(`${name} needs an engine`);
  return (queries) => scorer.score(queries) as Scores;
}
