/** Evaluates the fitted models of a run on the test episodes. */
import type { OpenScorer } from "../../baselines/baseline.ts";
import { evaluate, type Evaluation } from "../../evaluation/evaluate.ts";
import { type Queries, queriesOf } from "../../evaluation/queries.ts";
import type { Scorer } from "../../evaluation/scorer.ts";
import { topK } from "../../metrics/rank.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import { duration } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import { type FittedModel, openScorer } from "../models.ts";
import { type BaselinesConfig, CEILING_ROW } from "./config.ts";
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

/**
 * One query and each model's best courses, so that a reader sees with the eye that nothing is odd.
 */
export interface Sample {
  readonly pair_id: number;
  readonly prefix: readonly string[];
  readonly label: string;
  readonly top5: Record<string, readonly string[]>;
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
  const samples = sampleQueries(dataset, queries);
  const evaluations: Record<string, Evaluation> = {};
  const seconds: Record<string, number> = {};
  for (const model of models) {
    const { name } = model.baseline;
    const begin = performance.now();
    evaluations[name] = await evaluateModel(job, model, { dataset, queries, samples });
    if (signal.received() !== undefined) return undefined;
    seconds[name] = (performance.now() - begin) / 1000;
    sayAccuracy(job, name, evaluations[name], duration(1000 * seconds[name]));
  }
  const ceiling = ceilingScorer && await evaluate(ceilingScorer, queries);
  if (ceiling !== undefined) sayAccuracy(job, CEILING_ROW, ceiling, "(ceiling)");
  done(`${queries.labels.length} queries of ${dataset.splits.test.episodes.count} episodes`);
  return { queries, evaluations, seconds, samples, ceiling };
}

/** What the models are asked, and the samples that their answers are added to. */
interface Asked {
  readonly dataset: Dataset;
  readonly queries: Queries;
  readonly samples: readonly Sample[];
}

async function evaluateModel(
  { config, device, terminal }: Job<BaselinesConfig>,
  model: FittedModel,
  { dataset, queries, samples }: Asked,
): Promise<Evaluation> {
  const { name } = model.baseline;
  const computing = { create: device.create, threads: config.threads || undefined };
  const bar = terminal.progress(name, queries.labels.length);
  const scorer = await openScorer(model, computing);
  try {
    const evaluation = await evaluate(scorer, queries, {
      progress: bar.update,
      excludeSeen: config.excludeSeen,
    });
    const fresh = await atStreamStart(scorer, () => openScorer(model, computing));
    await addRecommendations(samples, name, fresh, dataset, queries);
    return evaluation;
  } finally {
    bar.end();
    scorer.dispose();
  }
}

/** A scorer at the beginning of its stream: itself where it has none. */
async function atStreamStart(
  scorer: OpenScorer,
  reopen: () => Promise<OpenScorer>,
): Promise<OpenScorer> {
  return scorer.streams ? await reopen() : scorer;
}

/** Queries shown: the first ones of the evaluation, so that streams give what was evaluated. */
const SHOWN = 3;
/** Courses of a long prefix that are shown, the last ones. */
const SHOWN_PREFIX = 10;

/** The first queries, without recommendations yet. */
function sampleQueries({ courses, splits }: Dataset, { queries, labels }: Queries): Sample[] {
  const { pairs, episodes } = splits.test;
  return queries.slice(0, SHOWN).map(({ prefix }, query) => ({
    pair_id: pairs.pairId[episodes.queryRows[query]],
    prefix: Array.from(prefix.slice(-SHOWN_PREFIX), (item) => courses[item]),
    label: courses[labels[query]],
    top5: {},
  }));
}

/** Adds a model's five best courses to the samples. */
async function addRecommendations(
  samples: readonly Sample[],
  name: string,
  scorer: Scorer,
  { courses }: Dataset,
  { queries }: Queries,
): Promise<void> {
  const scores = await scorer.score(queries.slice(0, samples.length));
  samples.forEach((sample, row) => {
    const best = topK(scores, row * scorer.nItems, scorer.nItems, 5);
    sample.top5[name] = best.map((item) => courses[item]);
  });
}

function sayAccuracy(
  { terminal }: Job<BaselinesConfig>,
  name: string,
  { metrics }: Evaluation,
  remark: string,
): void {
  const accuracy = metrics["accuracy@1"].toFixed(4);
  terminal.line(`   ${name.padEnd(18)} Accuracy@1 ${accuracy}   ${remark}`);
}
