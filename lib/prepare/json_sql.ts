/** A chunk of JSON objects as rows of the log: the database takes them apart. */
import { show } from "../errors/input_error.ts";
import type { Role, Wanted } from "./columns.ts";
import { type Database, literal } from "./database.ts";
import { candidatesOf } from "./json_pointers.ts";
import { openLists, rowOfTexts, type RowSql } from "./source_sql.ts";

/** Which fields are wanted of the objects. */
export interface JsonFields {
  readonly wanted: readonly Wanted[];
  /** Roles whose values stand in columns of the chunk, by their names there. */
  readonly constants: Readonly<Partial<Record<Role, string>>>;
  /** Lists to open side by side. */
  readonly explode: readonly string[];
}

/** What a chunk of JSON has between the constants and the object. */
export interface JsonColumns {
  readonly names: readonly string[];
  /** Of an object in UTF-8: a text for each of the columns, without separators and line ends. */
  valuesOf(object: Uint8Array): readonly string[];
}

/** Nothing: the object is all that is wanted. */
export function jsonColumns(_fields: JsonFields): JsonColumns {
  return { names: [], valuesOf: () => [] };
}

/** Defines what `jsonRows` calls. */
export async function defineJson(database: Database): Promise<void> {
  await database.runFile("0_json.sql");
}

/** The objects' fields as expressions over a relation with `json`, `place` and the constants. */
export function jsonRows({ wanted, constants, explode }: JsonFields, relation: string): RowSql {
  const pointers: string[] = [];
  const extracted = (name: string) => valueAt("fields", candidatesOf(name), pointers);
  const lists = explode.map((name) => extracted(name));
  const values = new Map<Role, string>();
  const faults: string[] = explode.length > 0 ? ["list_fault"] : [];
  for (const { role, name } of wanted) {
    if (constants[role] !== undefined) {
      values.set(role, constants[role]);
      continue;
    }
    const value = inElement(name, explode) ?? extracted(name);
    faults.push(`fault_of_json(${literal(show(name))}, ${value})`);
    values.set(role, `text_of_json(${value})`);
  }
  const paths = pointers.map(literal).join(", ");
  const fields = `(SELECT *, try(json_extract(json, [${paths}])) AS fields FROM ${relation})`;
  const opened = openLists({
    names: explode,
    lists: lists.map((list) => `json_extract(${list}, '$[*]')`),
    areLists: lists.map((list) => `(fields IS NULL OR json_type(${list}) IN ('ARRAY', 'NULL'))`)
      .join(" AND "),
    from: fields,
  });
  return rowOfTexts(values, {
    faults,
    place: "place",
    empty: explode.length === 0 ? undefined : "fields IS NOT NULL AND empty",
    from: explode.length === 0 ? fields : opened,
  });
}

/** The field inside the elements of an opened list; undefined for one that is elsewhere. */
function inElement(name: string, explode: readonly string[]): string | undefined {
  const path = plain(name);
  for (const [i, list] of explode.map(plain).entries()) {
    if (path === list) return `element_${i + 1}`;
    if (path.startsWith(`${list}.`)) {
      const inside = candidatesOf(path.slice(list.length + 1)).map((pointer) =>
        `json_extract(element_${i + 1}, ${literal(pointer)})`
      );
      return inside.length === 1 ? inside[0] : `coalesce(${inside.join(", ")})`;
    }
  }
  return undefined;
}

/** `$.a.b` and `/a/b` as `a.b`, which says the same. */
function plain(name: string): string {
  if (name.startsWith("$.")) return name.slice(2);
  return name.startsWith("/") ? name.slice(1).replaceAll("/", ".") : name;
}

/** The value at the first of `candidates` that is there; `pointers` gathers what is extracted. */
function valueAt(list: string, candidates: readonly string[], pointers: string[]): string {
  const places = candidates.map((pointer) => {
    if (!pointers.includes(pointer)) pointers.push(pointer);
    return `${list}[${pointers.indexOf(pointer) + 1}]`;
  });
  return places.length === 1 ? places[0] : `coalesce(${places.join(", ")})`;
}
