/**
 * What runs have shown: one training of one model, asked one data set's test episodes. Trainings of
 * the same model with the same settings on the same data differ in their seed alone, and are
 * seeds of one contestant.
 */
import { InputError } from "../../errors/input_error.ts";

/** A data set with its episodes, which every run on it was asked. */
export interface DataSet {
  /** The folder's name. */
  readonly name: string;
  /** Hash of its files: names alone do not tell data sets apart. */
  readonly fingerprint: string;
  readonly k: number;
  readonly q: number;
  readonly courses: number;
  readonly episodes: number;
  readonly synthetic: boolean;
  /** [queries] whose each query is. */
  readonly users: readonly number[];
  /** [queries] the right courses, by which two runs' queries are seen to be the same. */
  readonly labels: readonly number[];
}

/** One training and its ranks. */
export interface Evidence {
  readonly data: DataSet;
  readonly model: string;
  /** `neural`, `rules` and so on; `few-shot` of adapted models. */
  readonly family: string;
  /** Everything that decides the numbers but the seed. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seed: string;
  readonly run: string;
  readonly createdAt: string;
  /** [queries] 1-based. */
  readonly ranks: readonly number[];
  readonly fitSeconds?: number;
  readonly querySeconds?: number;
  readonly epochs?: number;
}

/** A model with its settings on one data set. */
export interface Contestant {
  /** The model's name, with the settings that tell it from its namesakes. */
  readonly label: string;
  readonly model: string;
  readonly family: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** One training a seed, in the order of the seeds. */
  readonly trainings: readonly Evidence[];
}

/** Everything that was shown on one data set. */
export interface Shown {
  readonly data: DataSet;
  readonly contestants: readonly Contestant[];
  /** What a reader should know of how they were put together. */
  readonly notes: readonly string[];
}

/**
 * The evidence by data set, and in each by contestant. Data sets are told apart by their
 * fingerprint, K and Q, never by their name. Of trainings with the same seed the newest counts:
 * they are no independent ones.
 * @throws InputError when runs on the same files were asked other queries.
 */
export function groupEvidence(evidence: readonly Evidence[]): Shown[] {
  const bySet = groupBy(evidence, ({ data: { fingerprint, k, q } }) => `${fingerprint} ${k} ${q}`);
  const names = groupBy(bySet, ([{ data }]) => data.name);
  return bySet.map((all) => {
    const [{ data }] = all;
    checkSame(all);
    const namesakes = names.find(([[first]]) => first.data.name === data.name)!;
    return {
      data,
      contestants: contestantsOf(all),
      notes: notesOf(all, namesakes.map(([first]) => first.data)),
    };
  }).sort((a, b) => compareTexts(titleOf(a.data), titleOf(b.data)));
}

/** A data set's name with what is needed to tell it from others: K, Q, and where asked its hash. */
export function titleOf({ name, k, q }: DataSet): string {
  return `${name} (K=${k}, Q=${q})`;
}

function checkSame(all: readonly Evidence[]): void {
  const [first] = all;
  const other = all.find(({ data: { labels, users } }) =>
    labels.length !== first.data.labels.length || users.length !== first.data.users.length ||
    labels.some((label, query) => label !== first.data.labels[query])
  );
  if (other === undefined) return;
  throw new InputError({
    doing: `putting the runs ${first.run} and ${other.run} together`,
    found:
      `their data files are the same, their queries are not (${first.data.labels.length} and ` +
      `${other.data.labels.length})`,
    wanted: "runs that were asked the same",
    next: "make one of them again with this version",
  });
}

function contestantsOf(all: readonly Evidence[]): Contestant[] {
  const groups = groupBy(
    all,
    ({ model, settings }) => `${model} ${JSON.stringify(sorted(settings))}`,
  );
  return groups.map((group): Contestant => {
    const [{ model, family, settings }] = group;
    const namesakes = groups.map(([one]) => one).filter((one) => one.model === model);
    return {
      label: labelOf(settings, model, namesakes.map((one) => one.settings)),
      model,
      family,
      settings,
      trainings: newestOfEach(group),
    };
  });
}

/** One training a seed: the newest, in the order of the seeds. */
function newestOfEach(group: readonly Evidence[]): Evidence[] {
  return groupBy(group, ({ seed }) => seed)
    .map((same) => same.toSorted(newestFirst)[0])
    .sort((a, b) => a.seed.localeCompare(b.seed, "en", { numeric: true }));
}

/** Of two runs that began in the same second the tag's number tells. */
function newestFirst(a: Evidence, b: Evidence): number {
  return compareTexts(b.createdAt, a.createdAt) ||
    b.run.localeCompare(a.run, "en", { numeric: true });
}

function notesOf(all: readonly Evidence[], namesakes: readonly DataSet[]): string[] {
  const groups = groupBy(
    all,
    ({ model, settings, seed }) => `${model} ${seed} ${JSON.stringify(sorted(settings))}`,
  );
  const repeated = groups.filter((group) => group.length > 1);
  const left = repeated.reduce((sum, group) => sum + group.length - 1, 0);
  const [{ data }] = all;
  const others = namesakes.filter((other) => other !== data);
  const notes: string[] = [];
  if (left > 0) {
    notes.push(
      `Of trainings with the same seed and settings the newest counts: ${left} left out.`,
    );
  }
  if (others.length > 0) {
    const how = others.map((other) => differsBy(data, other)).join("; ");
    notes.push(`Not mixed with other data of the same name: ${how}.`);
  }
  return notes;
}

function differsBy(data: DataSet, other: DataSet): string {
  const { k, q, fingerprint } = other;
  return data.k === k && data.q === q
    ? `its files differ (${fingerprint.slice(0, 8)}, here ${data.fingerprint.slice(0, 8)})`
    : `K=${k}, Q=${q} there, K=${data.k}, Q=${data.q} here`;
}

/** The model's name, and the settings in which it differs from others of that name. */
function labelOf(
  settings: Readonly<Record<string, unknown>>,
  model: string,
  all: readonly Readonly<Record<string, unknown>>[],
): string {
  const keys = [...new Set(all.flatMap(Object.keys))].filter((key) =>
    new Set(all.map((each) => JSON.stringify(each[key]))).size > 1
  );
  if (keys.length === 0) return model;
  const told = keys.map((key) => `${key}=${plain(settings[key])}`);
  return `${model} (${told.join(", ")})`;
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "–";
}

/** The settings with their keys in order, so that the same ones make the same text. */
function sorted(settings: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(settings).filter(([, value]) => value !== undefined && value !== null)
    .sort(([a], [b]) => compareTexts(a, b));
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  return [...Map.groupBy(all, keyOf).values()];
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
