/** Readers of data folders under fuzz. */
import type { Pairs } from "../../lib/dataset/dataset.ts";
import { parseMark } from "../../lib/dataset/mark.ts";
import { parseEpisodes } from "../../lib/dataset/read_episodes.ts";
import { parsePairs } from "../../lib/dataset/read_pairs.ts";
import { processOf } from "../../lib/dataset/synthetic/presets.ts";
import { parseVocabulary } from "../../lib/dataset/vocabulary.ts";
import { type Columns, pairColumns, type TinyPair } from "../dataset/tiny.ts";
import { mutateColumns, mutateParquet } from "./mutate_parquet.ts";
import type { Choices } from "./random.ts";
import { binarySubject, jsonSubject, type Subject } from "./subject.ts";

const PARQUET = new URL("../fixtures/parquet/", import.meta.url);
const N_ITEMS = 7;
const FIXTURE_ITEMS = 17;

/** All of them. */
export function dataSubjects(): Subject[] {
  const files = [...Deno.readDirSync(PARQUET)].map(({ name }) => name).filter((name) =>
    name.endsWith(".parquet")
  ).sort();
  const fixture = (prefix: string) =>
    files.filter((name) => name.startsWith(prefix)).map((name) =>
      Deno.readFileSync(new URL(name, PARQUET))
    );
  const pairFiles = fixture("pairs_");
  const episodeFiles = fixture("episodes_");
  const pairs = parsePairs(pairFiles[0], "valid", FIXTURE_ITEMS);
  const rows: TinyPair[] = Array.from(
    { length: 6 },
    (_, i) => ({ user: "u", prefix: [i, 1, 2].slice(0, 1 + i % 3), label: i, time: i }),
  );
  const tinyPairs = pairColumns(rows);
  const tinyEpisodes: Columns = {
    episode_id: [0, 1],
    user_id: ["u", "u"],
    support_pair_ids: [[0], [1]],
    query_pair_ids: [[1, 2], [2, 3, 4]],
  };
  const inMemory = parsePairs(
    mutateColumns({ ...tinyPairs, spare: tinyPairs.label }, dropSpare),
    "valid",
    N_ITEMS,
  );
  return [
    binarySubject(
      "pairs.parquet",
      25,
      pairFiles,
      mutateParquet,
      (bytes, path) => checkPairs(parsePairs(bytes, path, FIXTURE_ITEMS), FIXTURE_ITEMS),
    ),
    binarySubject(
      "episodes.parquet",
      15,
      episodeFiles,
      mutateParquet,
      (bytes, path) => parseEpisodes(bytes, path, pairs),
    ),
    {
      name: "pairs' columns",
      weight: 6,
      damage: (random) => mutateColumns(tinyPairs, random),
      read: (bytes, path) => checkPairs(parsePairs(bytes, path, N_ITEMS), N_ITEMS),
      valid: () => {},
    },
    {
      name: "episodes' columns",
      weight: 6,
      damage: (random) => mutateColumns(tinyEpisodes, random),
      read: (bytes, path) => parseEpisodes(bytes, path, inMemory),
      valid: () => {},
    },
    jsonSubject(
      "vocabulary",
      8,
      [{ a: 0, b: 1, c: 2, "../../x": 3 }],
      (bytes, path) => parseVocabulary(bytes, path),
    ),
    jsonSubject(
      "synthetic.json",
      2,
      [{
        synthetic: true,
        preset: "demo",
        seed: 1,
        process_version: "learners-1",
        changes: { users: 300, topics: 9 },
      }],
      (bytes, path) => {
        const { preset, changes } = parseMark(bytes, path);
        processOf(preset, changes ?? {}, `taking the platform of ${path}`);
      },
    ),
  ];
}

function checkPairs(
  { count, label, user, users, prefixStart, prefixLength, items, labelTime, pairId }: Pairs,
  nItems: number,
): void {
  const sound =
    [label, user, prefixStart, prefixLength, labelTime, pairId].every((column) =>
      column.length === count
    ) &&
    label.every((id) => id >= 0 && id < nItems) && items.every((id) => id >= 0 && id < nItems) &&
    user.every((index) => index < users.length) &&
    prefixLength.every((length, i) => length > 0 && prefixStart[i] + length <= items.length) &&
    new Set(pairId).size === count;
  if (!sound) throw new Error("pairs that are not sound were accepted");
}

/** The choices that make `mutateColumns` drop the last column and nothing else. */
const dropSpare: Choices = {
  int: () => 0,
  pick: (list) => list[list.length - 1],
  chance: () => false,
};
