/** Formats by name: who reads a file, and where in it the log's columns lie. */
import { InputError, show } from "../errors/input_error.ts";
import { COLUMN_NAMES, type Columns, type Format, type PrepareOptions } from "./options.ts";
import { type Dialect, parseCharacter, parseSeparator } from "./text/dialect.ts";

/** Who reads a file. */
export type Reader = "delimited" | "json" | "parquet" | "xuetangx";

/** Everything that is to be known of a file before it is opened. */
export interface Layout {
  /** The format's name, for reports: never "auto". */
  readonly format: Exclude<Format, "auto">;
  readonly reader: Reader;
  readonly dialect: Dialect;
  /** With the log's times or its order: one of them is there. */
  readonly columns: Columns & { readonly item: string };
  readonly explode: readonly string[];
  readonly missing: "bad" | "skip";
}

/** What a format knows; flags that are given count before it. */
interface Known {
  readonly reader: Reader;
  readonly dialect?: Partial<Dialect>;
  readonly columns?: Columns;
  readonly explode?: readonly string[];
  readonly missing?: "bad" | "skip";
}

const CSV: Dialect = { separator: ",", quote: '"', header: true };

/** What each format knows of a file with this name. */
const KNOWN: Readonly<Record<Exclude<Format, "auto">, (name: string) => Known>> = {
  csv: () => ({ reader: "delimited" }),
  tsv: () => ({ reader: "delimited", dialect: { separator: "\t" } }),
  ndjson: () => ({ reader: "json" }),
  json: () => ({ reader: "json" }),
  parquet: () => ({ reader: "parquet" }),
  xuetangx: () => ({ reader: "xuetangx" }),
  // tracking logs; a page without a course and a visitor without a name are ordinary rows of it
  edx: () => ({
    reader: "json",
    columns: { user: "username", item: "context.course_id", time: "time" },
    missing: "skip",
  }),
  movielens: movieLens,
  // "atomic files": the header gives each column's type behind its name
  recbole: () => ({
    reader: "delimited",
    dialect: { separator: "\t", quote: undefined },
    columns: { user: "user_id:token", item: "item_id:token", time: "timestamp:float" },
  }),
  // a session is all that is known of a user
  "session-rec": () => ({
    reader: "delimited",
    dialect: { separator: "\t" },
    columns: { user: "SessionId", item: "ItemId", time: "Time", session: "SessionId" },
  }),
  // a line a session as published, or a row an event in the Parquet files made of it
  otto: (name) =>
    readerOf(name) === "parquet"
      ? {
        reader: "parquet",
        columns: { user: "session", item: "aid", time: "ts", session: "session" },
      }
      : {
        reader: "json",
        columns: { user: "session", item: "events.aid", time: "events.ts", session: "session" },
        explode: ["events"],
      },
};

/** ratings.dat of the 1M and 10M sets, u.data of 100K, ratings.csv of the others. */
function movieLens(name: string): Known {
  const columns = { user: "1", item: "2", time: "4" };
  if (/\.dat$/i.test(name)) {
    return { reader: "delimited", dialect: { separator: "::", header: false }, columns };
  }
  if (/\.data$/i.test(name)) {
    return { reader: "delimited", dialect: { separator: "\t", header: false }, columns };
  }
  return { reader: "delimited", columns: { user: "userId", item: "movieId", time: "timestamp" } };
}

/**
 * How a file is written: by the flags, then the format, then its name, without the ending of its
 * compression.
 * @throws InputError when nothing tells.
 */
export function layoutOf(path: string, name: string, options: PrepareOptions): Layout {
  const format = options.format === "auto" ? formatOf(path, name, options) : options.format;
  const known = KNOWN[format](name);
  return {
    format,
    reader: known.reader,
    dialect: dialectOf(options, { ...CSV, ...known.dialect }),
    columns: columnsOf(options, known.columns),
    explode: options.explode ?? known.explode ?? [],
    missing: options.missing ?? known.missing ?? "bad",
  };
}

function dialectOf({ separator, header, quote, escape }: PrepareOptions, known: Dialect): Dialect {
  return {
    separator: separator === undefined ? known.separator : parseSeparator(separator),
    header: header ?? known.header,
    quote: quote === undefined ? known.quote : parseCharacter("quote", quote),
    escape: escape === undefined ? known.escape : parseCharacter("escape", escape),
  };
}

function columnsOf(options: PrepareOptions, known: Columns = {}): Layout["columns"] {
  const { columns, order, userFromFilename } = options;
  return {
    user: userFromFilename ? undefined : columns.user ?? known.user ?? COLUMN_NAMES.user,
    item: columns.item ?? known.item ?? COLUMN_NAMES.item,
    time: order === undefined ? columns.time ?? known.time ?? COLUMN_NAMES.time : undefined,
    session: columns.session ?? known.session,
    event: columns.event ?? known.event,
  };
}

/** Endings of names, and the format that they tell. */
const ENDINGS: Readonly<Record<string, Exclude<Format, "auto">>> = {
  csv: "csv",
  tsv: "tsv",
  tab: "tsv",
  ndjson: "ndjson",
  jsonl: "ndjson",
  json: "json",
  parquet: "parquet",
  pq: "parquet",
  inter: "recbole",
};

/** Says whether a name ends like a log's. */
export function tellsFormat(name: string): boolean {
  return Object.hasOwn(ENDINGS, endingOf(name));
}

function readerOf(name: string): Reader | undefined {
  return tellsFormat(name) ? KNOWN[ENDINGS[endingOf(name)]](name).reader : undefined;
}

function endingOf(name: string): string {
  return /\.([a-z]+)$/i.exec(name)?.[1].toLowerCase() ?? "";
}

/** The format that a file's name tells; a separator tells that it is delimited text. */
function formatOf(
  path: string,
  name: string,
  { separator }: PrepareOptions,
): Exclude<Format, "auto"> {
  if (tellsFormat(name)) return ENDINGS[endingOf(name)];
  if (separator !== undefined) return "csv";
  const packed = /\.(bz2|xz|7z|rar|lz4|tar|tgz|xlsx?)$/i.exec(path)?.[1];
  const untold = `its name${
    name === path ? "" : `, ${show(name)},`
  } does not tell how it is written`;
  throw new InputError({
    doing: `reading ${path}`,
    found: packed === undefined ? untold : `${packed} is not supported`,
    wanted: `a name that ends in .${Object.keys(ENDINGS).join(", .")}, perhaps with .gz, .zst ` +
      "or .zip behind it",
    next: remedyOf(packed),
  });
}

/** What to do about a name that tells no format; `packed` is the ending of another packing. */
function remedyOf(packed: string | undefined): string {
  if (packed === undefined) {
    return "--format; for delimited text, --separator with what stands between the fields";
  }
  return packed.toLowerCase().startsWith("xls") ? "save the sheet as CSV" : "unpack it first";
}
