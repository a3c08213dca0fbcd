/**
 * Columns of a table whose types the database knows, as the log's texts and times: what a type
 * cannot mean is refused by its name, nothing is cast unseen.
 */
import { InputError, show } from "../errors/input_error.ts";
import { FLAG_OF, type Role, type Wanted } from "./columns.ts";
import { type Database, literal } from "./database.ts";
import type { PrepareOptions } from "./options.ts";
import { timeOfType, type TimeSql } from "./times.ts";

/** A value as an expression, or a text that is the same in every row. */
export type Value = { readonly sql: string } | { readonly constant: string };

/** The wanted columns with their values and the database's types. */
export interface TypedColumns {
  readonly path: string;
  readonly wanted: readonly Wanted[];
  readonly values: ReadonlyMap<Role, Value>;
  readonly types: ReadonlyMap<Role, string>;
}

/** A column as texts; undefined where there is none. @throws InputError for a type that is none. */
export function textIn(
  { path, wanted, values, types }: TypedColumns,
  role: Role,
): { text: string; fault?: string } | undefined {
  const value = values.get(role);
  if (value === undefined) return undefined;
  if ("constant" in value) return { text: literal(value.constant) };
  const name = wanted.find((column) => column.role === role)!.name;
  const found = textOfType(value.sql, types.get(role)!, name);
  if (found === undefined) throw refusal(path, { role, name }, types, wanted);
  return found;
}

/** The column of times; undefined where there is none. @throws InputError as `textIn`. */
export function timeIn(
  { path, wanted, values, types }: TypedColumns,
  { timeFormat }: PrepareOptions,
): TimeSql | undefined {
  const value = values.get("time");
  if (value === undefined) return undefined;
  if ("constant" in value) return timeOfType(literal(value.constant), "VARCHAR");
  const type = types.get("time")!;
  const column = wanted.find(({ role }) => role === "time")!;
  if (type === "FLOAT") {
    throw new InputError({
      doing: `reading ${path}`,
      found: `the column ${show(column.name)} holds times as FLOAT (32 bits), which are exact to ` +
        "two minutes only",
      wanted: "times as integers, doubles or timestamps",
      next:
        "write them with 64 bits; what has been rounded cannot be got back, so begin with the " +
        "data that they were made from",
    });
  }
  // a number in a form is read as its digits
  const digits = timeFormat !== undefined && /INT|DOUBLE|DECIMAL/.test(type);
  const sql = digits
    ? timeOfType(textOfType(value.sql, type, column.name)!.text, "VARCHAR")
    : timeOfType(value.sql, type);
  if (sql === undefined) throw refusal(path, column, types, wanted);
  return sql;
}

/** The database's types of expressions over a relation. */
export async function typesOf<K>(
  database: Database,
  values: ReadonlyMap<K, Value>,
  relation: string,
): Promise<Map<K, string>> {
  const keys = [...values].flatMap(([key, value]) => "sql" in value ? [key] : []);
  if (keys.length === 0) return new Map();
  const columns = keys.map((key, i) => `${(values.get(key) as { sql: string }).sql} AS c${i}`);
  const described = await database.rows<{ column_type: string }>(
    `DESCRIBE SELECT ${columns.join(", ")} FROM ${relation}`,
  );
  return new Map(keys.map((key, i) => [key, described[i].column_type]));
}

/** A column as texts, and what may be wrong with a value; undefined for a type that is no text. */
function textOfType(
  column: string,
  type: string,
  name: string,
): { text: string; fault?: string } | undefined {
  if (/\[\d*\]$/.test(type) || /^(STRUCT|MAP|UNION|VARIANT)/.test(type)) return undefined;
  const shown = literal(show(name));
  if (type === "BLOB") {
    const text = `try(decode(${column}))`;
    const fault = `CASE WHEN ${column} IS NOT NULL AND ${text} IS NULL THEN ` +
      `${shown} || ' is not UTF-8' END`;
    return { text, fault };
  }
  if (type === "DOUBLE") return { text: `text_of_number(${column})` };
  if (type === "FLOAT") {
    const fault = `CASE WHEN abs(${column}) > 16777216 THEN ` +
      `${shown} || ' is a FLOAT (32 bits) of ' || ${column} || ', which is no exact number' END`;
    return { text: `text_of_number(${column}::DOUBLE)`, fault };
  }
  if (type.startsWith("DECIMAL")) {
    const whole = `CASE WHEN ${column} = trunc(${column}) THEN trunc(${column})::HUGEINT::VARCHAR`;
    return { text: `${whole} ELSE ${column}::VARCHAR END` };
  }
  return { text: `${column}::VARCHAR` };
}

/** A column whose type cannot be meant. */
function refusal(
  path: string,
  { role, name }: Wanted,
  types: ReadonlyMap<Role, string>,
  wanted: readonly Wanted[],
): InputError {
  const type = types.get(role)!;
  const isList = (type?: string) => /\[\d*\]$/.test(type ?? "");
  const lists = wanted.filter((column) => isList(types.get(column.role)));
  const flag = `--${FLAG_OF[role]}`;
  let kind = "values that are of no use here";
  let next = `${flag} with another column`;
  if (isList(type)) {
    kind = "lists";
    next = `--explode ${lists.map((list) => list.name).join(",")}, which opens lists into rows`;
  } else if (type.startsWith("STRUCT")) {
    kind = "structs";
    next = `the name of a field inside it, with a dot: ${flag} ${name}.…`;
  }
  return new InputError({
    doing: `reading ${path}`,
    found: `the column ${show(name)} holds ${kind} (${show(type)})`,
    wanted: role === "time" ? "a time in every row" : "a text or a number in every row",
    next,
  });
}
