/** Reads delimited texts and JSON into chunks for the database. */
import { InputError, show } from "../errors/input_error.ts";
import { isRecord } from "../files/json.ts";
import type { Origin } from "./bad_rows.ts";
import { placeColumns, type Role, wantedColumns } from "./columns.ts";
import type { Layout } from "./formats.ts";
import type { Input } from "./inputs/find_inputs.ts";
import type { OpenInput } from "./inputs/open_input.ts";
import { jsonColumns, type JsonFields, jsonRows } from "./json_sql.ts";
import type { PrepareOptions } from "./options.ts";
import { rowOfTexts, selectRows } from "./source_sql.ts";
import type { ChunkSource, Staging } from "./staging.ts";
import {
  constantSlot,
  delimitedReader,
  type LineCounts,
  type TextReader,
} from "./text/delimited.ts";
import { JSON_SEPARATOR, jsonReader } from "./text/json_records.ts";

/** An open input and what is known of it. */
export interface TextInput {
  readonly input: Input;
  /** Its number among the inputs. */
  readonly file: number;
  readonly open: OpenInput;
  readonly layout: Layout;
}

/** The user of a file that is named by its user. */
const USER_FROM_NAME = "its name";

/**
 * Adds a text's rows; the last ones wait in the staging's chunk. `progress` is told of the bytes
 * read. @throws InputError for what is wrong with the file or its columns.
 */
export async function readText(
  { input, file, open, layout }: TextInput,
  options: PrepareOptions,
  staging: Staging,
  progress: (bytes: number) => void,
): Promise<LineCounts> {
  const setup = { input, file, layout, options, staging };
  const reader = layout.reader === "json" ? await openJson(setup) : await openDelimited(setup);
  let bytes = 0;
  for await (const block of open.blocks) {
    reader.push(block);
    await staging.handOverWhenFull();
    progress(bytes += block.length);
  }
  reader.end();
  return reader.counts;
}

interface Setup {
  readonly input: Input;
  readonly file: number;
  readonly layout: Layout;
  readonly options: PrepareOptions;
  readonly staging: Staging;
}

async function openDelimited(setup: Setup): Promise<TextReader> {
  const { input: { path, constants, user }, file, layout, options, staging } = setup;
  const { dialect } = layout;
  if (layout.explode.length > 0) {
    throw new InputError({
      doing: "reading --explode",
      found: `${path} is delimited text`,
      wanted: "lists of JSON or Parquet",
    });
  }
  const wanted = wantedColumns(layout, options);
  await staging.begin(delimitedSource(layout, options), file);
  return delimitedReader({
    dialect,
    file,
    chunk: staging.chunk,
    slotsOf(first) {
      const names = dialect.header ? first : first.map((_, i) => `${i + 1}`);
      const places = placeColumns({ path, names, dialect, constants }, wanted);
      const slots = places.map((place) =>
        "index" in place ? { field: place.index } : constantSlot(place.constant)
      );
      return user === undefined ? slots : [constantSlot(user), ...slots];
    },
    refuse(found, next) {
      throw new InputError({ doing: `reading ${path}`, found, wanted: "a header", next });
    },
  });
}

/** Chunks of delimited text have the log's columns, in this order. */
function delimitedSource(layout: Layout, options: PrepareOptions): ChunkSource {
  const wanted = wantedColumns(layout, options).map(({ role }) => role);
  const roles: Role[] = options.userFromFilename ? ["user", ...wanted] : wanted;
  const row = rowOfTexts(new Map(roles.map((role) => [role, `${role}_text`])), {
    faults: [],
    // no rows are opened here: those that are chosen are numbered as they come
    place: "row_number() OVER () - 1",
    from: "chunk",
  });
  const opened = roles.includes("event");
  return {
    key: `delimited ${roles.join(" ")}`,
    columns: roles.map((role) => [`${role}_text`, "VARCHAR"]),
    separator: ",",
    quoted: true,
    query: selectRows(row, opened),
    opened,
    origin: originOf(layout, options),
  };
}

async function openJson(setup: Setup): Promise<TextReader> {
  const { input: { path, constants, user }, file, layout, options, staging } = setup;
  const wanted = wantedColumns(layout, options);
  const inPath = wanted.filter(({ name }) => Object.hasOwn(constants, name));
  const values = inPath.map(({ name }) => constants[name]);
  const roles = inPath.map(({ role }) => role);
  if (user !== undefined) {
    values.push(user);
    roles.push("user");
  }
  const fields = jsonFields(layout, options, roles);
  await staging.begin(jsonSource(layout, options, fields), file);
  return jsonReader({
    file,
    chunk: staging.chunk,
    constants: values,
    valuesOf: jsonColumns(fields).valuesOf,
    refuse(found) {
      throw new InputError({
        doing: `reading ${path}`,
        found,
        wanted: "a list of objects, or an object a line",
        next: "--format xuetangx, if it is the raw XuetangX log",
      });
    },
  });
}

/** What is wanted of objects beside what stands in the file's path. */
function jsonFields(
  layout: Layout,
  options: PrepareOptions,
  constantRoles: readonly Role[],
): JsonFields {
  const wanted = wantedColumns(layout, options);
  const constants: JsonFields["constants"] = Object.fromEntries(
    constantRoles.map((role) => [role, `${role}_text`]),
  );
  const all = wanted.some(({ role }) => role === "user") || constants.user === undefined
    ? wanted
    : [{ role: "user" as const, name: USER_FROM_NAME }, ...wanted];
  return { wanted: all, constants, explode: layout.explode };
}

/** Chunks of JSON have the row's number, what stands in the file's path, values, and the object. */
function jsonSource(layout: Layout, options: PrepareOptions, fields: JsonFields): ChunkSource {
  const opened = layout.explode.length > 0 || layout.columns.event !== undefined;
  const constants = Object.values(fields.constants);
  const names = wantedColumns(layout, options).map(({ name }) => name);
  return {
    key: `json ${layout.explode} ${constants.join(" ")}`,
    columns: [
      ["place", "BIGINT"],
      ...[...constants, ...jsonColumns(fields).names].map((name) => [name, "VARCHAR"] as const),
      ["json", "VARCHAR"],
    ],
    separator: JSON_SEPARATOR,
    quoted: false,
    query: selectRows(jsonRows(fields, "chunk"), opened),
    opened,
    origin: originOf(layout, options),
    describe: { fields: fieldsOf, lists: (text) => listsOf(text, names) },
  };
}

/** The fields of an object as they would be named: those inside others with a dot. */
function fieldsOf(row: string): string[] {
  return namesIn(objectOf(row), "").slice(0, MOST_FIELDS).map((name) => show(name, 60));
}

/** The lists on the way to the fields of these names. */
function listsOf(row: string, names: readonly string[]): string[] {
  const lists = names.flatMap((name) => {
    const path = name.split(".");
    let value: unknown = objectOf(row);
    for (const [i, field] of path.entries()) {
      value = isRecord(value) ? value[field] : undefined;
      if (Array.isArray(value)) return [path.slice(0, i + 1).join(".")];
    }
    return [];
  });
  return [...new Set(lists)];
}

function objectOf(row: string): unknown {
  try {
    return JSON.parse(row.slice(row.lastIndexOf(JSON_SEPARATOR) + 1));
  } catch {
    return undefined;
  }
}

/** Fields that a message lists. */
const MOST_FIELDS = 24;

function namesIn(value: unknown, prefix: string): string[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const own = prefix + name;
    const inside = prefix === "" ? namesIn(inner, `${own}.`) : [];
    return inside.length > 0 ? inside : [own];
  });
}

/** What the rows of a layout came from. */
export function originOf(layout: Layout, options: PrepareOptions): Origin {
  const { user, item, time } = layout.columns;
  return {
    names: {
      user: user ?? USER_FROM_NAME,
      item,
      time: time ?? (options.order === "row" ? undefined : options.order),
    },
    ordered: options.order !== undefined,
    missing: layout.missing,
  };
}
