/** Models ranked across data sets by one metric. */
import { FEWEST_DATA_SETS, type Ranking, rankModels } from "../../metrics/friedman.ts";
import type { RankMetric } from "../../metrics/metrics.ts";
import type { Contest } from "./contest.ts";

/** The models that are on every data set, best first by their mean rank. */
export interface Across {
  readonly metric: RankMetric;
  readonly models: readonly string[];
  /** None with a single data set or model; of fewer than five data sets without a verdict. */
  readonly ranking?: Ranking;
  readonly hasVerdict: boolean;
  /** Models that some data set lacks, which are not ranked. */
  readonly leftOut: readonly string[];
}

const SEED = 20260107;

/** Ranks what all contests have in common. */
export function acrossOf(contests: readonly Contest[], metric: RankMetric): Across {
  const names = contests.map(({ rows }) => rows.map(({ contestant }) => contestant.label));
  const all = [...new Set(names.flat())];
  const common = all.filter((name) => names.every((some) => some.includes(name)));
  const leftOut = all.filter((name) => !common.includes(name));
  if (common.length < 2 || contests.length < 2) {
    return { metric, models: common, hasVerdict: false, leftOut };
  }
  const { ranks, meanRanks, ...verdict } = rankModels(
    contests.map(({ rows }) =>
      common.map((name) =>
        rows.find(({ contestant }) => contestant.label === name)!.scores[metric].mean
      )
    ),
    SEED,
  );
  const order = common.map((_, i) => i).sort((a, b) => meanRanks[a] - meanRanks[b]);
  const inOrder = <T>(values: readonly T[]) => order.map((i) => values[i]);
  return {
    metric,
    models: inOrder(common),
    ranking: { ranks: ranks.map(inOrder), meanRanks: inOrder(meanRanks), ...verdict },
    hasVerdict: contests.length >= FEWEST_DATA_SETS,
    leftOut,
  };
}
