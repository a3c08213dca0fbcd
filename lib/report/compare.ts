/**
 * Finished runs side by side: what differs in how they were made, and which of their differences in
 * the metrics are more than noise.
 */
import { InputError, show } from "../errors/input_error.ts";
import { clustersOf, tooFewOf } from "../metrics/clusters.ts";
import { judge, type Judged } from "../metrics/compare_models.ts";
import { METRIC_NAMES, type MetricName } from "../metrics/metrics.ts";
import { type PairedDifference, pairedDifference, sharedSigns } from "../metrics/paired.ts";
import type { RunDocuments } from "../runs/run_documents.ts";
import { usersOf } from "./users.ts";
import { ranked, settingGroups } from "./view.ts";

/** A model's metric in one run against the first run. */
export interface Difference extends PairedDifference, Judged {
  readonly model: string;
  readonly metric: MetricName;
  /** Index of the run among those compared, from 1. */
  readonly run: number;
  readonly first: number;
  readonly second: number;
  /** Why there is no verdict, where there is none. */
  readonly tooFew?: string;
}

/** A, B, C … in the runs' order. */
export const letterOf = (run: number): string => String.fromCharCode(65 + run);

/** A difference's verdict in words. */
export function verdictOf(
  { distinguishable, differing, tooFew }: Pick<
    Difference,
    "distinguishable" | "differing" | "tooFew"
  >,
): string {
  if (differing === 0) return "no difference";
  if (tooFew !== undefined) return tooFew;
  return distinguishable ? "distinguishable" : "not distinguishable";
}

/** A setting with its value in each run. */
export interface DifferentSetting {
  readonly name: string;
  readonly values: readonly string[];
  /** Its values are hashes, which a reader rather sees cut. */
  readonly isHash: boolean;
}

/** A comparison of two or more runs. */
export interface Comparison {
  readonly runs: readonly RunDocuments[];
  /** Models of the first run that another run has too, best first. */
  readonly models: readonly string[];
  readonly differences: readonly Difference[];
  /** Users whose queries were compared. */
  readonly users: number;
  /** Comparisons over which p-values are adjusted: those in which any user differs. */
  readonly adjustedFor: number;
  readonly settings: readonly DifferentSetting[];
  /** What to keep in mind: models that are not in all runs. */
  readonly notes: readonly string[];
}

/**
 * Compares runs with the first of them: every model that they share by every metric, over the same
 * users, p-values adjusted for all of these comparisons.
 * @throws InputError when there are fewer than two, when their queries differ (naming how), or when
 * they share no model.
 */
export function compareRuns(runs: readonly RunDocuments[]): Comparison {
  const [first, ...others] = runs;
  const doing = `comparing the runs ${runs.map(({ config }) => config.run_tag).join(", ")}`;
  if (others.length === 0) {
    throw new InputError({ doing, found: `${runs.length} run`, wanted: "two or more" });
  }
  for (const other of others) {
    const how = queriesDiffer(first, other);
    if (how !== undefined) {
      throw new InputError({
        doing,
        found: `their queries differ: ${how}`,
        wanted: "runs on the same test episodes",
        next: "compare runs of the same data, K and Q",
      });
    }
  }
  const of = (run: RunDocuments) => ranked(run.results.baselines);
  const models = of(first).filter((model) => others.some((run) => of(run).includes(model)));
  if (models.length === 0) {
    throw new InputError({
      doing,
      found: `no model of ${first.config.run_tag} is in another run`,
      wanted: "a model that both have",
    });
  }
  const clusters = clustersOf(usersOf(runs.map(({ queries }) => queries)));
  const signs = sharedSigns(first.config.seed, clusters.count);
  const found = others.flatMap((run, i) =>
    models.filter((model) => of(run).includes(model)).flatMap((model) =>
      METRIC_NAMES.map((metric) => ({
        ...pairedDifference(
          run.queries.ranks[model],
          first.queries.ranks[model],
          clusters,
          metric,
          signs,
        ),
        model,
        metric,
        run: i + 1,
        first: first.results.baselines[model][metric],
        second: run.results.baselines[model][metric],
        tooFew: tooFewOf(clusters.count, first.queries.episode_ids.length),
      }))
    )
  );
  const { judged: differences, adjustedFor } = judge(found, clusters.count);
  const notes = [...new Set(runs.flatMap(of))].flatMap((model) => {
    const having = runs.filter((run) => of(run).includes(model)).map(({ config }) =>
      config.run_tag
    );
    return having.length === runs.length ? [] : [`${model} is only in ${having.join(" and ")}.`];
  });
  const settings = differentSettings(runs);
  return { runs, models, differences, users: clusters.count, adjustedFor, settings, notes };
}

/** How the queries of two runs differ, as a phrase; undefined when they are the same. */
export function queriesDiffer(a: RunDocuments, b: RunDocuments): string | undefined {
  const [left, right] = [a.config.run_tag, b.config.run_tag];
  const pair = (what: string, x: unknown, y: unknown) =>
    `${what} ${show(x)} in ${left}, ${show(y)} in ${right}`;
  const { K, Q } = a.config.k_shot_config;
  const other = b.config.k_shot_config;
  if (K !== other.K || Q !== other.Q) {
    return pair("K and Q are", `${K}, ${Q}`, `${other.K}, ${other.Q}`);
  }
  if (a.courses.length !== b.courses.length) {
    return pair("the number of courses is", a.courses.length, b.courses.length);
  }
  const course = a.courses.findIndex((name, id) => name !== b.courses[id]);
  if (course >= 0) return pair(`course ${course} is`, a.courses[course], b.courses[course]);
  const episodes = [a, b].map(({ queries }) => queries.episode_ids.length);
  if (episodes[0] !== episodes[1]) {
    return pair("the number of test episodes is", episodes[0], episodes[1]);
  }
  if (a.queries.labels.length !== b.queries.labels.length) {
    return pair("the number of queries is", a.queries.labels.length, b.queries.labels.length);
  }
  for (
    const [key, what] of [["episode_ids", "episode"], [
      "episode_offsets",
      "the first query of episode",
    ]] as const
  ) {
    const at = a.queries[key].findIndex((value, i) => value !== b.queries[key][i]);
    if (at >= 0) return pair(`${what} number ${at} is`, a.queries[key][at], b.queries[key][at]);
  }
  const users = [a, b].map(({ queries }) => queries.episode_users);
  const whose = users[0]?.findIndex((user, i) => users[1] !== undefined && user !== users[1][i]);
  if (whose !== undefined && whose >= 0) {
    return pair(`the user of episode number ${whose} is`, users[0]![whose], users[1]![whose]);
  }
  for (
    const [key, what] of [["pair_ids", "pair"], ["labels", "label"], [
      "prefix_lengths",
      "prefix length",
    ]] as const
  ) {
    const at = a.queries[key].findIndex((value, i) => value !== b.queries[key][i]);
    if (at >= 0) {
      return pair(`the ${what} of query ${at} is`, a.queries[key][at], b.queries[key][at]);
    }
  }
  return undefined;
}

/** How names of data files begin among the settings; their values are hashes. */
const FILE = "data: ";

/** Settings that are not the same in all runs: flags, architecture, device, versions, data. */
function differentSettings(runs: readonly RunDocuments[]): DifferentSetting[] {
  const all = runs.map(settingsOf);
  const names = [...new Set(all.flatMap((settings) => Object.keys(settings)))];
  return names.map((name) => ({
    name,
    values: all.map((settings) => settings[name] ?? "–"),
    isHash: name.startsWith(FILE),
  })).filter(({ values }) => new Set(values).size > 1);
}

function settingsOf({ config, report }: RunDocuments): Record<string, string> {
  const plain = (value: unknown) => {
    if (typeof value === "string") return value;
    return Array.isArray(value) ? value.join(", ") : JSON.stringify(value) ?? "–";
  };
  const flat: Record<string, string> = { "device used": config.device };
  const add = (prefix: string, record: object) => {
    for (const [key, value] of Object.entries(record)) {
      if (value !== undefined && value !== null) flat[`${prefix}${key}`] = plain(value);
    }
  };
  add("", config.flags);
  for (const [group, values] of settingGroups(config)) add(`${group}: `, values);
  add("environment: ", report.environment);
  for (const { path, sha256 } of report.data_fingerprints) {
    flat[`${FILE}${path.slice(path.lastIndexOf("/") + 1)}`] = sha256;
  }
  // where a run was written says nothing of its numbers
  for (const key of ["out", "resume"]) delete flat[key];
  return flat;
}
