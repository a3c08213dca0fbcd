/**
 * In place of `lib/prepare/parquet_relation.ts` in a page, whose DuckDB reads no Parquet: our own
 * reader takes the pages of the wanted columns apart, one at a time, and hands the rows over in
 * parts.
 */
import { openParquet, type ParquetFile } from "../dataset/parquet/file.ts";
import { InputError, show } from "../errors/input_error.ts";
import { makeFolder } from "../files/atomic.ts";
import { host } from "../files/host.ts";
import { writeThrowaway } from "../files/throwaway.ts";
import { type Database, literal } from "../prepare/database.ts";
import type { ParquetRelation } from "../prepare/parquet_relation.ts";
import { leafFields } from "./parquet_leaves.ts";
import { type Field, fieldOf, type Leaf } from "./parquet_schema.ts";

export type { ParquetColumn, ParquetRelation } from "../prepare/parquet_relation.ts";

const FOLDER = "scratch";
const ROWS = `${FOLDER}/rows.csv`;
const RELATION = "parquet_rows";

/** Rows and letters of a part, whichever is reached first. */
const [PART_ROWS, PART_LETTERS] = [1 << 16, 16 << 20];

/** A column of the file by its two names. */
interface Column {
  readonly name: string;
  readonly sql: string;
  readonly field: Field;
}

/** The relation of a file. @throws InputError for a file that cannot be read. */
export async function openRelation(database: Database, path: string): Promise<ParquetRelation> {
  const file = openParquet(await host.readFile(path), path);
  const columns = file.schema.children.map((node, i): Column => ({
    name: node.element.name,
    sql: `column_${i + 1}`,
    field: fieldOf(node),
  }));
  const view = viewSql(columns, () => undefined, "(SELECT 0::BIGINT AS file_row_number)");
  await database.run(view);
  return {
    columns: columns.map(({ name, sql, field: { type } }) => ({ name, sql, type })),
    from: RELATION,
    parts: (used) => parts(database, file, columns, used),
  };
}

async function* parts(
  database: Database,
  file: ParquetFile,
  columns: readonly Column[],
  used: readonly (readonly string[])[],
): AsyncGenerator<void> {
  const wanted = new Set(used.flatMap((names) => leavesAt(file, columns, names)));
  const leaves = [...wanted];
  const names = new Map(leaves.map((leaf, i) => [leaf, `leaf_${i + 1}`]));
  const types = leaves.map((leaf) => `${literal(names.get(leaf)!)}: ${literal(leaf.form.csv)}`);
  await makeFolder(FOLDER);
  try {
    for (const { text, longest } of textsOf(file, leaves)) {
      await writeThrowaway(ROWS, new TextEncoder().encode(text));
      // a letter has four bytes at most
      const line = Math.max(2_000_000, 4 * longest);
      const rows = `read_csv(${literal(ROWS)}, columns = {'file_row_number': 'BIGINT', ${types}},
        header = false, auto_detect = false, new_line = '\\n', delim = ',', quote = '"',
        escape = '"', allow_quoted_nulls = false, max_line_size = ${line},
        buffer_size = ${16 * line})`;
      await database.run(viewSql(columns, (leaf) => names.get(leaf), rows));
      yield;
    }
  } finally {
    await host.remove(FOLDER, { recursive: true });
  }
}

/** The rows of the leaves as CSV, in parts. */
function* textsOf(
  file: ParquetFile,
  leaves: readonly Leaf[],
): Generator<{ readonly text: string; readonly longest: number }> {
  const fields = leaves.map((leaf) => leafFields(file, leaf));
  let lines: string[] = [];
  let letters = 0;
  let longest = 0;
  for (let row = 0; row < file.rows; row++) {
    const line = `${row},${fields.map((field) => field.next().value).join()}\n`;
    lines.push(line);
    letters += line.length;
    longest = Math.max(longest, line.length);
    if (lines.length < PART_ROWS && letters < PART_LETTERS && row + 1 < file.rows) continue;
    yield { text: lines.join(""), longest };
    lines = [];
    letters = longest = 0;
  }
}

/** The leaves that make a column or a field. @throws InputError for what is not read here. */
function leavesAt(
  { path }: ParquetFile,
  columns: readonly Column[],
  [top, ...inner]: readonly string[],
): readonly Leaf[] {
  const column = columns.find(({ sql }) => sql === top)!;
  const field = inner.reduce((outer, name) => outer.fields![name], column.field);
  if (field.unread === undefined) return field.leaves;
  throw new InputError({
    doing: `reading ${path}`,
    found: `the column ${show([column.name, ...inner].join("."))} holds ${field.unread}`,
    wanted: "texts, numbers or times, one a row",
    next: "prepare it with deno task prepare, and drop the folder",
  });
}

/** Makes the relation hold the columns over rows with a number and the leaves. */
function viewSql(
  columns: readonly Column[],
  columnOf: (leaf: Leaf) => string | undefined,
  rows: string,
): string {
  const values = columns.map(({ sql, field }) => `${field.value(columnOf)} AS ${sql}`);
  return `CREATE OR REPLACE TEMP VIEW ${RELATION} AS
    SELECT file_row_number, ${values.join(", ")} FROM ${rows}`;
}
