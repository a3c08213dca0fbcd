/** What `prepare` is asked to do: one table of flags, and the options that they make. */
import { SPLITS } from "../../dataset/dataset.ts";
import { counted } from "../../errors/counted.ts";
import { InputError, show } from "../../errors/input_error.ts";
import {
  COLUMN_NAMES,
  DEFAULTS,
  FORMATS,
  type PrepareOptions,
  SPLIT_POLICIES,
  TIME_UNITS,
} from "../../prepare/options.ts";
import type { Command } from "../../settings/command.ts";
import {
  choice,
  integer,
  list,
  number,
  type Setting,
  text,
  toggle,
  type Values,
} from "../../settings/settings.ts";
import { JSON_OUT } from "../settings.ts";

/** A flag whose value is a list of numbers. */
function numbers(
  placeholder: string,
  description: string,
  fallback: readonly number[],
): Setting<readonly number[]> {
  const parse = (value: string, name: string) =>
    value.split(",").map((part) => {
      if (/^\s*\d+(\.\d+)?\s*$/.test(part)) return Number(part);
      throw new InputError({
        doing: `reading --${name}`,
        found: `its value is ${show(value)}`,
        wanted: `numbers: ${placeholder}`,
      });
    });
  return { placeholder, description, fallback, json: "numbers", repeats: true, parse };
}

function column(what: string, fallback?: string): Setting<string | undefined> {
  return text("column", fallback === undefined ? what : `${what} (default: ${fallback})`);
}

/** The flags of `prepare`. */
export const PREPARE_FLAGS = {
  input: list<string>("path,…", "files, folders, patterns such as 'logs/*.csv.gz' (needed)", []),
  out: text("folder", "the data folder to write, replaced whole when all is done (needed)"),
  config: text("file", "a JSON file with the values of flags"),
  json: JSON_OUT,
  memory: text("size", "of DuckDB; the process takes some 400 MB more", DEFAULTS.memory),
  threads: integer("of DuckDB", DEFAULTS.threads, 1, 1024),
  format: { ...choice(FORMATS, FORMATS.join(", "), DEFAULTS.format), placeholder: "name" },
  separator: text("text", "between fields: ';', '::', '|', tab"),
  header: toggle("the first row names the columns; --no-header: 1, 2, … do", true),
  quote: text("char", 'around fields that hold separators; none: quotes are text (default: ")'),
  escape: text("char", "takes the next character's meaning, such as \\ (default: none)"),
  explode: list<string>("list,…", "open lists of a row side by side: items,times", []),
  user: column("who: a column, a field context.user, a place #3", COLUMN_NAMES.user),
  item: column("the course", COLUMN_NAMES.item),
  time: column("when", COLUMN_NAMES.time),
  session: column("the platform's session id; where there is none, --gap-minutes cuts"),
  userFromFilename: toggle("each file is of one user, who is named by it"),
  timeFormat: text(
    "form",
    "strptime's letters, such as '%d/%m/%y, %H:%M' (default: ISO 8601, epoch)",
  ),
  timeUnit: {
    ...choice(TIME_UNITS, `of numbers: ${TIME_UNITS.join(", ")}`, DEFAULTS.timeUnit),
    placeholder: "unit",
  },
  order: text("row|column", "no times: the order of the rows, or a column's"),
  eventType: column("the type of an event; --events chooses"),
  events: list<string>("prefix,…", "types to keep, * for all (default: videos and problems)", []),
  missing: choice(["bad", "skip"], "rows without user or item: bad, or left out and counted"),
  onError: choice(["stop", "skip"], "a bad row: stop, or leave it out and count", DEFAULTS.onError),
  maxBad: text("n|n%", "skip stops beyond so many (default: 100, or 0.1 % where that is more)"),
  gapMinutes: number("without an event end a session", DEFAULTS.gapMinutes, 0.001, 1e9),
  minUserPairs: integer("users with fewer pairs go", DEFAULTS.minUserPairs, 1),
  minItemCount: integer(
    "items with fewer events go; both: until both hold",
    DEFAULTS.minItemCount,
    1,
  ),
  vocabulary: text("folder", "the ids of an earlier data folder; events of other courses go"),
  split: numbers(
    "a,b,c",
    "shares of train, val, test",
    SPLITS.map((split) => DEFAULTS.shares[split]),
  ),
  splitBy: choice(
    SPLIT_POLICIES,
    "shuffled, or by arrival, train before the rest",
    DEFAULTS.splitBy,
  ),
  k: numbers("n,…", "support pairs of an episode", DEFAULTS.k),
  q: numbers("n,…", "query pairs; one file for each K and Q", DEFAULTS.q),
  seed: integer("of the users' shuffle", DEFAULTS.seed, 0, 2 ** 32 - 1),
};

/** The command `prepare`. */
export const PREPARE_COMMAND: Command<typeof PREPARE_FLAGS> = {
  name: "prepare",
  summary: "turns a raw interaction log into a data folder (docs/prepare.md has worked examples)",
  flags: PREPARE_FLAGS,
  headings: {
    input: "Files and machine",
    format: "How it is written",
    user: "Columns, times, rows",
    gapMinutes: "Sessions, splits, episodes",
  },
  examples: ["deno task prepare --input log.csv.gz --time created_at --out data/processed/mine"],
};

/** The options that the flags make. @throws InputError for a flag that is needed and missing. */
export function prepareOptions(
  values: Readonly<Values<typeof PREPARE_FLAGS>>,
  given: ReadonlySet<string>,
): PrepareOptions {
  const { input, out, user, item, time, session, eventType, events, split, ...rest } = values;
  const needed = (flag: string) =>
    new InputError({
      doing: "reading the arguments of prepare",
      found: `no --${flag}`,
      wanted: `--${flag}`,
    });
  if (input.length === 0) throw needed("input");
  if (out === undefined) throw needed("out");
  if (split.length !== 3) {
    throw new InputError({
      doing: "reading --split",
      found: counted(split.length, "share"),
      wanted: "three",
    });
  }
  const { config: _, json: __, header, explode, ...options } = rest;
  const [train, val, test] = split;
  return {
    ...options,
    inputs: input,
    out,
    header: given.has("header") ? header : undefined,
    explode: given.has("explode") ? explode : undefined,
    columns: { user, item, time, session, event: eventType },
    eventPrefixes: events.length === 0 ? DEFAULTS.eventPrefixes : events,
    shares: { train, val, test },
    batchEvents: DEFAULTS.batchEvents,
  };
}
