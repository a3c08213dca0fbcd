/** A data set as the files of its folder: the inverse of reading one. Pure: paths and bytes out, nothing is written here. */
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Dataset, Episodes, Pairs } from "./dataset.ts";
import { SPLITS } from "./dataset.ts";
import { datasetFiles, SYNTHETIC_FILE } from "./read_dataset.ts";

/** One file of the folder. */
export interface DatasetFile {
  /** Relative to the data folder. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The files of a data set, the mark of a synthetic one first. */
export function encodeDataset(dataset: Dataset, about: Readonly<Record<string, unknown>> = {}): DatasetFile[] {
  const names = datasetFiles(dataset.k, dataset.q),
    json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const note = dataset.synthetic === undefined ? [] : [{ key: "synthetic", value: JSON.stringify(dataset.synthetic) }];
  const files: DatasetFile[] = dataset.synthetic === undefined
    ? []
    : [{ path: SYNTHETIC_FILE, bytes: json({ ...dataset.synthetic, ...about }) }];
  files.push({ path: names.vocabulary, bytes: json(Object.fromEntries(dataset.courses.map((course, id) => [course, id]))) });
  for (const split of SPLITS) {
    const { pairs, episodes } = dataset.splits[split];
    files.push({ path: names.pairs[split], bytes: parquet(pairColumns(pairs), note) });
    files.push({ path: names.episodes[split], bytes: parquet(episodeColumns(pairs, episodes, dataset.k, dataset.q), note) });
  }
  return files;
}

type Column = { readonly name: string; readonly kind: "int64" | "text" | "list"; readonly data: readonly unknown[] };

const big = (values: ArrayLike<number>): bigint[] => Array.from(values, BigInt);

function pairColumns(pairs: Pairs): Column[] {
  const rows = Array.from({ length: pairs.count }, (_, row) => row), items = big(pairs.items);
  return [
    { name: "pair_id", kind: "int64", data: big(pairs.pairId) },
    { name: "user_id", kind: "text", data: rows.map((row) => pairs.users[pairs.user[row]]) },
    {
      name: "prefix",
      kind: "list",
      data: rows.map((row) => items.slice(pairs.prefixStart[row], pairs.prefixStart[row] + pairs.prefixLength[row])),
    },
    { name: "label", kind: "int64", data: big(pairs.label) },
    { name: "label_ts_epoch", kind: "int64", data: big(pairs.labelTime) },
    { name: "prefix_len", kind: "int64", data: big(pairs.prefixLength) },
  ];
}

function episodeColumns(pairs: Pairs, episodes: Episodes, k: number, q: number): Column[] {
  const all = Array.from({ length: episodes.count }, (_, e) => e);
  const ids = (offsets: Int32Array, rows: Int32Array) =>
    all.map((e) => big(rows.subarray(offsets[e], offsets[e + 1])).map((row) => BigInt(pairs.pairId[Number(row)])));
  const times = (offsets: Int32Array, rows: Int32Array, pick: (...times: number[]) => number) =>
    all.map((e) => BigInt(pick(...Array.from(rows.subarray(offsets[e], offsets[e + 1]), (row) => pairs.labelTime[row]))));
  return [
    { name: "episode_id", kind: "int64", data: big(episodes.episodeId) },
    { name: "user_id", kind: "text", data: all.map((e) => pairs.users[episodes.user[e]]) },
    { name: "K", kind: "int64", data: all.map(() => BigInt(k)) },
    { name: "Q", kind: "int64", data: all.map(() => BigInt(q)) },
    { name: "support_pair_ids", kind: "list", data: ids(episodes.supportOffsets, episodes.supportRows) },
    { name: "query_pair_ids", kind: "list", data: ids(episodes.queryOffsets, episodes.queryRows) },
    { name: "support_max_ts", kind: "int64", data: times(episodes.supportOffsets, episodes.supportRows, Math.max) },
    { name: "query_min_ts", kind: "int64", data: times(episodes.queryOffsets, episodes.queryRows, Math.min) },
  ];
}

function parquet(columns: readonly Column[], kvMetadata: { key: string; value: string }[]): Uint8Array<ArrayBuffer> {
  const schema: SchemaElement[] = [{ name: "root", num_children: columns.length }];
  for (const { name, kind } of columns) {
    if (kind === "int64") schema.push({ name, repetition_type: "REQUIRED", type: "INT64" });
    else if (kind === "text") schema.push({ name, repetition_type: "REQUIRED", type: "BYTE_ARRAY", converted_type: "UTF8" });
    else {
      schema.push({ name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" });
      schema.push({ name: "list", repetition_type: "REPEATED", num_children: 1 });
      schema.push({ name: "element", repetition_type: "OPTIONAL", type: "INT64" });
    }
  }
  const columnData = columns.map(({ name, data }) => ({ name, data: data as unknown[] }));
  // deno-lint-ignore no-explicit-any -- the writer's column types do not know nested lists
  return new Uint8Array(parquetWriteBuffer({ columnData: columnData as any, schema, kvMetadata }));
}
