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
export { type Fault, InputError, SettingsError } from "./lib/errors/input_error.ts";

export {
  type Dataset,
  type Episodes,
  type Pairs,
  type Split,
  type SplitName,
  SPLITS,
  type SyntheticMark,
} from "./lib/dataset/dataset.ts";
export { prefixOf } from "./lib/dataset/dataset.ts";
export { learnersByCourse } from "./lib/dataset/course_learners.ts";
export { type Sessions, sessionsOf } from "./lib/dataset/sessions.ts";
export { readDataset, type ReadResult } from "./lib/dataset/read_dataset.ts";
export { synthesize } from "./lib/dataset/synthetic/synthesize.ts";
export { type Fingerprint } from "./lib/files/fingerprint.ts";
export { type Changes, type Preset, PRESETS } from "./lib/dataset/synthetic/presets.ts";

export {
  type Baseline,
  baseline,
  type CheckContext,
  type Computing,
  type Family,
  type Fit,
  type FitContext,
  type Highlight,
  type Interrupted,
  type NoSettings,
  NOTEBOOK_TRAINING,
  type OpenScorer,
  plainScorer,
  type TrainingConfig,
  type TrainingData,
  type TrainingRecord,
  type TrainingWatch,
  type Validation,
} from "./lib/baselines/baseline.ts";
export { BASELINES } from "./lib/baselines/registry.ts";
export { RANDOM, type RandomModel } from "./lib/baselines/random.ts";
export {
  fitPopularity,
  mostPopular,
  POPULARITY,
  type PopularityModel,
} from "./lib/baselines/popularity.ts";
export { type OwnCourses } from "./lib/baselines/own_courses.ts";
export {
  fitSessionKnn,
  scoreSessionKnn,
  SESSIONKNN,
  type SessionKnnModel,
  type SessionKnnSettings,
} from "./lib/baselines/sessionknn.ts";
export { MARKOV, type MarkovSettings } from "./lib/baselines/markov.ts";
export {
  ASSOCIATION_RULES,
  type AssociationRulesSettings,
} from "./lib/baselines/association_rules.ts";
export {
  SEQUENTIAL_RULES,
  type SequentialRulesSettings,
} from "./lib/baselines/sequential_rules.ts";
export { type RuleModel, type RuleTable } from "./lib/baselines/rules.ts";
export { ITEM_KNN, type ItemKnnSettings } from "./lib/baselines/item_knn.ts";
export { type Similarity, SKNN, type SknnSettings } from "./lib/baselines/sknn.ts";
export { VSKNN, type VsknnSettings } from "./lib/baselines/vsknn.ts";
export { STAN, type StanSettings } from "./lib/baselines/stan.ts";
export { VSTAN, type VstanSettings } from "./lib/baselines/vstan.ts";
export { VMIS_KNN, type VmisKnnSettings } from "./lib/baselines/vmis_knn.ts";
export { type NeighbourModel, type SamplingSettings } from "./lib/baselines/neighbours.ts";
export { type Sampling } from "./lib/baselines/neighbour_search.ts";
export { type Decay, DECAYS } from "./lib/baselines/decays.ts";
export { type SessionIndex } from "./lib/baselines/session_index.ts";
export { type FittedNetwork, type TrainingSettings } from "./lib/baselines/neural.ts";
export { GRU_GLOBAL, type GruSettings } from "./lib/baselines/gru_global.ts";
export { SASREC, type SasRecSettings } from "./lib/baselines/sasrec.ts";
export { SASREC_LAST_ITEM } from "./lib/baselines/sasrec_last_item.ts";
export { GRU_OWN_PADDING } from "./lib/baselines/gru_own_padding.ts";
export { SASREC_OWN_PADDING } from "./lib/baselines/sasrec_own_padding.ts";
export { SASREC_ALL_POSITIONS } from "./lib/baselines/sasrec_all_positions.ts";
export { GRU_TIED } from "./lib/baselines/gru_tied.ts";
export { SASREC_TIED } from "./lib/baselines/sasrec_tied.ts";
export { defaultsOf, type Setting, type Settings, type Values } from "./lib/settings/settings.ts";

export { type GruModel, gruModel } from "./lib/models/gru.ts";
export { READOUTS, type SasRecModel, sasRecModel } from "./lib/models/sasrec.ts";
export { type Padding } from "./lib/models/architecture.ts";
export { type NeuralModel, parameterSpecs } from "./lib/models/neural.ts";
export { type Loss } from "./lib/models/loss.ts";
export { type MersenneTwister } from "./lib/random/mt19937.ts";
export {
  countParameters,
  initialise,
  type Initialiser,
  type Parameters,
  type ParameterSpec,
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
export { type Choice, chooseEngine, type Device, DEVICES } from "./lib/engine/device.ts";
export { type MeasureMemory, type MemoryUse, type TrainingWork } from "./lib/engine/memory_use.ts";
export { startingState } from "./lib/engine/training_state.ts";
export {
  type Cursor,
  type EpochCheck,
  type EpochScore,
  fit,
  type FitEvent,
  type FitOptions,
  type Fitted,
} from "./lib/engine/fit.ts";

export {
  evaluate,
  type EvaluateOptions,
  type Evaluation,
  type SeenExcluded,
  type UnderTies,
} from "./lib/evaluation/evaluate.ts";
export {
  type Measured,
  type MeasuredGroup,
  type MeasuredRun,
  measureRun,
  type Measures,
} from "./lib/evaluation/measures.ts";
export { type Measurable, type Score, type Selector } from "./lib/evaluation/selection.ts";
export { type QueryGroup } from "./lib/evaluation/groups.ts";
export { type Tally } from "./lib/evaluation/tally.ts";
export { type Queries, queriesOf, type Query } from "./lib/evaluation/queries.ts";
export type { Scorer } from "./lib/evaluation/scorer.ts";
export { ceilingScorer } from "./lib/evaluation/ceiling.ts";

export {
  computeMetrics,
  meanReciprocalRank,
  METRIC_NAMES,
  type MetricName,
  type Metrics,
  ndcgAt,
  RANK_METRICS,
  type RankMetric,
  recallAt,
} from "./lib/metrics/metrics.ts";
export {
  type CourseLearners,
  LIST_METRICS,
  type ListMetric,
  type ListMetrics,
  listMetrics,
} from "./lib/metrics/lists.ts";
export { rankOf, ranksOf, type Scores, type TiePolicy, topK } from "./lib/metrics/rank.ts";
export { type Clusters, clustersOf } from "./lib/metrics/clusters.ts";
export { type Interval, metricInterval } from "./lib/metrics/interval.ts";
export { type PairedDifference, pairedDifference } from "./lib/metrics/paired.ts";
export {
  compareModels,
  type Judged,
  type ModelComparison,
  type ModelComparisons,
  type Standing,
  standing,
} from "./lib/metrics/compare_models.ts";
export { type Signs } from "./lib/metrics/sign_flips.ts";

export { type Catalogue, catalogueOf, idsOf } from "./lib/jobs/recommend/catalogue.ts";
export type { Ask, Recommendation } from "./lib/jobs/recommend/recommend.ts";
export { openRecommender, type Recommender } from "./lib/jobs/recommend/recommender.ts";
export { type FittedModel } from "./lib/jobs/models.ts";
export { type NameIndex } from "./lib/errors/nearest.ts";
