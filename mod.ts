/**
 * Baselines of next-course recommendation to cold-start learners, as a library.
 *
 * The data takes one way: a data set, a fitted model, a scorer, an evaluation.
 *
 * @example Fit and evaluate Session-KNN
 * ```ts ignore
 * import { evaluate, fitSessionKnn, queriesOf, readDataset, sessionKnnScorer } from "./mod.ts";
 *
 * const { dataset } = await readDataset("data/processed/xuetangx");
 * const model = fitSessionKnn(dataset.courses.length, dataset.splits.train.pairs, 20260107);
 * const { metrics } = await evaluate(sessionKnnScorer(model), queriesOf(dataset.splits.test));
 * console.log(metrics["accuracy@1"], metrics.mrr);
 * ```
 *
 * @example Metrics from scores
 * ```ts
 * import { computeMetrics, ranksOf } from "./mod.ts";
 *
 * const scores = Float64Array.of(0.1, 0.7, 0.2, 0.3, 0.3, 0.4); // two queries, three courses
 * const ranks = ranksOf(scores, 3, [1, 1]);
 * if (ranks[0] !== 1 || ranks[1] !== 3) throw new Error(`unexpected ranks ${ranks}`);
 * if (computeMetrics(ranks).mrr !== (1 + 1 / 3) / 2) throw new Error("unexpected MRR");
 * ```
 *
 * @example Made-up learners and the ceiling that no model passes on average
 * ```ts
 * import { evaluate, fitPopularity, oracleScorer, popularityScorer, queriesOf, synthesize } from "./mod.ts";
 *
 * const dataset = synthesize("demo", 5, 10), queries = queriesOf(dataset.splits.test);
 * const popularity = fitPopularity(dataset.courses.length, dataset.splits.train.pairs.label);
 * const [model, ceiling] = [await evaluate(popularityScorer(popularity), queries), await evaluate(oracleScorer(dataset)!, queries)];
 * if (!(model.metrics.mrr < ceiling.metrics.mrr)) throw new Error("popularity passed the oracle");
 * ```
 *
 * @module
 */
export { InputError } from "./lib/errors/input_error.ts";

export type { Dataset, Episodes, Pairs, Split, SplitName } from "./lib/dataset/dataset.ts";
export { prefixOf } from "./lib/dataset/dataset.ts";
export { readDataset, type ReadResult } from "./lib/dataset/read_dataset.ts";
export { synthesize } from "./lib/dataset/synthetic/synthesize.ts";
export { type Changes, type Preset } from "./lib/dataset/synthetic/presets.ts";

export { type RandomModel } from "./lib/baselines/random.ts";
export { fitPopularity, mostPopular, type PopularityModel } from "./lib/baselines/popularity.ts";
export {
  fitSessionKnn,
  scoreSessionKnn,
  type SessionKnnModel,
} from "./lib/baselines/sessionknn.ts";
export { type GruModel, gruModel } from "./lib/models/gru.ts";
export { type SasRecModel, sasRecModel } from "./lib/models/sasrec.ts";
export { type NeuralModel, parameterSpecs } from "./lib/models/neural.ts";
export {
  countParameters,
  initialise,
  type Parameters,
  type Tensor,
} from "./lib/models/parameters.ts";

export { pairSequences, shuffledPlan } from "./lib/samplers/pair_sequences.ts";
export type { Plan, Sequences, Windows } from "./lib/samplers/sequences.ts";

export {
  ADAM,
  type AdamConfig,
  type CreateEngine,
  type Engine,
  type EngineOptions,
  type TrainingState,
} from "./lib/engine/engine.ts";
export { chooseEngine, type Device } from "./lib/engine/device.ts";
export { startingState } from "./lib/engine/training_state.ts";
export { fit } from "./lib/engine/fit.ts";

export { evaluate, type Evaluation, type Scorer } from "./lib/evaluation/evaluate.ts";
export { type Queries, queriesOf } from "./lib/evaluation/queries.ts";
export { oracleScorer } from "./lib/evaluation/ceiling.ts";
export {
  engineScorer,
  popularityScorer,
  randomScorer,
  sessionKnnScorer,
} from "./lib/baselines/scorers.ts";

export {
  computeMetrics,
  meanReciprocalRank,
  type MetricName,
  type Metrics,
  ndcgAt,
  recallAt,
} from "./lib/metrics/metrics.ts";
export { rankOf, ranksOf, type Scores, type TiePolicy, topK } from "./lib/metrics/rank.ts";
export {
  bootstrapInterval,
  type Interval,
  pairedBootstrap,
  type PairedDifference,
} from "./lib/metrics/bootstrap.ts";

export { decodeModel, encodeModel, type SavedModel } from "./lib/baselines/model_files.ts";

export { type Catalogue, catalogueOf, idsOf } from "./lib/jobs/recommend/catalogue.ts";
export type { Ask, Recommendation } from "./lib/jobs/recommend/recommend.ts";
export { openRecommender, type Recommender } from "./lib/jobs/recommend/recommender.ts";
