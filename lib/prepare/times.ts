/** Times of every type and form as SQL that gives microseconds since 1970. */
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { type Database, literal } from "./database.ts";
import type { PrepareOptions, TimeUnit } from "./options.ts";

/** An expression for a time. */
export interface TimeSql {
  /** Microseconds, or NULL where it is no time. */
  readonly microseconds: string;
  /** The time as it is written, for messages. */
  readonly written: string;
}

/** Microseconds of a unit. */
const MICROSECONDS: Readonly<Record<Exclude<TimeUnit, "auto" | "ns">, number>> = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  min: 60e6,
  h: 3600e6,
  day: 86_400e6,
  excel: 86_400e6,
};

/** Days from a spreadsheet's beginning, 1899-12-30, to 1970. */
const EXCEL_DAYS = 25_569;

/** A place is kept where a time is, so that it has to be a number of seconds. */
const MOST_PLACE = 1_000_000_000_000;

/**
 * Makes `microseconds_of` and `microseconds_of_number` those of `--time-format` and `--time-unit`.
 * @throws InputError for a form that strptime does not know.
 */
export async function defineTimes(
  database: Database,
  { timeFormat, timeUnit }: PrepareOptions,
): Promise<void> {
  if (timeFormat !== undefined) {
    const form = literal(timeFormat);
    try {
      await database.run(`SELECT try_strptime('', ${form})`);
    } catch (error) {
      throw new InputError({
        doing: "reading --time-format",
        found: `its value is ${show(timeFormat)} (${show(messageOf(error).split("\n")[0], 120)})`,
        wanted: "a form in strptime's letters, such as '%d/%m/%Y %H:%M'",
        next: "the letters of https://duckdb.org/docs/stable/sql/functions/dateformat",
      }, { cause: error });
    }
    await define(database, "microseconds_of(written)", `epoch_us(try_strptime(written, ${form}))`);
    await define(
      database,
      "microseconds_of_number(number)",
      `epoch_us(try_strptime(number::VARCHAR, ${form}))`,
    );
  } else if (timeUnit !== "auto") {
    const whole = ofUnit("try_cast(written AS BIGINT)", timeUnit);
    const fraction = ofUnit("try_cast(written AS DOUBLE)", timeUnit);
    await define(database, "microseconds_of_number(number)", ofUnit("number", timeUnit));
    await define(
      database,
      "microseconds_of(written)",
      `CASE WHEN regexp_full_match(written, '-?\\d{1,19}') THEN ${whole}
        WHEN regexp_full_match(written, '-?\\d{1,15}\\.\\d+') THEN ${fraction} END`,
    );
  }
}

async function define(database: Database, head: string, body: string): Promise<void> {
  await database.run(`CREATE OR REPLACE MACRO ${head} AS ${body}`);
}

/** A number of a unit in microseconds; NULL where it is beyond what 64 bits hold. */
function ofUnit(number: string, unit: Exclude<TimeUnit, "auto">): string {
  if (unit === "ns") return `(${number} // 1000)::BIGINT`;
  const factor = MICROSECONDS[unit];
  const from = unit === "excel" ? `(${number} - ${EXCEL_DAYS})` : number;
  const most = Math.floor(9e18 / factor);
  return `CASE WHEN abs(${number}) < ${most} THEN (${from} * ${factor})::BIGINT END`;
}

/** The time in a column of texts. */
export function timeOfText(text: string): TimeSql {
  return { microseconds: `microseconds_of(${text})`, written: text };
}

/**
 * The time in a column of a type of the database. Undefined where the type can hold no time.
 */
export function timeOfType(column: string, type: string): TimeSql | undefined {
  const written = `${column}::VARCHAR`;
  if (type === "VARCHAR") return timeOfText(column);
  if (type === "BLOB") return timeOfText(`try(decode(${column}))`);
  if (/^(TIMESTAMP|DATE)/.test(type)) {
    const zoned = type.endsWith("WITH TIME ZONE");
    const cast = zoned ? column : `${column}::TIMESTAMP`;
    return { microseconds: `epoch_us(${cast})`, written };
  }
  const wide = /^U?HUGEINT$|^UBIGINT$/.test(type);
  if (wide) {
    return { microseconds: `microseconds_of_number(try_cast(${column} AS BIGINT))`, written };
  }
  if (/INT(EGER)?$/.test(type)) {
    return { microseconds: `microseconds_of_number(${column}::BIGINT)`, written };
  }
  if (type === "DOUBLE" || type.startsWith("DECIMAL")) {
    return { microseconds: `microseconds_of_number(${column}::DOUBLE)`, written };
  }
  return undefined;
}

/** The place of `--order` in a column, as a text, in place of a time. */
export function placeOfText(text: string): TimeSql {
  const number = `try_cast(try_cast(${text} AS DECIMAL(18, 3)) AS BIGINT)`;
  return {
    microseconds:
      `CASE WHEN regexp_full_match(${text}, '-?\\d{1,12}(\\.0+)?') AND abs(${number}) < ` +
      `${MOST_PLACE} THEN ${number} * 1000000 END`,
    written: text,
  };
}
