/** Evaluates the fitted models of a run on the test episodes. */
import { counted } from "../../errors/counted.ts";
import { evaluate, type Evaluation } from "../../evaluation/evaluate.ts";
import { type Queries, queriesOf } from "../../evaluation/queries.ts";
import type { Scorer } from "../../evaluation/scorer.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { firstColumn } from "../../terminal/table.ts";
import { duration } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import { type FittedModel, openScorer } from "../models.ts";
import { type BaselinesConfig, CEILING_ROW } from "./config.ts";
import { chooseSamples, type Sample, samplesOf, topCourses } from "./samples.ts";
import type { TrainedModels } from "./train.ts";

/** What the evaluation of all models gives. */
export interface Evaluated {
  readonly queries: Queries;
  readonly evaluations: Readonly<Record<string, Evaluation>>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly samples: readonly Sample[];
  /** The ceiling of synthetic data. */
  readonly ceiling?: Evaluation;
}

/** Evaluates every model, and the ceiling where there is one. Undefined when told to stop. */
export async function evaluateModels(
  job: Job<BaselinesConfig>,
  dataset: Dataset,
  { models }: TrainedModels,
  ceilingScorer: Scorer | undefined,
): Promise<Evaluated | undefined> {
  const { terminal, signal } = job;
  const done = terminal.stage("Evaluation");
  const queries = queriesOf(dataset.splits.test);
  const evaluations: Record<string, Evaluation> = {};
  const seconds: Record<string, number> = {};
  const named = firstColumn([...models.map(({ baseline }) => baseline.name), CEILING_ROW]);
  const say = (name: string, { metrics }: Evaluation, remark: string) =>
    terminal.line(`   ${named(name)} Accuracy@1 ${metrics["accuracy@1"].toFixed(4)}   ${remark}`);
  for (const model of models) {
    const { name } = model.baseline;
    const begin = performance.now();
    evaluations[name] = await evaluateModel(job, model, queries);
    if (signal.received() !== undefined) return undefined;
    seconds[name] = (performance.now() - begin) / 1000;
    say(name, evaluations[name], duration(1000 * seconds[name]));
  }
  const samples = await sampled(job, models, { dataset, queries, evaluations });
  const ceiling = ceilingScorer && await evaluate(ceilingScorer, queries);
  if (ceiling !== undefined) say(CEILING_ROW, ceiling, "knowing the process");
  done(
    `${counted(queries.labels.length, "query")} of ${
      counted(dataset.splits.test.episodes.count, "episode")
    }`,
  );
  return { queries, evaluations, seconds, samples, ceiling };
}

async function evaluateModel(
  job: Job<BaselinesConfig>,
  model: FittedModel,
  queries: Queries,
): Promise<Evaluation> {
  const bar = job.terminal.progress(model.baseline.name, queries.labels.length);
  const scorer = await openScorer(model, computingOf(job));
  try {
    return await evaluate(scorer, queries, {
      progress: bar.update,
      excludeSeen: job.config.excludeSeen,
    });
  } finally {
    bar.end();
    scorer.dispose();
  }
}

const computingOf = ({ config, device }: Job<BaselinesConfig>) => ({
  create: device.create,
  threads: config.threads || undefined,
});

/** What the samples are chosen from. */
interface Asked {
  readonly dataset: Dataset;
  readonly queries: Queries;
  readonly evaluations: Readonly<Record<string, Evaluation>>;
}

/** A few queries with every model's answers; each model is opened anew, at its stream's start. */
async function sampled(
  job: Job<BaselinesConfig>,
  models: readonly FittedModel[],
  asked: Asked,
): Promise<Sample[]> {
  const chosen = chooseSamples(asked.evaluations);
  const top: Record<string, string[][]> = {};
  for (const model of models) {
    const scorer = await openScorer(model, computingOf(job));
    try {
      top[model.baseline.name] = await topCourses(scorer, asked.queries, asked.dataset, chosen);
    } finally {
      scorer.dispose();
    }
  }
  return samplesOf(chosen, { ...asked, top });
}
