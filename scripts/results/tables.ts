/** Finished runs as the tables of docs/results.md: aggregates, never rows of data. */
import { clustersOf } from "../../lib/metrics/clusters.ts";
import { byMerit, compareModels, standing } from "../../lib/metrics/compare_models.ts";
import type { Interval } from "../../lib/metrics/interval.ts";
import type { Metrics } from "../../lib/metrics/metrics.ts";
import { counted } from "../../lib/errors/counted.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { queriesDiffer } from "../../lib/report/compare.ts";
import { MEASURE_TITLES } from "../../lib/report/numbers.ts";
import { usersOf } from "../../lib/report/users.ts";
import { inOrder } from "../../lib/report/view.ts";
import type { RunDocuments } from "../../lib/runs/run_documents.ts";

/** The columns with intervals; a run of an older version lacks NDCG. */
const SHOWN = ["accuracy@1", "recall@5", "recall@10", "mrr", "ndcg@10"] as const;

/**
 * A table of the models of runs on the same queries, best first, and a line before it that says
 * what they were asked. A model that two runs have is the earlier one's.
 * @throws InputError when the runs' queries differ.
 */
export function resultsOf(runs: readonly RunDocuments[]): string {
  const [first, ...others] = runs;
  for (const other of others) {
    const how = queriesDiffer(first, other);
    if (how === undefined) continue;
    throw new InputError({
      doing: `putting the runs ${runs.map(({ config }) => config.run_tag).join(", ")} in a table`,
      found: `their queries differ: ${how}`,
      wanted: "runs on the same test episodes",
    });
  }
  const models = modelsOf(runs);
  const best = bestOf(runs, models);
  const order = byMerit(
    Object.fromEntries([...models].map(([name, { metrics }]) => [name, metrics])),
  );
  const head = ["model", ...SHOWN.map((key) => MEASURE_TITLES[key]), "epochs", "fit", "a query"];
  const rows = order.map((name) => {
    const model = models.get(name)!;
    const bold = best.has(name) ? `**\`${name}\`**` : `\`${name}\``;
    const { epochs, fit, query } = model;
    return [
      bold,
      ...SHOWN.map((key) => cell(model.metrics[key], model.intervals[key])),
      epochs,
      fit,
      query,
    ];
  });
  return [
    askedOf(first),
    "",
    line(head),
    line(["---", ...SHOWN.map(() => "---"), "--:", "--:", "--:"]),
    ...rows.map(line),
  ].join("\n");
}

/** A model of one of the runs. */
interface Model {
  readonly run: RunDocuments;
  readonly metrics: RunDocuments["results"]["baselines"][string];
  readonly intervals: RunDocuments["results"]["intervals_95"][string];
  readonly epochs: string;
  readonly fit: string;
  readonly query: string;
}

function modelsOf(runs: readonly RunDocuments[]): Map<string, Model> {
  const models = new Map<string, Model>();
  for (const run of runs) {
    const { results, report } = run;
    for (const name of inOrder(results.baselines)) {
      if (models.has(name)) continue;
      const { seconds, epoch_losses: losses } = report.training[name];
      models.set(name, {
        run,
        metrics: results.baselines[name],
        intervals: results.intervals_95[name],
        epochs: losses === undefined ? "" : String(losses.length),
        fit: timeOf(seconds),
        query: timeOf(report.evaluation.seconds[name] / results.n_queries),
      });
    }
  }
  return models;
}

/** Models that are the best by Accuracy@1, or not distinguishable from it, over all runs. */
function bestOf(runs: readonly RunDocuments[], models: ReadonlyMap<string, Model>): Set<string> {
  const entries = [...models];
  const ranks = Object.fromEntries(
    entries.map(([name, { run }]) => [name, run.queries.ranks[name]]),
  );
  const metrics: Record<string, Metrics> = Object.fromEntries(
    entries.map(([name, model]) => [name, model.metrics]),
  );
  const clusters = clustersOf(usersOf(runs.map(({ queries }) => queries)));
  const comparisons = compareModels(ranks, clusters, runs[0].config.seed);
  return new Set(standing(metrics, comparisons, "accuracy@1").best);
}

function askedOf({ results }: RunDocuments): string {
  const { k_shot_config: { K, Q }, n_items, n_queries, n_test_episodes, statistics, groups } =
    results;
  const returns = groups?.find(({ name }) => name === "returns")?.n_queries ?? 0;
  const users = statistics?.users ?? n_test_episodes;
  return `${counted(n_items, "course")}; K=${K}, Q=${Q}: ${counted(n_queries, "query")} in ` +
    `${counted(n_test_episodes, "test episode")} of ${
      counted(users, "user")
    }. The right course is in ` +
    `the prefix in ${returns === 0 ? "none" : count(returns)} of the queries.`;
}

function cell(value: number | undefined, interval: Interval | undefined): string {
  if (value === undefined) return "–";
  if (interval === undefined) return digits(value);
  return `${digits(value)} (${digits(interval.low)}–${digits(interval.high)})`;
}

const digits = (x: number) => x.toFixed(4).replace(/^0/, "");
const count = (n: number) => n.toLocaleString("en");
const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** Two digits: 0.04 ms, 3.1 ms, 12 s, 140 s. */
function timeOf(seconds: number): string {
  const [value, unit] = seconds < 1 ? [1000 * seconds, "ms"] : [seconds, "s"];
  return `${value < 100 ? Number(value.toPrecision(2)) : Math.round(value)} ${unit}`;
}
