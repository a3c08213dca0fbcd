/** Reads a Parquet file's rows with a reader that is not the writer's. */
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

/** A row: 64-bit integers as bigint, lists as arrays. */
export type Row = Record<string, unknown>;

/** All rows of a file, in order. */
export async function parquetRows(path: string): Promise<Row[]> {
  const bytes = await Deno.readFile(path);
  return await parquetReadObjects({ file: bytes.buffer, compressors });
}
