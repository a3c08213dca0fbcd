/** Tiny data sets for tests: as records, as Parquet bytes, and as whole folders. */
import type { SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Pairs } from "../../lib/dataset/dataset.ts";
import { foldPrefixes, sortedUsers } from "../../lib/dataset/read_pairs.ts";

/** One pair, readable. */
export interface TinyPair {
  user: string;
  prefix: number[];
  label: number;
  time: number;
}

/** Pairs in memory, ids from 0. */
export function pairsOf(rows: readonly TinyPair[]): Pairs {
  const distinct = [...new Set(rows.map(({ user }) => user))];
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach(({ prefix }, i) => offsets[i + 1] = offsets[i] + prefix.length);
  const { users, user } = sortedUsers({
    distinct,
    codes: Int32Array.from(rows, (row) => distinct.indexOf(row.user)),
  });
  return {
    count: rows.length,
    pairId: Float64Array.from(rows, (_, i) => i),
    users,
    user,
    label: Int32Array.from(rows, ({ label }) => label),
    labelTime: Float64Array.from(rows, ({ time }) => time),
    ...foldPrefixes(
      { offsets, values: Int32Array.from(rows.flatMap(({ prefix }) => prefix)) },
      user,
    ),
  };
}

/** A session, readable. */
export interface TinySession {
  items: readonly number[];
  times: readonly number[];
  /** Whose it is; default: a learner of its own. */
  user?: string;
}

/** The pairs of whole sessions, one after the other. */
export function pairRows(sessions: readonly TinySession[]): TinyPair[] {
  return sessions.flatMap(({ items, times, user }, s) =>
    items.slice(1).map((label, i) => ({
      user: user ?? String(s).padStart(6, "0"),
      prefix: items.slice(0, i + 1),
      label,
      time: times[i + 1],
    }))
  );
}

/** Columns of a Parquet file: numbers become int64, texts strings, arrays lists of int64. */
export type Columns = Record<string, readonly (number | string | readonly number[] | null)[]>;

/** A Parquet file of the columns. */
export function parquet(columns: Columns): Uint8Array<ArrayBuffer> {
  const schema: SchemaElement[] = [{ name: "root", num_children: Object.keys(columns).length }];
  const columnData = Object.entries(columns).map(([name, data]) => {
    const first = data.find((value) => value !== null);
    const big = (value: unknown) => value === null ? null : BigInt(value as number);
    if (Array.isArray(first)) {
      schema.push({ name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" });
      schema.push({ name: "list", repetition_type: "REPEATED", num_children: 1 });
      schema.push({ name: "element", repetition_type: "OPTIONAL", type: "INT64" });
      return { name, data: data.map((list) => list === null ? null : (list as number[]).map(big)) };
    }
    if (typeof first === "string") {
      schema.push({
        name,
        repetition_type: "OPTIONAL",
        type: "BYTE_ARRAY",
        converted_type: "UTF8",
      });
      return { name, data: [...data] };
    }
    schema.push({ name, repetition_type: "OPTIONAL", type: "INT64" });
    return { name, data: data.map(big) };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData, schema }));
}

/** The columns of a pairs file. */
export function pairColumns(rows: readonly TinyPair[], firstId = 0): Columns {
  return {
    pair_id: rows.map((_, i) => firstId + i),
    user_id: rows.map(({ user }) => user),
    prefix: rows.map(({ prefix }) => prefix),
    label: rows.map(({ label }) => label),
    label_ts_epoch: rows.map(({ time }) => time),
  };
}

/**
 * Files of a small valid data folder by relative path: 7 courses, repeating patterns that a model
 * can learn, K=1, Q=2.
 */
export function tinyFolder(
  usersPerSplit = 12,
  length = 6,
): Record<string, Uint8Array<ArrayBuffer>> {
  const nItems = 7;
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  files["vocab/course2id.json"] = new TextEncoder().encode(
    JSON.stringify(
      Object.fromEntries(Array.from({ length: nItems }, (_, i) => [`course ${i}`, i])),
    ),
  );
  let id = 0;
  for (const split of ["train", "val", "test"]) {
    const rows: TinyPair[] = [];
    const episodes: { user: string; ids: number[] }[] = [];
    for (let u = 0; u < usersPerSplit; u++) {
      const user = `${split} user ${u}`;
      const items = Array.from({ length: length + u % 3 }, (_, t) => (u + 2 * t) % nItems);
      const first = id + rows.length;
      for (let t = 1; t < items.length; t++) {
        rows.push({ user, prefix: items.slice(0, t), label: items[t], time: 1000 * u + t });
      }
      episodes.push({
        user,
        ids: Array.from({ length: 3 }, (_, i) => first + items.length - 4 + i),
      });
    }
    files[`pairs/pairs_${split}.parquet`] = parquet(pairColumns(rows, id));
    files[`episodes/episodes_${split}_K1_Q2.parquet`] = parquet({
      episode_id: episodes.map((_, i) => i),
      user_id: episodes.map(({ user }) => user),
      support_pair_ids: episodes.map(({ ids }) => ids.slice(0, 1)),
      query_pair_ids: episodes.map(({ ids }) => ids.slice(1)),
    });
    id += rows.length;
  }
  return files;
}

/** Writes files into a new temporary folder and returns it. */
export async function writeFolder(files: Record<string, Uint8Array>): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "tiny_" });
  for (const [path, bytes] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    await Deno.writeFile(`${folder}/${path}`, bytes);
  }
  return folder;
}
