/** Reads and checks a whole data folder; nothing else of a run begins before this has passed. */
import { InputError, show } from "../errors/input_error.ts";
import { type Dataset, type Split, type SplitName, SPLITS, type SyntheticMark } from "./dataset.ts";
import type { Fingerprint } from "../files/fingerprint.ts";
import { readInput } from "../files/input_file.ts";
import { isRecord, parseJson } from "../files/json.ts";
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

/** The mark of a synthetic data set, beside its folders. */
export const SYNTHETIC_FILE = "synthetic.json";

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
    const { bytes, fingerprint } = await readInput(`${folder}/${name}`);
    inputs.push(fingerprint);
    return bytes;
  };
  const courses = parseVocabulary(await read(names.vocabulary), `${folder}/${names.vocabulary}`);
  const splits: Partial<Record<SplitName, Split>> = {};
  for (const split of SPLITS) {
    const pairs = parsePairs(
      await read(names.pairs[split]),
      `${folder}/${names.pairs[split]}`,
      courses.length,
    );
    const episodes = parseEpisodes(
      await read(names.episodes[split]),
      `${folder}/${names.episodes[split]}`,
      pairs,
    );
    splits[split] = { pairs, episodes };
  }
  checkSplits(splits as Record<SplitName, Split>, folder, names);
  const synthetic = await readMark(folder, read);
  return {
    dataset: { path: folder, k, q, courses, splits: splits as Record<SplitName, Split>, synthetic },
    inputs,
  };
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
      });
    }
  }
}

async function readMark(
  folder: string,
  read: (name: string) => Promise<Uint8Array>,
): Promise<SyntheticMark | undefined> {
  try {
    await Deno.stat(`${folder}/${SYNTHETIC_FILE}`);
  } catch {
    return undefined;
  }
  return parseMark(await read(SYNTHETIC_FILE), `${folder}/${SYNTHETIC_FILE}`);
}

/**
 * Parses the mark of a synthetic data set; `path` is for messages. @throws InputError when it is
 * none.
 */
export function parseMark(bytes: Uint8Array, path: string): SyntheticMark {
  const doing = `reading ${path}`;
  const wanted =
    "the mark that deno task synthesize writes: synthetic, preset, seed, process_version";
  const mark = parseJson(bytes, { doing, wanted });
  const { synthetic, preset, seed, process_version, changes } = isRecord(mark) ? mark : {};
  if (
    synthetic !== true || typeof preset !== "string" || typeof seed !== "number" ||
    typeof process_version !== "string" ||
    !isChanges(changes)
  ) {
    throw new InputError({ doing, found: `it holds ${show(mark)}`, wanted });
  }
  return { synthetic, preset, seed, process_version, changes };
}

function isChanges(changes: unknown): changes is SyntheticMark["changes"] {
  if (changes === undefined) return true;
  return typeof changes === "object" && changes !== null &&
    Object.values(changes).every((value) => Number.isFinite(value));
}
