/** The columns of a Parquet file as DuckDB's types, and their values from those of their leaves. */
import type { SchemaTree } from "hyparquet";
import { isListLike, isMapLike } from "hyparquet/src/schema.js";
import { identifier } from "../prepare/database.ts";
import { formOf, type ValueForm } from "./parquet_values.ts";

/** A field with one value a row at most, in a column or, inside structs, below it. */
export interface Leaf {
  /** Names on the way to it, the column's first. */
  readonly path: readonly string[];
  readonly form: ValueForm;
}

/** A column, or a field inside one. */
export interface Field {
  readonly type: string;
  readonly leaves: readonly Leaf[];
  /** The value as an expression; `columnOf` names the column of a leaf, where it has one. */
  readonly value: (columnOf: (leaf: Leaf) => string | undefined) => string;
  /** The fields of a struct. */
  readonly fields?: Readonly<Record<string, Field>>;
  /** What it holds, where that is not read here. */
  readonly unread?: string;
}

/** The database's type, the leaves and the value of a field. */
export function fieldOf(node: SchemaTree): Field {
  const { element, children, path } = node;
  if (element.repetition_type === "REPEATED") return lists(`${typeWithin(node)}[]`);
  if (isListLike(node)) return lists(`${elementType(children[0])}[]`);
  if (isMapLike(node)) {
    const [key, value] = children[0].children.map((child) => fieldOf(child).type);
    return lists(`MAP(${key}, ${value})`);
  }
  if (children.length > 0) return struct(node);
  const form = formOf(element);
  if (form === undefined) return nothing("VARCHAR", `values of the type ${typeName(node)}`);
  const leaf = { path, form };
  const { type, sql } = form;
  const value: Field["value"] = (columnOf) => {
    const column = columnOf(leaf);
    return column === undefined ? `NULL::${type}` : sql(column);
  };
  return { type, leaves: [leaf], value };
}

function struct({ children }: SchemaTree): Field {
  const fields = Object.fromEntries(children.map((child) => [child.element.name, fieldOf(child)]));
  const each = (text: (field: Field, name: string) => string) =>
    Object.entries(fields).map(([name, field]) => text(field, identifier(name))).join(", ");
  return {
    type: `STRUCT(${each(({ type }, name) => `${name} ${type}`)})`,
    leaves: Object.values(fields).flatMap(({ leaves }) => leaves),
    value: (columnOf) =>
      `struct_pack(${each((field, name) => `${name} := ${field.value(columnOf)}`)})`,
    fields,
  };
}

/** The type of a list's elements: a list of three levels has a group around each of them. */
function elementType(repeated: SchemaTree): string {
  return repeated.children.length === 1 ? fieldOf(repeated.children[0]).type : typeWithin(repeated);
}

function typeWithin({ element, ...node }: SchemaTree): string {
  return fieldOf({ ...node, element: { ...element, repetition_type: "REQUIRED" } }).type;
}

function lists(type: string): Field {
  return nothing(type, "lists");
}

function nothing(type: string, unread: string): Field {
  return { type, leaves: [], value: () => `NULL::${type}`, unread };
}

function typeName({ element: { logical_type, converted_type, type } }: SchemaTree): string {
  return logical_type?.type ?? converted_type ?? `${type}`;
}
