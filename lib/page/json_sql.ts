/**
 * In place of `lib/prepare/json_sql.ts` in a page, whose DuckDB reads no JSON: objects are taken
 * apart here, and a chunk has their fields as columns.
 */
import { InputError, show } from "../errors/input_error.ts";
import type { Wanted } from "../prepare/columns.ts";
import { type Database, literal } from "../prepare/database.ts";
import { candidatesOf } from "../prepare/json_pointers.ts";
import type { JsonColumns, JsonFields } from "../prepare/json_sql.ts";
import { rowOfTexts, type RowSql } from "../prepare/source_sql.ts";
import { fieldFinder, type JsonValue } from "./json_fields.ts";

export type { JsonColumns, JsonFields } from "../prepare/json_sql.ts";

const FAULT = "json_fault";

/** A column for each of the wanted fields, and one for what is wrong with them. */
export function jsonColumns({ wanted, constants, explode }: JsonFields): JsonColumns {
  if (explode.length > 0) {
    throw new InputError({
      doing: "reading --explode",
      found: explode.join(),
      wanted: "a value in each row: a browser page opens no lists",
      next: "prepare it with deno task prepare, and drop the folder",
    });
  }
  const fields = fieldsOf({ wanted, constants });
  const pointers = fields.map(({ name }) => candidatesOf(name));
  const find = fieldFinder(pointers.flat());
  const starts = pointers.map((_, i) => pointers.slice(0, i).flat().length);
  const decoder = new TextDecoder();
  return {
    names: [...fields.map(columnOf), FAULT],
    valuesOf(object) {
      const found = find(decoder.decode(object)) ?? [];
      const values = pointers.map(({ length }, i) =>
        found.slice(starts[i], starts[i] + length).find((value) => value !== undefined)
      );
      const faults = values.map((value, i) => faultOf(fields[i].name, value));
      return [...values.map(textOf), faults.find((fault) => fault !== "") ?? ""].map(escaped);
    },
  };
}

function fieldsOf({ wanted, constants }: Omit<JsonFields, "explode">): Wanted[] {
  return wanted.filter(({ role }) => constants[role] === undefined);
}

function columnOf({ role }: Wanted): string {
  return `${role}_json`;
}

/** A value as a text, as `text_of_json` of the database gives it: none where it is none. */
function textOf(value: JsonValue | undefined): string {
  switch (value?.kind) {
    case "text":
      return JSON.parse(value.raw);
    case "number":
      return numberText(value.raw);
    case "literal":
      return value.raw;
    default:
      return "";
  }
}

/** A number as the database writes it: whole ones as they are, others by their shortest digits. */
function numberText(raw: string): string {
  if (/^n/.test(raw)) return ""; // the database's macro takes it for null, by its first letter
  if (/[ni]/i.test(raw)) return raw;
  if (/^-?\d+$/.test(raw)) return raw === "-0" ? "0" : raw;
  const number = Number(raw);
  if (Object.is(number, -0)) return "-0";
  return Number.isFinite(number) ? `${number}`.replace("e+", "e") : raw;
}

/** Letters of a list or an object that a message shows. */
const SHOWN = 60;

function faultOf(name: string, value: JsonValue | undefined): string {
  if (value?.kind !== "list" && value?.kind !== "object") return "";
  const what = value.kind === "list" ? "a list" : "an object";
  return `${show(name)} holds ${what}: ${[...compact(value.raw)].slice(0, SHOWN).join("")}`;
}

/** JSON without the spaces between its parts and commas behind the last. */
function compact(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+|,(?=\s*[\]}])/g, "$1");
}

/** What parts columns and rows of a chunk, as an escape and a letter; the escape itself too. */
const ESCAPES = [["\n", "n"], ["\r", "r"], ["\x01", "1"], ["\x02", "2"]] as const;

function escaped(text: string): string {
  return ESCAPES.toReversed().reduce(
    (whole, [character, letter]) => whole.replaceAll(character, `\x02${letter}`),
    text,
  );
}

/** Defines what `jsonRows` calls: the texts as they were, NULL for none. */
export async function defineJson(database: Database): Promise<void> {
  const text = ESCAPES.reduce(
    (inner, [character, letter]) =>
      `replace(${inner}, chr(2) || ${literal(letter)}, chr(${character.charCodeAt(0)}))`,
    "field",
  );
  await database.run(`CREATE OR REPLACE MACRO text_of_field(field) AS nullif(${text}, '')`);
}

/** The fields of a relation with those columns. */
export function jsonRows({ wanted, constants }: JsonFields, relation: string): RowSql {
  const values = new Map(
    wanted.map((field) => [
      field.role,
      constants[field.role] ?? `text_of_field(${columnOf(field)})`,
    ]),
  );
  const faults = [`text_of_field(${FAULT})`];
  return rowOfTexts(values, { faults, place: "place", from: relation });
}
