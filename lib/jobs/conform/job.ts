/**
 * Holds rules and neighbours against the ranks of session-rec's own classes. A rank that no tie
 * touches must be the same; one of a label that ties with others must lie within its tie; one that
 * hangs on a choice between equals at a cut must be a rank that some choice gives.
 */
import { NOTEBOOK_TRAINING, type Row } from "../../baselines/baseline.ts";
import {
  neighbourBaseline,
  type NeighbourModel,
  type NeighbourSpec,
  openNeighbours,
} from "../../baselines/neighbours.ts";
import { openRules, ruleBaseline, type RuleModel, type RuleSpec } from "../../baselines/rules.ts";
import { sessionsOf } from "../../dataset/sessions.ts";
import { counted } from "../../errors/counted.ts";
import { InputError } from "../../errors/input_error.ts";
import type { Query } from "../../evaluation/queries.ts";
import { rankOf } from "../../metrics/rank.ts";
import type { Settings } from "../../settings/settings.ts";
import { table } from "../../terminal/table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { readLog, type TestLog, testLog, type TrainingLog, trainingLog } from "./log.ts";
import { type Cuts, neighbourCuts } from "./neighbour_cuts.ts";
import { type OriginalModel, readOriginal } from "./original.ts";
import { type RankRange, rankRange } from "./rank_range.ts";
import { ruleCuts } from "./rule_cuts.ts";

/** How one model compares. */
export interface Verdict {
  readonly name: string;
  readonly queries: number;
  /** Queries without equals at a cut; of them: the same rank, another within the label's tie. */
  readonly untied: number;
  readonly same: number;
  readonly withinTie: number;
  /** Queries with equals at a cut, and of them: the same rank, another that a choice gives. */
  readonly tied: number;
  readonly tiedSame: number;
  readonly withinRange: number;
  /** Queries with so many equals that the choices were not looked at. */
  readonly unjudged: number;
  /** Queries whose rank is none of these, the first of them, and what was found there. */
  readonly missed: number;
  readonly firstMiss?: string;
  /** Median width of the ranges of queries with equals at a cut, in ranks. */
  readonly rangeWidth?: number;
  readonly mrr: number;
  readonly originalMrr: number;
  /** 90th percentile of the milliseconds of a query. */
  readonly p90: number;
}

/** Compares every model of the folder. @throws InputError for a folder that is not laid out so. */
export async function conform(folder: string, terminal: Terminal): Promise<Verdict[]> {
  const { nItems, models } = await readOriginal(folder);
  const train = trainingLog(await readLog(folder, "train"), `${folder}/train.tsv`);
  const test = testLog(await readLog(folder, "test"), train.idOf);
  if (nItems !== undefined && nItems !== train.items.length) {
    throw new InputError({
      doing: `comparing ${folder}/train.tsv with the ranks`,
      found: counted(train.items.length, "item"),
      wanted: `the ${nItems} of expected/session_rec.json`,
    });
  }
  return models.map((model) => {
    const bar = terminal.progress(model.name, model.ranks.length);
    try {
      return compare(model, train, test, bar.update);
    } finally {
      bar.end();
    }
  });
}

/** A fitted model: how it scores, and how it may have been cut. */
interface Fitted {
  readonly score: (query: Query, row: Row) => void;
  readonly cuts: (query: Query) => Cuts;
}

function fitted({ counterpart, settings }: OriginalModel, { items, pairs }: TrainingLog): Fitted {
  const data = { nItems: items.length, pairs };
  // neither kind uses an engine
  const context = { create: undefined!, seed: 0, training: NOTEBOOK_TRAINING };
  if (counterpart.kind === "rules") {
    const spec: RuleSpec<Settings> = counterpart.spec;
    const model = ruleBaseline(spec).fit(data, settings, context) as { fitted: RuleModel };
    const counting = spec.rules(sessionsOf(pairs), items.length, settings);
    return {
      score: openRules(spec, model.fitted),
      cuts: ruleCuts(spec, settings, items.length, counting),
    };
  }
  const spec: NeighbourSpec<Settings> = counterpart.spec;
  const model = neighbourBaseline(spec).fit(data, settings, context) as { fitted: NeighbourModel };
  const all = neighbourBaseline({
    ...spec,
    plan: (values) => ({ ...spec.plan(values), sampleSize: 0 }),
  }).fit(data, settings, context) as { fitted: NeighbourModel };
  return {
    score: openNeighbours(spec, model.fitted).score,
    cuts: neighbourCuts(spec, all.fitted),
  };
}

function compare(
  model: OriginalModel,
  train: TrainingLog,
  { queries, labels }: TestLog,
  progress: (done: number) => void,
): Verdict {
  if (model.ranks.length > queries.length) {
    throw new InputError({
      doing: `comparing the ranks of ${model.name}`,
      found: `${model.ranks.length} ranks`,
      wanted: `at most one for each of the ${counted(queries.length, "query")} of the test log`,
    });
  }
  const { score, cuts } = fitted(model, train);
  const nItems = train.items.length;
  const tally = new Map<Outcome, number>();
  const widths: number[] = [];
  const times: number[] = [];
  let reciprocal = 0;
  let firstMiss: string | undefined;
  model.ranks.forEach((wanted, i) => {
    const scores = new Float64Array(nItems);
    const begin = performance.now();
    score(queries[i], { scores, base: 0 });
    times.push(performance.now() - begin);
    const own = rankOf(scores, 0, nItems, labels[i]);
    reciprocal += 1 / own;
    const judged = judge({ own, wanted, scores, label: labels[i] }, cuts(queries[i]));
    if (judged.tied) widths.push(judged.high - judged.low);
    tally.set(judged.outcome, (tally.get(judged.outcome) ?? 0) + 1);
    if (judged.outcome === "missed") {
      firstMiss ??= `query ${i}: rank ${own}, session-rec ${wanted}, possible ${judged.low} to ` +
        judged.high;
    }
    progress(i + 1);
  });
  const count = (...outcomes: Outcome[]) =>
    outcomes.reduce((total, outcome) => total + (tally.get(outcome) ?? 0), 0);
  return {
    name: model.name,
    queries: model.ranks.length,
    untied: model.ranks.length - widths.length - count("unjudged"),
    same: count("same"),
    withinTie: count("within tie"),
    tied: widths.length,
    tiedSame: count("tied, same"),
    withinRange: count("within range"),
    unjudged: count("unjudged"),
    missed: count("missed"),
    firstMiss,
    rangeWidth: widths.sort((a, b) => a - b)[widths.length >> 1],
    mrr: reciprocal / model.ranks.length,
    originalMrr: model.ranks.reduce((sum, rank) => sum + 1 / rank, 0) / model.ranks.length,
    p90: times.sort((a, b) => a - b)[Math.floor(0.9 * times.length)],
  };
}

type Outcome = "same" | "within tie" | "tied, same" | "within range" | "unjudged" | "missed";

interface Answer {
  readonly own: number;
  readonly wanted: number;
  readonly scores: Float64Array;
  readonly label: number;
}

interface Judged extends RankRange {
  readonly outcome: Outcome;
  readonly tied: boolean;
}

/** Both ranks, ours and the original's, must be possible. */
function judge({ own, wanted, scores, label }: Answer, { tied, ways }: Cuts): Judged {
  if (ways === undefined) return { outcome: "unjudged", tied: false, low: NaN, high: NaN };
  const ranges = tied
    ? ways.map(({ sure, choices }) => rankRange(sure, label, choices))
    : [rankRange(scores, label)];
  const low = Math.min(...ranges.map((range) => range.low));
  const high = Math.max(...ranges.map((range) => range.high));
  const possible = [own, wanted].every((rank) => low <= rank && rank <= high);
  return { outcome: outcomeOf(possible, own === wanted, tied), tied, low, high };
}

function outcomeOf(possible: boolean, same: boolean, tied: boolean): Outcome {
  if (!possible) return "missed";
  if (tied) return same ? "tied, same" : "within range";
  return same ? "same" : "within tie";
}

/** The verdicts as a table, and a line for each model that misses. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => [
    verdict.name,
    String(verdict.untied),
    String(verdict.same),
    String(verdict.withinTie),
    String(verdict.tied),
    String(verdict.tiedSame),
    String(verdict.withinRange),
    verdict.rangeWidth === undefined ? "" : String(verdict.rangeWidth),
    String(verdict.unjudged),
    String(verdict.missed),
    verdict.mrr.toFixed(5),
    verdict.originalMrr.toFixed(5),
    verdict.p90.toFixed(3),
  ]);
  const columns = [
    "Model",
    "no tie at a cut",
    "same",
    "in its tie",
    "tie at a cut",
    "same",
    "in its range",
    "width",
    "not judged",
    "missed",
    "MRR",
    "session-rec",
    "p90 ms",
  ];
  const misses = verdicts.filter(({ missed }) => missed > 0).map(({ name, missed, firstMiss }) =>
    `${name} misses ${missed}: ${firstMiss}`
  );
  return [table(columns, rows), ...misses].join("\n");
}
