/** Reads and checks a whole data folder; nothing else of a run begins before this has passed. */
import { InputError, show } from "../errors/input_error.ts";
import { type Dataset, type Split, type SplitName, SPLITS } from "./dataset.ts";
import type { Fingerprint } from "../files/fingerprint.ts";
import { host } from "../files/host.ts";
import { readInput } from "../files/input_file.ts";
import { checkReadable } from "../files/permitted.ts";
import { cutShort } from "../files/scratch.ts";
import { agreedMark, type FoundMark, noteIn, parseMark, SYNTHETIC_FILE } from "./mark.ts";
import { parseEpisodes } from "./read_episodes.ts";
import { parsePairs } from "./read_pairs.ts";
import { parseVocabulary } from "./vocabulary.ts";

/** A data set and the fingerprints of the files it came from. */
export interface ReadResult {
  readonly dataset: Dataset;
  readonly inputs: readonly Fingerprint[];
}

/** The files of a data folder, relative to it. */
export function datasetFiles(
  k: number,
  q: number,
): { vocabulary: string; pairs: Record<SplitName, string>; episodes: Record<SplitName, string> } {
  const bySplit = (name: (split: SplitName) => string) =>
    Object.fromEntries(SPLITS.map((split) => [split, name(split)])) as Record<SplitName, string>;
  return {
    vocabulary: "vocab/course2id.json",
    pairs: bySplit((split) => `pairs/pairs_${split}.parquet`),
    episodes: bySplit((split) => `episodes/episodes_${split}_K${k}_Q${q}.parquet`),
  };
}

/**
 * Reads the folder `path` with its episodes of `k` support and `q` query pairs.
 * @throws InputError for whatever is missing, damaged or breaks a rule, naming file, column, row
 * and value.
 */
export async function readDataset(path: string, k = 5, q = 10): Promise<ReadResult> {
  const names = datasetFiles(k, q);
  const folder = path.replace(/\/+$/, "");
  const inputs: Fingerprint[] = [];
  const read = async (name: string) => {
    const { bytes, fingerprint } = await readFile(`${folder}/${name}`);
    inputs.push(fingerprint);
    return bytes;
  };
  await checkThere(folder);
  await checkShape(folder, k, q);
  const courses = parseVocabulary(await read(names.vocabulary), `${folder}/${names.vocabulary}`);
  const splits: Partial<Record<SplitName, Split>> = {};
  const notes: FoundMark[] = [];
  for (const split of SPLITS) {
    const pairsPath = `${folder}/${names.pairs[split]}`;
    const pairsBytes = await read(names.pairs[split]);
    const pairs = parsePairs(pairsBytes, pairsPath, courses.length);
    const episodesPath = `${folder}/${names.episodes[split]}`;
    const episodesBytes = await read(names.episodes[split]);
    const episodes = parseEpisodes(episodesBytes, episodesPath, pairs);
    splits[split] = { pairs, episodes };
    notes.push(...noteIn(pairsBytes, pairsPath), ...noteIn(episodesBytes, episodesPath));
  }
  checkSplits(splits as Record<SplitName, Split>, folder, names);
  const marks = await isThere(`${folder}/${SYNTHETIC_FILE}`)
    ? [{
      path: `${folder}/${SYNTHETIC_FILE}`,
      mark: parseMark(await read(SYNTHETIC_FILE), `${folder}/${SYNTHETIC_FILE}`),
    }]
    : [];
  const synthetic = agreedMark([...marks, ...notes]);
  const whole = splits as Record<SplitName, Split>;
  const ordered = SPLITS.some((split) => whole[split].pairs.ordered) ? { ordered: true } : {};
  const marked = marks.length + notes.length;
  const partly = marked > 0 && notes.length < 2 * SPLITS.length ? { partlyMarked: true } : {};
  const told = { synthetic, ...partly, ...ordered };
  return { dataset: { path: folder, k, q, courses, splits: whole, ...told }, inputs };
}

/** A file of the folder. @throws InputError for what Spark and Dask write in place of one. */
async function readFile(path: string): ReturnType<typeof readInput> {
  const isFolder = await host.stat(path).then((info) => info.isDirectory, () => false);
  if (!isFolder) return await readInput(path, NAME_THE_FOLDER);
  throw new InputError({
    doing: `reading ${path}`,
    found: "it is a folder, as Spark and Dask write tables",
    wanted: "one Parquet file",
    next: "writing it as one: df.coalesce(1) in Spark, COPY (FROM 'folder/*.parquet') in DuckDB",
  });
}

const NAME_THE_FOLDER =
  "name the data folder with --data; docs/data.md says what it holds and how to make it " +
  "(deno task prepare)";

/** @throws InputError when the folder is just not there because its replacement was cut short. */
async function checkThere(folder: string): Promise<void> {
  const scratch = await isThere(folder) ? undefined : await cutShort(folder);
  if (scratch === undefined) return;
  throw new InputError({
    doing: `reading ${folder}`,
    found: `its replacement was cut short; the old and the new one lie whole in ${scratch}`,
    wanted: "a data folder",
    next: "the next deno task prepare or synthesize beside it puts the new one in its place",
  });
}

async function isThere(path: string): Promise<boolean> {
  return await host.lstat(path).then(() => true, () => false);
}

/**
 * Checks that the folder has episodes of `k` and `q`, where it has any. @throws InputError that
 * names the shapes it has.
 */
async function checkShape(folder: string, k: number, q: number): Promise<void> {
  const missing = Object.values(datasetFiles(k, q).episodes);
  const isMissing = await Promise.all(missing.map((name) => isThere(`${folder}/${name}`)));
  if (!isMissing.includes(false)) return;
  const shapes = await shapesIn(folder);
  if (shapes.length === 0) return; // then reading says that a file is missing
  const file = missing[isMissing.indexOf(false)];
  throw new InputError({
    doing: `reading ${folder}/${file}`,
    found: `there is no such file; the folder has episodes of ${
      shapes.map(([K, Q]) => `K=${K}, Q=${Q}`).join("; ")
    }`,
    wanted: `episodes of K=${k}, Q=${q}`,
    next: `name a shape that is there, such as --k ${shapes[0][0]} --q ${shapes[0][1]}, or make ` +
      "this one with deno task prepare",
  });
}

/** K and Q of the episodes that a folder has for every split, in ascending order. */
async function shapesIn(folder: string): Promise<(readonly [k: number, q: number])[]> {
  const doing = `looking for episodes in ${folder}`;
  await checkReadable(`${folder}/episodes`, { doing });
  const found = new Map<string, number>();
  try {
    for await (const { name } of host.readDir(`${folder}/episodes`)) {
      const shape = /^episodes_(?:train|val|test)_(K\d{1,4}_Q\d{1,4})\.parquet$/.exec(name)?.[1];
      if (shape !== undefined) found.set(shape, (found.get(shape) ?? 0) + 1);
    }
  } catch { /* reading the files says what is wrong */ }
  return [...found].filter(([, count]) => count === SPLITS.length)
    .map(([shape]) => shape.slice(1).split("_Q").map(Number) as [number, number])
    .sort(([k, q], [otherK, otherQ]) => k - otherK || q - otherQ);
}

function checkSplits(
  splits: Record<SplitName, Split>,
  folder: string,
  names: ReturnType<typeof datasetFiles>,
): void {
  const home = new Map<string, SplitName>();
  for (const split of SPLITS) {
    for (const user of splits[split].pairs.users) {
      const other = home.get(user);
      if (other !== undefined) {
        throw new InputError({
          doing: `checking column user_id of ${folder}/${names.pairs[split]}`,
          found: `the user ${show(user)} is also in ${names.pairs[other]}`,
          wanted: "every user in one split only",
        });
      }
      home.set(user, split);
    }
  }
  for (
    const [split, count, what] of [["train", splits.train.pairs.count, "pairs"], [
      "test",
      splits.test.episodes.count,
      "episodes",
    ]] as const
  ) {
    if (count === 0) {
      throw new InputError({
        doing: `reading ${folder}/${what === "pairs" ? names.pairs[split] : names.episodes[split]}`,
        found: `it holds no ${what}`,
        wanted: "at least one",
        next: what === "pairs" ? undefined : "a smaller --k or --q, here and in deno task " +
          "prepare: an episode takes K + Q pairs of one user",
      });
    }
  }
}
