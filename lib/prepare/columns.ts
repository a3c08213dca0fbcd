/**
 * Which column of a table is which of the log's. Columns are told by their place: names may be
 * missing, double, or differ in capitals only.
 */
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";
import type { Layout } from "./formats.ts";
import type { PrepareOptions } from "./options.ts";
import { type Dialect, separatorFlag, USUAL_SEPARATORS } from "./text/dialect.ts";

/** What a column is of the log. */
export type Role = "user" | "item" | "time" | "order" | "session" | "event";

/** A column that is wanted, as it is named. */
export interface Wanted {
  readonly role: Role;
  readonly name: string;
}

/** The flag that names the column of each role. */
export const FLAG_OF: Readonly<Record<Role, string>> = {
  user: "user",
  item: "item",
  time: "time",
  order: "order",
  session: "session",
  event: "event-type",
};

/** Where the values of a column come from. */
export type Place =
  /** The column at this index, from 0. */
  | { readonly index: number }
  /** The same text in every row of the file: part of its path. */
  | { readonly constant: string };

/** The columns that a file is to have. */
export function wantedColumns(layout: Layout, options: PrepareOptions): Wanted[] {
  const { user, item, time, session, event } = layout.columns;
  const { order } = options;
  const named: [Role, string | undefined][] = [
    ["user", user],
    ["item", item],
    ["session", session],
    ["time", time],
    ["order", order === "row" ? undefined : order],
    ["event", event],
  ];
  return named.flatMap(([role, name]) => name === undefined ? [] : [{ role, name }]);
}

/** A file's own columns, and what else is known of it. */
export interface Table {
  readonly path: string;
  readonly names: readonly string[];
  /** Of a delimited text. */
  readonly dialect?: Dialect;
  /** Columns that stand in the path: `year` of `year=2020/part.csv`. */
  readonly constants: Readonly<Record<string, string>>;
}

/**
 * The place of each wanted column. A name is a column's own, its place as `#3`, or, without a
 * header, `3`. @throws InputError for one that is not there or not the only one.
 */
export function placeColumns(table: Table, wanted: readonly Wanted[]): Place[] {
  return wanted.map((column) => placeOf(table, column, wanted));
}

function placeOf(table: Table, column: Wanted, wanted: readonly Wanted[]): Place {
  const { names, constants, dialect } = table;
  const { role, name } = column;
  const withoutHeader = dialect?.header === false;
  const found = places(names, (other) => !withoutHeader && other === name);
  if (found.length === 1) return { index: found[0] };
  if (found.length > 1) throw ambiguous(table, column, found);
  if (Object.hasOwn(constants, name)) return { constant: constants[name] };
  const number = /^#(\d+)$/.exec(name)?.[1] ??
    (withoutHeader ? /^\d+$/.exec(name)?.[0] : undefined);
  if (number !== undefined) {
    const index = Number(number) - 1;
    if (index >= 0 && index < names.length) return { index };
    throw missing(table, role, `there is no column ${number}: it has ${names.length}, from 1 on`);
  }
  const alike = places(names, (other) => !withoutHeader && other.trim() === name.trim());
  if (alike.length === 1) return { index: alike[0] };
  if (alike.length > 1) throw ambiguous(table, column, alike);
  throw unknown(table, column, wanted);
}

function places(names: readonly string[], is: (name: string) => boolean): number[] {
  return names.flatMap((name, index) => is(name) ? [index] : []);
}

function ambiguous({ path }: Table, { role, name }: Wanted, found: readonly number[]): InputError {
  const flag = FLAG_OF[role];
  const numbers = found.map((index) => index + 1);
  return new InputError({
    doing: `reading ${path}`,
    found: `the columns ${numbers.join(" and ")} are both named ${show(name)}`,
    wanted: `one column for --${flag}`,
    next: `its place: --${flag} '#${numbers[0]}'`,
  });
}

function unknown(table: Table, { role, name }: Wanted, wanted: readonly Wanted[]): InputError {
  const { path, names, dialect } = table;
  if (names.length === 0) {
    return new InputError({ doing: `reading ${path}`, found: "it is empty", wanted: "a header" });
  }
  const flag = FLAG_OF[role];
  if (dialect?.header === false) {
    return missing(
      table,
      role,
      `${show(name)} is no number of a column, of which it has ${names.length}`,
      role === "time" ? `--time with a number; ${WITHOUT_TIMES}` : undefined,
    );
  }
  const listed = names.slice(0, 20).map((other) => show(other)).join(", ");
  const more = names.length > 20 ? ` and ${names.length - 20} more` : "";
  const found = `no column is named ${show(name)}; its columns are ${listed}${more}`;
  const next = separatorHint(table, wanted) ?? headerHint(dialect, names);
  if (next !== undefined) return missing(table, role, found, next);
  const sure = likely(role, names);
  const guess = sure ?? nearest(name, names.filter((other) => other !== ""));
  const named = `--${flag} ${guess === undefined ? "…" : shown(guess)}`;
  const timeless = role === "time" && sure === undefined ? `; ${WITHOUT_TIMES}` : "";
  return missing(table, role, found, named + timeless);
}

/** What to do where a log has no times. */
export const WITHOUT_TIMES =
  "where the log has no times, --order row, if its rows stand in order, " +
  "or --order with the column that orders them";

/** What columns are usually called. */
const USUAL: Readonly<Partial<Record<Role, RegExp>>> = {
  user: /user|learner|student|visitor|member|^uid$/i,
  item: /item|course|product|module/i,
  time: /time|date|created|(^|[_ ])(at|ts)$/i,
  session: /session/i,
};

/** The only column whose name sounds like what is wanted. */
function likely(role: Role, names: readonly string[]): string | undefined {
  const found = names.filter((name) => USUAL[role]?.test(name));
  return found.length === 1 ? found[0] : undefined;
}

function shown(name: string): string {
  return /^[\w:.-]+$/.test(name) ? name : `'${name}'`;
}

function missing({ path }: Table, role: Role, found: string, next?: string): InputError {
  const wanted = `one column for --${FLAG_OF[role]}`;
  return new InputError({ doing: `reading ${path}`, found, wanted, next });
}

/** The flag of the separator with which the first row would have all columns, or several. */
function separatorHint({ names, dialect }: Table, wanted: readonly Wanted[]): string | undefined {
  if (dialect === undefined) return undefined;
  const line = names.join(dialect.separator);
  const split = (separator: string) =>
    line.split(separator).map((name) => name.trim().replaceAll('"', ""));
  const others = USUAL_SEPARATORS.filter((separator) => separator !== dialect.separator);
  const right =
    others.find((separator) => wanted.every(({ name }) => split(separator).includes(name))) ??
      (names.length > 1 ? undefined : others.find((separator) => split(separator).length > 1));
  if (right === undefined) return undefined;
  const header = headerHint(dialect, split(right));
  const flag = separatorFlag(right);
  return header === undefined ? flag : `${flag} ${header}`;
}

function headerHint(dialect: Dialect | undefined, names: readonly string[]): string | undefined {
  if (dialect === undefined || !names.some(isData)) return undefined;
  return "--no-header --user 1 --item 2 --time 3, if that is a row already: columns are named by " +
    "their places then, from 1";
}

/** A time or a number, which names no column. */
function isData(name: string): boolean {
  return /^\d{4}-\d\d-\d\d|^-?\d+(\.\d+)?$/.test(name.trim());
}
