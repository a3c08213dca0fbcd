/**
 * A data set as the files of its folder: the inverse of reading one. Pure: paths and bytes out,
 * nothing is written here.
 */
import { jsonText } from "../files/json.ts";
import type { FolderFile } from "../files/write_folder.ts";
import { type Dataset, type Episodes, type Pairs, prefixOf, SPLITS } from "./dataset.ts";
import { encodeParquet, type WrittenColumn } from "./parquet/write.ts";
import { SYNTHETIC_FILE, SYNTHETIC_NOTE } from "./mark.ts";
import { datasetFiles } from "./read_dataset.ts";

/**
 * The files of a data set, the mark of a synthetic one first; each is made when it is asked for, so
 * that one at a time is in memory.
 */
export function* encodeDataset(dataset: Dataset): Generator<FolderFile> {
  const { synthetic } = dataset;
  const names = datasetFiles(dataset.k, dataset.q);
  const json = (value: unknown) => new TextEncoder().encode(jsonText(value));
  const notes = synthetic === undefined ? undefined : {
    [SYNTHETIC_NOTE]: JSON.stringify(synthetic),
  };
  if (synthetic !== undefined) yield { path: SYNTHETIC_FILE, bytes: json(synthetic) };
  yield {
    path: names.vocabulary,
    bytes: json(Object.fromEntries(dataset.courses.map((course, id) => [course, id]))),
  };
  for (const split of SPLITS) {
    const { pairs, episodes } = dataset.splits[split];
    yield {
      path: names.pairs[split],
      bytes: encodeParquet(pairColumns(pairs), pairs.count, notes),
    };
    const columns = episodeColumns(pairs, episodes, dataset.k, dataset.q);
    yield { path: names.episodes[split], bytes: encodeParquet(columns, episodes.count, notes) };
  }
}

function pairColumns(pairs: Pairs): WrittenColumn[] {
  const { pairId, users, user, prefixLength, label, labelTime } = pairs;
  return [
    { name: "pair_id", kind: "int64", value: (row) => BigInt(pairId[row]) },
    { name: "user_id", kind: "text", value: (row) => users[user[row]] },
    { name: "prefix", kind: "list", value: (row) => Array.from(prefixOf(pairs, row), BigInt) },
    { name: "label", kind: "int64", value: (row) => BigInt(label[row]) },
    { name: "label_ts_epoch", kind: "int64", value: (row) => BigInt(labelTime[row]) },
    { name: "prefix_len", kind: "int64", value: (row) => BigInt(prefixLength[row]) },
  ];
}

function episodeColumns(pairs: Pairs, episodes: Episodes, k: number, q: number): WrittenColumn[] {
  const { episodeId, user, supportOffsets, supportRows, queryOffsets, queryRows } = episodes;
  const { pairId, labelTime } = pairs;
  const support = (e: number) => supportRows.subarray(supportOffsets[e], supportOffsets[e + 1]);
  const query = (e: number) => queryRows.subarray(queryOffsets[e], queryOffsets[e + 1]);
  const times = (rows: Int32Array) => Array.from(rows, (row) => labelTime[row]);
  return [
    { name: "episode_id", kind: "int64", value: (e) => BigInt(episodeId[e]) },
    { name: "user_id", kind: "text", value: (e) => pairs.users[user[e]] },
    { name: "K", kind: "int64", value: () => BigInt(k) },
    { name: "Q", kind: "int64", value: () => BigInt(q) },
    {
      name: "support_pair_ids",
      kind: "list",
      value: (e) => Array.from(support(e), (row) => BigInt(pairId[row])),
    },
    {
      name: "query_pair_ids",
      kind: "list",
      value: (e) => Array.from(query(e), (row) => BigInt(pairId[row])),
    },
    { name: "support_max_ts", kind: "int64", value: (e) => BigInt(Math.max(...times(support(e)))) },
    { name: "query_min_ts", kind: "int64", value: (e) => BigInt(Math.min(...times(query(e)))) },
  ];
}
