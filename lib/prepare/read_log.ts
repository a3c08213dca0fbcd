/**
 * Reads the rows of all input files into the database, one file after the other, and accounts for
 * every line of them.
 */
import { counted } from "../errors/counted.ts";
import { InputError } from "../errors/input_error.ts";
import type { Fingerprint } from "../files/fingerprint.ts";
import { type BadRow, badRowList, isBad } from "./bad_rows.ts";
import { type Database, literal } from "./database.ts";
import { type Layout, layoutOf } from "./formats.ts";
import type { Input } from "./inputs/find_inputs.ts";
import { fingerprint, openInput } from "./inputs/open_input.ts";
import { defineJson } from "./json_sql.ts";
import type { PrepareOptions } from "./options.ts";
import { readParquet } from "./read_parquet.ts";
import { readText } from "./read_text.ts";
import { readXuetangX } from "./read_xuetangx.ts";
import { openStaging } from "./staging.ts";
import type { LineCounts } from "./text/delimited.ts";
import { defineTimes } from "./times.ts";

/** How many events of one type a log has. */
export interface EventType {
  /** Empty for events without one. */
  readonly type: string;
  readonly kept: boolean;
  readonly events: number;
}

/** An input as it was read. */
export interface ReadInput extends Fingerprint {
  readonly format: string;
}

/** What reading found. */
export interface LogReport {
  readonly inputs: readonly ReadInput[];
  /** Of text files; every line is one of these. */
  readonly lines: LineCounts;
  /** Rows of all files, opened where they hold lists; the bad ones too. */
  readonly rows: number;
  readonly badRows: number;
  /** The first hundred. */
  readonly badRowsListed: readonly BadRow[];
  /** Rows left out: of other types, without a user or an item, of lists that hold nothing. */
  readonly otherEvents: number;
  readonly missing: number;
  readonly empty: number;
  /** The types of the events where they are known, and whether they were kept. */
  readonly eventTypes?: readonly EventType[];
  /** What the reader of the log should know. */
  readonly warnings: readonly string[];
}

/** Where a log is read to, and who is told. */
export interface Reading {
  readonly database: Database;
  /** For scratch files. */
  readonly folder: string;
  readonly options: PrepareOptions;
  readonly progress: (message: string) => void;
  readonly signal?: AbortSignal;
}

/** Milliseconds between two lines of progress where there would be very many. */
const QUIET_MS = 5000;
/** So many files are told each by itself. */
const FEW_FILES = 20;

/**
 * Fills the table `log`. @throws InputError for a file that cannot be read, and for the first bad
 * row unless they are to be skipped, or for too many.
 */
export async function readLog(reading: Reading, inputs: readonly Input[]): Promise<LogReport> {
  const { database, folder, options, progress } = reading;
  const bad = badRowList(options);
  const paths = inputs.map(({ path }) => path);
  const staging = openStaging(database, folder, paths, bad);
  const lines: LineCounts = { lines: 0, header: 0, blank: 0, continued: 0, rows: 0 };
  const read: ReadInput[] = [];
  const warnings: string[] = [];
  let layout: Layout | undefined;
  await defineTimes(database, options);
  await database.run(`
    CREATE TEMP TABLE event_types (type VARCHAR, kept BOOLEAN, events BIGINT);
    SET VARIABLE learning = ${literal(learningOf(options))}`);
  let told = performance.now();
  const tell = (message: string, important: boolean) => {
    if (!important && performance.now() - told < QUIET_MS) return;
    told = performance.now();
    progress(message);
  };
  for (const [file, input] of inputs.entries()) {
    const before = { ...lines };
    const one = await readOne(file, input);
    layout = one.layout;
    read.push(one.read);
    const rows = lines.rows - before.rows;
    if (one.reader === "text" && lines.lines === before.lines) {
      warnings.push(`${input.path} is empty`);
    }
    const size = one.reader === "text" ? `: ${counted(rows, "row")}` : "";
    tell(`read ${input.path}${size}${one.note}`, inputs.length <= FEW_FILES);
  }
  await staging.finish();
  return await report();

  async function readOne(file: number, input: Input) {
    const { path } = input;
    const isZip = /\.zip$/i.test(path);
    const early = isZip ? undefined : layoutOf(path, path.replace(/\.(gz|zst)$/i, ""), options);
    if (early?.reader === "parquet" && !/\.(gz|zst)$/i.test(path)) {
      await staging.finish();
      const print = await fingerprint(path, reading.signal);
      await readParquet(database, input, early, options, bad);
      return {
        layout: early,
        read: { ...print, format: early.format },
        reader: "parquet",
        note: "",
      };
    }
    const open = await openInput(path, reading.signal);
    try {
      const own = early ?? layoutOf(path, open.name, options);
      const { format, reader } = own;
      const progress = (bytes: number) =>
        tell(`read ${(bytes / 1e9).toFixed(2)} GB of ${path}`, false);
      if (reader === "parquet") throw unwrapFirst(path);
      if (reader === "xuetangx") {
        await staging.finish();
        await readXuetangX(database, path, open.blocks, bad, progress);
      } else {
        if (reader === "json") await defineJson(database);
        const text = { input, file, open, layout: own };
        addCounts(lines, await readText(text, options, staging, progress));
      }
      const note = open.encoding === undefined ? "" : ` (${open.encoding})`;
      const fingerprint = await open.fingerprint();
      const kind = reader === "xuetangx" ? "xuetangx" : "text";
      return { layout: own, read: { ...fingerprint, format }, reader: kind, note };
    } finally {
      open.close();
    }
  }

  async function report(): Promise<LogReport> {
    const one = async (query: string) => (await database.rows<{ n: number }>(query))[0].n;
    const leftOut = (reason: string) =>
      one(`SELECT coalesce(sum(n), 0)::BIGINT AS n FROM left_out WHERE reason = '${reason}'`);
    const logged = await one("SELECT count(*) AS n FROM log");
    const { missing: policy } = layout!;
    const badInLog = await one(`SELECT count(*) AS n FROM log WHERE ${isBad(policy)}`);
    const missing = policy === "bad" ? 0 : await one(
      `SELECT count(*) AS n FROM log
       WHERE (user_id IS NULL OR item IS NULL) AND NOT ${isBad(policy)}`,
    );
    const [otherEvents, empty] = [await leftOut("other"), await leftOut("empty")];
    const rows = logged + otherEvents + empty + bad.count - badInLog;
    bad.checkShare(rows);
    if (rows === 0) throw noRows(paths, lines);
    const typed = layout!.columns.event !== undefined || layout!.reader === "xuetangx";
    return {
      inputs: read,
      lines,
      rows,
      badRows: bad.count,
      badRowsListed: bad.listed,
      otherEvents,
      missing,
      empty,
      eventTypes: typed ? await eventTypes(database) : undefined,
      warnings,
    };
  }
}

function noRows(paths: readonly string[], { header }: LineCounts): InputError {
  const many = paths.length > 1;
  const what = header > 0 ? "a header and no row" : "no row";
  return new InputError({
    doing: `reading ${many ? `${counted(paths.length, "file")}, the first ${paths[0]}` : paths[0]}`,
    found: `${many ? "they hold" : "it holds"} ${what}`,
    wanted: "rows with a user, an item and a time",
  });
}

function addCounts(total: LineCounts, counts: LineCounts): void {
  for (const key of ["lines", "header", "blank", "continued", "rows"] as const) {
    total[key] += counts[key];
  }
}

/** A regular expression for the types of events that are kept. */
function learningOf({ eventPrefixes }: PrepareOptions): string {
  if (eventPrefixes.includes("*")) return "";
  return `^(${eventPrefixes.map((prefix) => prefix.replaceAll(/[^\w]/g, "\\$&")).join("|")})`;
}

async function eventTypes(database: Database): Promise<EventType[]> {
  return await database.rows<EventType>(
    `SELECT coalesce(type, '') AS type, kept, sum(events)::BIGINT AS events
     FROM event_types GROUP BY ALL ORDER BY events DESC, type`,
  );
}

function unwrapFirst(path: string): InputError {
  return new InputError({
    doing: `reading ${path}`,
    found: "it is a Parquet file in an archive",
    wanted: "Parquet files as they are",
    next: "unpack it first",
  });
}
