/**
 * A data set's card: what a reader should know of it before any number made from it: its name, how
 * large its splits are and from when, and by which rule they were split.
 */
import { host } from "../files/host.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeJson, isRecord } from "../files/json.ts";
import { type Dataset, LABEL_TIMES, type Split, type SplitName, SPLITS } from "./dataset.ts";

/** One split in numbers. `first` and `last` label are days in UTC where label times are dates. */
export interface SplitCard {
  readonly users: number;
  readonly pairs: number;
  readonly episodes: number;
  readonly first?: string;
  readonly last?: string;
}

/** The card. */
export interface DataCard {
  /** The folder's name. */
  readonly name: string;
  readonly folder: string;
  readonly courses: number;
  /** In words; what the data themselves show where nothing says it. */
  readonly split_rule: string;
  /** What label times are where they are no dates. */
  readonly label_times?: string;
  readonly splits: Readonly<Record<SplitName, SplitCard>>;
}

/** The report that `prepare` leaves in a data folder. */
export const PREPARED_FILE = "prepare.json";

/** The card of a data set that was read. */
export async function dataCard(dataset: Dataset): Promise<DataCard> {
  const { path, courses, ordered } = dataset;
  const folder = await host.realPath(path).catch(() => path);
  const splits = SPLITS.map((split) => [split, splitCard(dataset.splits[split], ordered)]);
  return {
    name: folder.slice(folder.lastIndexOf("/") + 1),
    folder: path,
    courses: courses.length,
    split_rule: await preparedRule(path) ?? ruleOf(dataset),
    ...(ordered ? { label_times: LABEL_TIMES.places } : {}),
    splits: Object.fromEntries(splits) as Record<SplitName, SplitCard>,
  };
}

function splitCard({ pairs, episodes }: Split, ordered = false): SplitCard {
  const [first, last] = span(pairs.labelTime);
  return {
    users: pairs.users.length,
    pairs: pairs.count,
    episodes: episodes.count,
    ...(ordered ? {} : { first: dayOf(first), last: dayOf(last) }),
  };
}

/** The least and the greatest of some times; not finite where there is none. */
function span(times: Float64Array): readonly [number, number] {
  let first = Infinity;
  let last = -Infinity;
  for (const time of times) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}

/** The day of a time in epoch seconds, in UTC; undefined beyond what a calendar has. */
function dayOf(seconds: number): string | undefined {
  const date = new Date(1000 * seconds);
  return Number.isFinite(date.getTime()) ? date.toISOString().split("T")[0] : undefined;
}

/** The rule that `prepare` followed, in its words; undefined where it did not make the folder. */
async function preparedRule(folder: string): Promise<string | undefined> {
  const path = `${folder}/${PREPARED_FILE}`;
  if (!await host.lstat(path).then(() => true, () => false)) return undefined;
  try {
    const report = decodeJson(await readBytes(path, { doing: `reading ${path}` }));
    const policy = isRecord(report) && isRecord(report.split_policy) ? report.split_policy : {};
    const { by, meaning } = policy;
    return typeof by === "string" && typeof meaning === "string"
      ? `by ${by}: ${meaning}`
      : undefined;
  } catch {
    return undefined; // what the folder's own files show is said instead
  }
}

/** What is known without a word from whoever split the data. */
function ruleOf({ synthetic, splits, ordered }: Dataset): string {
  if (synthetic !== undefined) {
    return "by user: synthetic learners dealt at random by shares; splits share no user but " +
      "overlap in time";
  }
  const seen = "not told by the folder; seen in it: no user is in two splits";
  const [trainEnd, testBegin] = [
    span(splits.train.pairs.labelTime)[1],
    span(splits.test.pairs.labelTime)[0],
  ];
  if (ordered || !Number.isFinite(testBegin)) return seen;
  return testBegin > trainEnd
    ? `${seen}, and test begins after train has ended`
    : `${seen}, and train and test overlap in time`;
}
