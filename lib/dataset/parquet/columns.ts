/**
 * Reads one column of a Parquet file into typed arrays, page by page, without an object a row:
 * whole numbers, times, texts (as codes into the distinct texts), and lists of whole numbers (as
 * offsets and values).
 */
import { InputError } from "../../errors/input_error.ts";
import { damage, nullAt, typeFault } from "./faults.ts";
import { chunksOf, type ColumnChunk, type ParquetFile } from "./file.ts";
import { definitionOfEmptyList, maxDefinition, maxRepetition } from "./levels.ts";
import {
  type Conversion,
  type Numbers,
  numberTexts,
  perSecondOf,
  times,
  wholeNumbers,
} from "./numbers.ts";
import { elementOf, type Page, pagesOf } from "./pages.ts";
import { rangeIndex } from "./pandas.ts";

/** A column of texts: `distinct[codes[row]]`. */
export interface TextColumn {
  readonly distinct: readonly string[];
  readonly codes: Int32Array;
}

/** A column of lists: row i holds values[offsets[i] .. offsets[i+1]). */
export interface ListColumn {
  readonly offsets: Int32Array;
  readonly values: Int32Array | Float64Array;
}

/** int32 for ids, float64 (exact to 2^53) for keys and times. */
export interface NumberArrays {
  readonly int32: Int32Array<ArrayBuffer>;
  readonly float64: Float64Array<ArrayBuffer>;
}

/** One of the kinds of numbers. */
export type NumberKind = keyof NumberArrays;

const MAKE: { readonly [K in NumberKind]: (length: number) => NumberArrays[K] } = {
  int32: (length) => new Int32Array(length),
  float64: (length) => new Float64Array(length),
};

/**
 * Reads a column of whole numbers: integers, or doubles and decimals that are whole. @throws
 * InputError naming file, column and row for a null, a wrong type or a value out of range.
 */
export function readNumbers<K extends NumberKind>(
  file: ParquetFile,
  column: string,
  kind: K,
): NumberArrays[K] {
  const out = MAKE[kind](file.rows);
  const index = file.columns.includes(column) ? undefined : rangeIndex(file, column);
  if (index !== undefined) {
    for (let row = 0; row < file.rows; row++) out[row] = index.start + row * index.step;
    return out;
  }
  for (const { page, row, chunk } of flatPagesOf(file, column)) {
    const numbers = numbersOf(file, column, page, wholeNumbers(elementOf(chunk)));
    storeNumbers(file, column, page, { numbers, out, at: row, rowOf: (i) => row + i });
  }
  return out;
}

/**
 * Reads a column of times, in whole seconds since 1970: timestamps and dates by their unit,
 * numbers as seconds or, by the size of the largest, as what is finer. @throws InputError as
 * `readNumbers`.
 */
export function readTimes(file: ParquetFile, column: string): Float64Array<ArrayBuffer> {
  const out = new Float64Array(file.rows);
  let numbersOnly = false;
  for (const { page, row, chunk } of flatPagesOf(file, column)) {
    const { convert, numbers } = times(elementOf(chunk));
    numbersOnly ||= numbers;
    const found = numbersOf(file, column, page, convert);
    for (let i = 0; i < page.values; i++) {
      const value = found.values[page.indices === undefined ? i : page.indices[i]];
      if (!Number.isFinite(value)) {
        throw new InputError({
          doing: `reading column ${column} of ${file.path}`,
          found: `row ${row + i} is ${value}`,
          wanted: "a time in every row",
        });
      }
      out[row + i] = value;
    }
  }
  const perSecond = numbersOnly
    ? perSecondOf(out.reduce((most, value) => Math.max(most, Math.abs(value)), 0))
    : 1;
  return out.map((value) => Math.floor(value / perSecond));
}

/**
 * Reads a column of texts; whole numbers are read as the texts that they would be. @throws
 * InputError as `readNumbers`.
 */
export function readTexts(file: ParquetFile, column: string): TextColumn {
  const codes = new Int32Array(file.rows);
  const { distinct, codeOf, decode } = codebook(file, column);
  let dictionary: unknown;
  let dictionaryCodes = new Int32Array(0);
  for (const { page, row, chunk } of flatPagesOf(file, column)) {
    const { entries, indices, plain } = page;
    const textsOf = chunk.meta.type === "BYTE_ARRAY" ? undefined : numberTexts(elementOf(chunk));
    const texts = (values: ArrayLike<unknown>): ArrayLike<unknown> => {
      const found = textsOf === undefined ? values : textsOf(values);
      if (found === undefined) throw typeFault(file, column, "texts", chunk.meta.type);
      return found;
    };
    const code = (value: unknown, at: number) =>
      codeOf(typeof value === "string" ? value : decode(value, at));
    if (indices === undefined) {
      const values = texts(plain);
      for (let i = 0; i < entries; i++) codes[row + i] = code(values[i], row + i);
      continue;
    }
    if (page.dictionary !== dictionary) {
      dictionary = page.dictionary;
      dictionaryCodes = Int32Array.from(texts(page.dictionary!), (value) => code(value, row));
    }
    for (let i = 0; i < entries; i++) codes[row + i] = dictionaryCodes[indices[i]];
  }
  return { distinct, codes };
}

/**
 * Reads a column of lists of integers. @throws InputError as `readNumbers`, also for a null inside
 * a list.
 */
export function readLists(file: ParquetFile, column: string, kind: NumberKind): ListColumn {
  const chunks = chunksOf(file, column);
  const offsets = new Int32Array(file.rows + 1);
  const values = MAKE[kind](chunks.reduce((sum, chunk) => sum + chunk.values, 0));
  let row = -1;
  let filled = 0;
  for (const chunk of chunks) {
    const { meta, schemaPath } = chunk;
    if (maxRepetition(schemaPath) !== 1) {
      const found = meta.path_in_schema.length > 1 ? meta.path_in_schema.join(".") : meta.type;
      throw typeFault(file, column, "a list of integers", found);
    }
    const ofValue = maxDefinition(schemaPath);
    const ofEmptyList = definitionOfEmptyList(schemaPath);
    const lastRow = row + chunk.rows;
    for (const page of pagesOf(file, column, chunk)) {
      const first = filled;
      for (let i = 0; i < page.entries; i++) {
        if (page.repetition![i] === 0) {
          row++;
          if (row > lastRow) throw damage(file, column, `more than ${file.rows} rows`);
          offsets[row] = filled;
        } else if (row < 0) throw damage(file, column, "a list without a beginning");
        const level = page.definition === undefined ? ofValue : page.definition[i];
        if (level === ofValue) filled++;
        else if (level !== ofEmptyList) throw nullAt(file, column, row);
      }
      const rowOf = (i: number) => rowOfValue(offsets, row, first + i);
      const numbers = numbersOf(file, column, page, wholeNumbers(elementOf(chunk)));
      storeNumbers(file, column, page, { numbers, out: values, at: first, rowOf });
    }
    if (row !== lastRow) {
      throw damage(file, column, `${row + 1} rows where ${lastRow + 1} are claimed`);
    }
  }
  offsets[file.rows] = filled;
  return { offsets, values: values.subarray(0, filled) };
}

/** A page of a column with one value a row, and its first row. */
interface FlatPage {
  readonly page: Page;
  readonly row: number;
  readonly chunk: ColumnChunk;
}

/** The pages of a flat column. @throws InputError for a nested column or a null. */
function* flatPagesOf(file: ParquetFile, column: string): Generator<FlatPage> {
  let row = 0;
  for (const chunk of chunksOf(file, column)) {
    requireFlat(file, column, chunk);
    for (const page of pagesOf(file, column, chunk)) {
      if (page.values < page.entries) {
        const defined = maxDefinition(chunk.schemaPath);
        const missing = page.definition?.findIndex((level) => level < defined) ?? 0;
        throw nullAt(file, column, row + Math.max(0, missing));
      }
      yield { page, row, chunk };
      row += page.entries;
    }
  }
}

function requireFlat(file: ParquetFile, column: string, chunk: ColumnChunk): void {
  if (maxRepetition(chunk.schemaPath) > 0 || chunk.schemaPath.length !== 2) {
    throw typeFault(file, column, "one value a row", "a nested column");
  }
  if (chunk.values !== chunk.rows) {
    throw damage(file, column, `${chunk.values} values in ${chunk.rows} rows`);
  }
}

/** Codes of texts, given out in the order of first appearance. */
function codebook(file: ParquetFile, column: string) {
  const distinct: string[] = [];
  const known = new Map<string, number>();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes: unknown, row: number): string => {
    if (!(bytes instanceof Uint8Array)) throw typeFault(file, column, "texts");
    try {
      return decoder.decode(bytes);
    } catch {
      throw new InputError({
        doing: `reading column ${column} of ${file.path}`,
        found: `row ${row} is not UTF-8`,
        wanted: "texts in UTF-8",
      });
    }
  };
  const codeOf = (text: string): number => {
    let code = known.get(text);
    if (code === undefined) known.set(text, code = distinct.push(text) - 1);
    return code;
  };
  return { distinct, codeOf, decode };
}

/** What a page's values are converted to; those of a dictionary once for all its pages. */
function numbersOf(
  file: ParquetFile,
  column: string,
  page: Page,
  convert: Conversion,
): Numbers {
  if (page.values === 0) return { values: [], shown: String };
  const { dictionary, indices, plain } = page;
  const known = indices === undefined ? undefined : ofDictionary.get(dictionary!);
  const numbers = known ?? convert(indices === undefined ? plain : dictionary!);
  if (numbers === undefined) {
    const source = indices === undefined ? plain : dictionary!;
    throw typeFault(file, column, "integers (int32 or int64)", source.constructor.name);
  }
  if (indices !== undefined) ofDictionary.set(dictionary!, numbers);
  return numbers;
}

/** The converted values of dictionaries that are in use. */
const ofDictionary = new WeakMap<ArrayLike<unknown>, Numbers>();

/** Where the numbers of a page go, and which row of the file its i-th value belongs to. */
interface Target {
  readonly numbers: Numbers;
  readonly out: Int32Array | Float64Array;
  readonly at: number;
  readonly rowOf: (i: number) => number;
}

function storeNumbers(
  file: ParquetFile,
  column: string,
  { values: count, indices }: Page,
  { numbers: { values, shown }, out, at, rowOf }: Target,
): void {
  const narrow = out instanceof Int32Array;
  for (let i = 0; i < count; i++) {
    const place = indices === undefined ? i : indices[i];
    const value = values[place];
    out[at + i] = value;
    if (narrow ? out[at + i] !== value : !Number.isSafeInteger(value)) {
      throw new InputError({
        doing: `reading column ${column} of ${file.path}`,
        found: `row ${rowOf(i)} is ${shown(place)}`,
        wanted: wantedNumber(shown(place), narrow),
      });
    }
  }
}

function wantedNumber(found: string, narrow: boolean): string {
  if (/[.a-z]/i.test(found)) return "a whole number";
  return narrow ? "a number that fits 32 bits" : "a number up to 2^53";
}

/** The row whose list holds the value number `value`, at or before `lastRow`. */
function rowOfValue(offsets: Int32Array, lastRow: number, value: number): number {
  let row = lastRow;
  while (row > 0 && offsets[row] > value) row--;
  return row;
}
