/** Reads a Parquet file: the database knows its types, so nothing is turned into text unseen. */
import { encrypted, isEncrypted } from "../dataset/parquet/encryption.ts";
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { type BadRows, badRowsOf } from "./bad_rows.ts";
import { type Place, placeColumns, type Role, wantedColumns } from "./columns.ts";
import { type Database, identifier, literal } from "./database.ts";
import type { Layout } from "./formats.ts";
import type { Input } from "./inputs/find_inputs.ts";
import type { PrepareOptions } from "./options.ts";
import { openRelation, type ParquetColumn, type ParquetRelation } from "./parquet_relation.ts";
import { originOf } from "./read_text.ts";
import { openLists, type RowSql, selectRows } from "./source_sql.ts";
import { placeOfText } from "./times.ts";
import { textIn, timeIn, type TypedColumns, typesOf, type Value } from "./typed_columns.ts";

/**
 * Adds the rows of a Parquet file to `log`. @throws InputError for a file that cannot be read, and
 * for a column that is not there or of a type that cannot be meant.
 */
export async function readParquet(
  database: Database,
  input: Input,
  layout: Layout,
  options: PrepareOptions,
  bad: BadRows,
): Promise<void> {
  const { path } = input;
  const [{ n: first }] = await database.rows<{ n: number }>("SELECT count(*) AS n FROM log");
  try {
    const opened = layout.explode.length > 0 || layout.columns.event !== undefined;
    const relation = await openRelation(database, path);
    const used: string[][] = [];
    const reading = { database, input, relation, used };
    const query = selectRows(await rowSql(reading, layout, options), opened);
    await database.run(`CREATE OR REPLACE TEMP VIEW ${opened ? "opened" : "source"} AS ${query}`);
    for await (const _ of relation.parts(used)) {
      if (opened) await database.runFile("1_opened.sql");
      await database.runFile("1_log.sql");
    }
  } catch (error) {
    throw await explained(path, error);
  }
  const at = ({ row }: { row: number }) => ({ file: path, place: `row ${row + 1}` });
  const whereabouts = { rejects: [], rejectCount: 0, at };
  bad.add(await badRowsOf(database, first, originOf(layout, options), whereabouts, bad.wanted));
}

/** A file that is being read, and the columns that were found to be wanted of it. */
interface ParquetReading {
  readonly database: Database;
  readonly input: Input;
  readonly relation: ParquetRelation;
  readonly used: string[][];
}

async function rowSql(
  { database, input: { path, constants, user }, relation: { from: relation, columns }, used }:
    ParquetReading,
  layout: Layout,
  options: PrepareOptions,
): Promise<RowSql> {
  const { explode } = layout;
  const wanted = wantedColumns(layout, options);
  const table = { path, names: columns.map(({ name }) => name), constants };
  const place = (name: string, role: Role): Value => {
    const inside = inStruct(columns, name);
    if (inside !== undefined) {
      used.push(inside);
      return { sql: fieldIn(identifier(inside[0]), inside.slice(1)) };
    }
    const [found]: Place[] = placeColumns(table, [{ role, name }]);
    if ("constant" in found) return found;
    used.push([columns[found.index].sql]);
    return { sql: identifier(columns[found.index].sql) };
  };
  const lists = explode.map((name) => ({ name, value: place(name, "item") }));
  const from = lists.length === 0 ? relation : await openedLists(database, path, lists, relation);
  const values = new Map<Role, Value>(wanted.map(({ role, name }) => [
    role,
    inElement(name, explode) ?? place(name, role),
  ]));
  if (user !== undefined) values.set("user", { constant: user });
  const types = await typesOf(database, values, from);
  const typed: TypedColumns = { path, wanted, values, types };
  const faults: string[] = lists.length > 0 ? ["list_fault"] : [];
  const text = (role: Role) => {
    const found = textIn(typed, role);
    if (found?.fault !== undefined) faults.push(found.fault);
    return found?.text;
  };
  const row = { user: text("user")!, item: text("item")!, session: text("session") };
  const order = text("order");
  return {
    ...row,
    time: order === undefined ? timeIn(typed, options) : placeOfText(order),
    event: text("event"),
    faults,
    place: "file_row_number",
    empty: explode.length === 0 ? undefined : "empty",
    from,
  };
}

/** The way to a field inside a struct; undefined where the name is none. */
function inStruct(
  columns: readonly ParquetColumn[],
  name: string,
): string[] | undefined {
  const path = name.replace(/^\$\.|^\//, "").split(name.startsWith("/") ? "/" : ".");
  if (columns.some((column) => column.name === name) || path.length < 2) return undefined;
  const top = columns.find((column) => column.name === path[0]);
  if (!top?.type.startsWith("STRUCT")) return undefined;
  return [top.sql, ...path.slice(1)];
}

function fieldIn(value: string, path: readonly string[]): string {
  return path.reduce((inner, field) => `struct_extract(${inner}, ${literal(field)})`, value);
}

function inElement(name: string, explode: readonly string[]): Value | undefined {
  for (const [i, list] of explode.entries()) {
    if (name === list) return { sql: `element_${i + 1}` };
    if (name.startsWith(`${list}.`)) {
      return { sql: fieldIn(`element_${i + 1}`, name.slice(list.length + 1).split(".")) };
    }
  }
  return undefined;
}

async function openedLists(
  database: Database,
  path: string,
  lists: readonly { readonly name: string; readonly value: Value }[],
  relation: string,
): Promise<string> {
  const values = new Map(lists.map(({ name, value }) => [name, value]));
  const types = await typesOf(database, values, relation);
  const expressions = lists.map(({ name, value }) => {
    const type = types.get(name);
    if (!("sql" in value) || type === undefined || !/\[\d*\]$/.test(type)) {
      throw new InputError({
        doing: `reading ${path}`,
        found: `the column ${show(name)} holds ${type ?? "one value"}, not lists`,
        wanted: "columns of lists for --explode",
      });
    }
    return `${value.sql}::${type.replace(/\[\d*\]$/, "[]")}`;
  });
  return openLists({
    names: lists.map(({ name }) => name),
    lists: expressions,
    from: relation,
  });
}

/** A failure of the database to read the file, told so; anything else as it is. */
async function explained(path: string, error: unknown): Promise<unknown> {
  const message = messageOf(error).split("\n")[0];
  const isOurs = /^(Invalid Input|Invalid|IO|Serialization|Not implemented|Conversion) Error/i;
  if (error instanceof InputError || !isOurs.test(message)) return error;
  if (/encrypt/i.test(message) || await isEncrypted(path)) return encrypted(path, error);
  const fault = message.replace(/^[\w ]+ Error: /, "");
  const unsupported = /not implemented|unsupported|(not|only) supported|unknown codec/i.test(
    message,
  );
  return new InputError({
    doing: `reading ${path}`,
    found: unsupported ? `what it uses is not supported: ${fault}` : fault,
    wanted: "a whole Parquet file, compressed and encoded in the usual ways",
    next: unsupported
      ? "writing it again with zstd or snappy and the usual encodings"
      : "look whether the file is whole, or say how it is written with --format",
  }, { cause: error });
}
