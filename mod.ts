/**
 * Baselines of next-course recommendation to cold-start learners, as a library.
 *
 * The data takes one way: a data set, a fitted baseline, a scorer, an evaluation.
 *
 * @example Fit and evaluate a baseline
 * ```ts
 * import {
 *   chooseEngine,
 *   defaultsOf,
 *   evaluate,
 *   NOTEBOOK_TRAINING,
 *   queriesOf,
 *   SESSIONKNN,
 *   synthesize,
 * } from "./mod.ts";
 *
 * const dataset = synthesize("demo", 5, 10); // your own: readDataset("data/processed/mine")
 * const { create } = await chooseEngine("wasm"); // computes the neural baselines
 * const context = { create, seed: 20260107, training: NOTEBOOK_TRAINING };
 * const data = { nItems: dataset.courses.length, pairs: dataset.splits.train.pairs };
 *
 * const { fitted } = await SESSIONKNN.fit(data, defaultsOf(SESSIONKNN.config), context);
 * const scorer = await SESSIONKNN.scorer(fitted, context);
 * const { metrics } = await evaluate(scorer, queriesOf(dataset.splits.test));
 * scorer.dispose();
 * if (!(metrics["recall@10"] > 0.5)) throw new Error(`unexpected ${JSON.stringify(metrics)}`);
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
 * @example Synthetic learners and the ceiling that no model passes on average
 * ```ts
 * import {
 *   ceilingScorer,
 *   chooseEngine,
 *   evaluate,
 *   fitPopularity,
 *   POPULARITY,
 *   queriesOf,
 *   synthesize,
 * } from "./mod.ts";
 *
 * const dataset = synthesize("demo", 5, 10);
 * const queries = queriesOf(dataset.splits.test);
 * const fitted = fitPopularity(dataset.courses.length, dataset.splits.train.pairs.label);
 * const scorer = await POPULARITY.scorer(fitted, await chooseEngine("wasm"));
 * const popularity = await evaluate(scorer, queries);
 * const ceiling = await evaluate(ceilingScorer(dataset)!, queries);
 * if (popularity.metrics.mrr >= ceiling.metrics.mrr) throw new Error("popularity is too good");
 * ```
 *
 * @module
 */
export { InputError } from "./lib/errors/input_error.ts";

export type { Dataset, Episodes, Pairs, Split, SplitName } from "./lib/dataset/dataset.ts";
export { prefixOf } from "./lib/dataset/dataset.ts";
export { learnersByCourse } from "./lib/dataset/course_learners.ts";
export { type Sessions, sessionsOf } from "./lib/dataset/sessions.ts";
export { readDataset, type ReadResult } from "./lib/dataset/read_dataset.ts";
export { synthesize } from "./lib/dataset/synthetic/synthesize.ts";
export { type Changes, type Preset } from "./lib/dataset/synthetic/presets.ts";

export {
  type Baseline,
  baseline,
  type Computing,
  type Fit,
  type FitContext,
  NOTEBOOK_TRAINING,
  type OpenScorer,
  plainScorer,
  type TrainingConfig,
  type TrainingData,
} from "./lib/baselines/baseline.ts";
export { BASELINES } from "./lib/baselines/registry.ts";
export { RANDOM, type RandomModel } from "./lib/baselines/random.ts";
export {
  fitPopularity,
  mostPopular,
  POPULARITY,
  type PopularityModel,
} from "./lib/baselines/popularity.ts";
export {
  fitSessionKnn,
  scoreSessionKnn,
  SESSIONKNN,
  type SessionKnnModel,
} from "./lib/baselines/sessionknn.ts";
export { MARKOV } from "./lib/baselines/markov.ts";
export { ASSOCIATION_RULES } from "./lib/baselines/association_rules.ts";
export { SEQUENTIAL_RULES } from "./lib/baselines/sequential_rules.ts";
export { type RuleModel, type RuleTable } from "./lib/baselines/rules.ts";
export { ITEM_KNN } from "./lib/baselines/item_knn.ts";
export { SKNN } from "./lib/baselines/sknn.ts";
export { VSKNN } from "./lib/baselines/vsknn.ts";
export { STAN } from "./lib/baselines/stan.ts";
export { VSTAN } from "./lib/baselines/vstan.ts";
export { VMIS_KNN } from "./lib/baselines/vmis_knn.ts";
export { type NeighbourModel } from "./lib/baselines/neighbours.ts";
export { type SessionIndex } from "./lib/baselines/session_index.ts";
export { type FittedNetwork } from "./lib/baselines/neural.ts";
export { GRU_GLOBAL } from "./lib/baselines/gru_global.ts";
export { SASREC } from "./lib/baselines/sasrec.ts";
export { SASREC_LAST_ITEM } from "./lib/baselines/sasrec_last_item.ts";
export { GRU_OWN_PADDING } from "./lib/baselines/gru_own_padding.ts";
export { SASREC_OWN_PADDING } from "./lib/baselines/sasrec_own_padding.ts";
export { SASREC_ALL_POSITIONS } from "./lib/baselines/sasrec_all_positions.ts";
export { GRU_TIED } from "./lib/baselines/gru_tied.ts";
export { SASREC_TIED } from "./lib/baselines/sasrec_tied.ts";
export { defaultsOf, type Settings, type Values } from "./lib/settings/settings.ts";

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

export { evaluate, type EvaluateOptions, type Evaluation } from "./lib/evaluation/evaluate.ts";
export { type MeasuredRun, measureRun, type Measures } from "./lib/evaluation/measures.ts";
export { type Queries, queriesOf, type Query } from "./lib/evaluation/queries.ts";
export type { Scorer } from "./lib/evaluation/scorer.ts";
export { ceilingScorer } from "./lib/evaluation/ceiling.ts";

export {
  computeMetrics,
  meanReciprocalRank,
  type MetricName,
  type Metrics,
  ndcgAt,
  recallAt,
} from "./lib/metrics/metrics.ts";
export { type CourseLearners, type ListMetrics, listMetrics } from "./lib/metrics/lists.ts";
export { rankOf, ranksOf, type Scores, type TiePolicy, topK } from "./lib/metrics/rank.ts";
export { type Clusters, clustersOf } from "./lib/metrics/clusters.ts";
export { type Interval, metricInterval } from "./lib/metrics/interval.ts";
export { type PairedDifference, pairedDifference } from "./lib/metrics/paired.ts";
export {
  compareModels,
  type ModelComparison,
  type ModelComparisons,
  type Standing,
  standing,
} from "./lib/metrics/compare_models.ts";

export { type Catalogue, catalogueOf, idsOf } from "./lib/jobs/recommend/catalogue.ts";
export type { Ask, Recommendation } from "./lib/jobs/recommend/recommend.ts";
export { openRecommender, type Recommender } from "./lib/jobs/recommend/recommender.ts";
