/** A Parquet file as the database reads it itself. */
import { type Database, literal } from "./database.ts";

/** A column of the file. */
export interface ParquetColumn {
  /** As the file names it. */
  readonly name: string;
  /** As the database names it: names that differ in capitals only get numbers. */
  readonly sql: string;
  /** The database's type. */
  readonly type: string;
}

/** A Parquet file as a relation of the database. */
export interface ParquetRelation {
  /** In the file's order. */
  readonly columns: readonly ParquetColumn[];
  /** What stands behind FROM: the columns, and `file_row_number` from 0. */
  readonly from: string;
  /**
   * Makes the relation hold the file's rows, one part after the other, in their order. What is not
   * `used` may be NULL: columns by the database's names, and fields by the way to them.
   */
  parts(used: readonly (readonly string[])[]): AsyncIterable<void>;
}

/** The relation of a file: all of its rows are one part. */
export async function openRelation(database: Database, path: string): Promise<ParquetRelation> {
  // a pattern's letters in a name are letters here, and columns of the path are our own
  const file = literal(path.replaceAll(/[*?[]/g, "[$&]"));
  const from = `read_parquet(${file}, hive_partitioning = false, file_row_number = true)`;
  return { columns: await columnsOf(database, file, from), from, parts: onePart };
}

async function* onePart(): AsyncGenerator<void> {
  yield;
}

/** The file's columns in their order, with the names that the file gives them. */
async function columnsOf(
  database: Database,
  file: string,
  relation: string,
): Promise<ParquetColumn[]> {
  const schema = await database.rows<{ name: string; num_children: number | null }>(
    `SELECT name, num_children FROM parquet_schema(${file})`,
  );
  const names: string[] = [];
  for (let at = 1; at < schema.length; at = after(schema, at)) names.push(schema[at].name);
  const described = await database.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * EXCLUDE (file_row_number) FROM ${relation}`,
  );
  return described.map(({ column_name, column_type }, i) => ({
    name: names[i] ?? column_name,
    sql: column_name,
    type: column_type,
  }));
}

/** The index after an element of a schema and all below it. */
function after(schema: readonly { num_children: number | null }[], at: number): number {
  let next = at + 1;
  for (let left = schema[at].num_children ?? 0; left > 0; left--) next = after(schema, next);
  return next;
}
