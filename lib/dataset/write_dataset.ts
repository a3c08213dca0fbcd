/**
 * A data set as the files of its folder: the inverse of reading one. Pure: paths and bytes out,
 * nothing is written here.
 */
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Dataset, Episodes, Pairs } from "./dataset.ts";
import { SPLITS } from "./dataset.ts";
import { datasetFiles, SYNTHETIC_FILE } from "./read_dataset.ts";

/** One file of the folder. */
export interface DatasetFile {
  /** Relative to the data folder. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The files of a data set, the mark of a synthetic one first; each is made when it is asked for, so
 * that one at a time is in memory.
 */
export function* encodeDataset(dataset: Dataset): Generator<DatasetFile> {
  const names = datasetFiles(dataset.k, dataset.q);
  const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const note = dataset.synthetic === undefined
    ? []
    : [{ key: "synthetic", value: JSON.stringify(dataset.synthetic) }];
  if (dataset.synthetic !== undefined) {
    yield { path: SYNTHETIC_FILE, bytes: json(dataset.synthetic) };
  }
  yield {
    path: names.vocabulary,
    bytes: json(Object.fromEntries(dataset.courses.map((course, id) => [course, id]))),
  };
  for (const split of SPLITS) {
    const { pairs, episodes } = dataset.splits[split];
    yield { path: names.pairs[split], bytes: parquet(pairColumns(pairs), pairs.count, note) };
    yield {
      path: names.episodes[split],
      bytes: parquet(episodeColumns(pairs, episodes, dataset.k, dataset.q), episodes.count, note),
    };
  }
}

/** A column by its rows. */
interface Column {
  readonly name: string;
  readonly kind: "int64" | "text" | "list";
  readonly value: (row: number) => unknown;
}

/** Rows of a row group: the values of so many are in memory at once. */
const GROUP = 50_000;

function pairColumns(pairs: Pairs): Column[] {
  const { pairId, users, user, items, prefixStart, prefixLength, label, labelTime } = pairs;
  return [
    { name: "pair_id", kind: "int64", value: (row) => BigInt(pairId[row]) },
    { name: "user_id", kind: "text", value: (row) => users[user[row]] },
    {
      name: "prefix",
      kind: "list",
      value: (row) =>
        Array.from(items.subarray(prefixStart[row], prefixStart[row] + prefixLength[row]), BigInt),
    },
    { name: "label", kind: "int64", value: (row) => BigInt(label[row]) },
    { name: "label_ts_epoch", kind: "int64", value: (row) => BigInt(labelTime[row]) },
    { name: "prefix_len", kind: "int64", value: (row) => BigInt(prefixLength[row]) },
  ];
}

function episodeColumns(pairs: Pairs, episodes: Episodes, k: number, q: number): Column[] {
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

function parquet(
  columns: readonly Column[],
  rows: number,
  kvMetadata: { key: string; value: string }[],
): Uint8Array<ArrayBuffer> {
  const schema: SchemaElement[] = [{ name: "root", num_children: columns.length }];
  for (const { name, kind } of columns) {
    if (kind === "int64") schema.push({ name, repetition_type: "REQUIRED", type: "INT64" });
    else if (kind === "text") {
      schema.push({
        name,
        repetition_type: "REQUIRED",
        type: "BYTE_ARRAY",
        converted_type: "UTF8",
      });
    } else {
      schema.push({ name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" });
      schema.push({ name: "list", repetition_type: "REPEATED", num_children: 1 });
      schema.push({ name: "element", repetition_type: "OPTIONAL", type: "INT64" });
    }
  }
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema, kvMetadata });
  for (let from = 0; from === 0 || from < rows; from += GROUP) {
    const length = Math.min(GROUP, rows - from);
    // deno-lint-ignore no-explicit-any -- the writer's column types do not know nested lists
    const columnData: any[] = columns.map(({ name, value }) => ({
      name,
      data: Array.from({ length }, (_, i) => value(from + i)),
    }));
    file.write({ columnData, rowGroupSize: GROUP });
  }
  file.finish();
  return new Uint8Array(writer.getBuffer());
}
