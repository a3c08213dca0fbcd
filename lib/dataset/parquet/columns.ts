/**
 * Reads one column of a Parquet file into typed arrays, page by page, without an object a row:
 * integers, texts (as codes into the distinct texts), and lists of integers (as offsets and
 * values).
 */
import { InputError } from "../../errors/input_error.ts";
import { damage, nullAt, typeFault } from "./faults.ts";
import { chunksOf, type ColumnChunk, type ParquetFile } from "./file.ts";
import { definitionOfEmptyList, maxDefinition, maxRepetition } from "./levels.ts";
import { type Page, pagesOf } from "./pages.ts";

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
 * Reads a column of integers. @throws InputError naming file, column and row for a null, a wrong
 * type or a value out of range.
 */
export function readNumbers<K extends NumberKind>(
  file: ParquetFile,
  column: string,
  kind: K,
): NumberArrays[K] {
  const out = MAKE[kind](file.rows);
  for (const { page, row } of flatPagesOf(file, column)) {
    storeNumbers(file, column, page, { out, at: row, rowOf: (i) => row + i });
  }
  return out;
}

/** Reads a column of texts. @throws InputError as `readNumbers`. */
export function readTexts(file: ParquetFile, column: string): TextColumn {
  const codes = new Int32Array(file.rows);
  const { distinct, codeOf } = codebook(file, column);
  let dictionary: unknown;
  let dictionaryCodes = new Int32Array(0);
  for (const { page, row } of flatPagesOf(file, column, "BYTE_ARRAY")) {
    const { entries, indices, plain } = page;
    if (indices === undefined) {
      for (let i = 0; i < entries; i++) codes[row + i] = codeOf(plain[i], row + i);
      continue;
    }
    if (page.dictionary !== dictionary) {
      dictionary = page.dictionary;
      dictionaryCodes = Int32Array.from(page.dictionary!, (bytes) => codeOf(bytes, row));
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
      throw typeFault(file, column, "a list of integers", meta.path_in_schema.join("."));
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
      storeNumbers(file, column, page, { out: values, at: first, rowOf });
    }
    if (row !== lastRow) {
      throw damage(file, column, `${row + 1} rows where ${lastRow + 1} are claimed`);
    }
  }
  offsets[file.rows] = filled;
  return { offsets, values: values.subarray(0, filled) };
}

/**
 * The pages of a column with one value a row, each with its first row; of the Parquet type `type`
 * where one is named. @throws InputError for a nested column, another type or a null.
 */
function* flatPagesOf(
  file: ParquetFile,
  column: string,
  type?: string,
): Generator<{ readonly page: Page; readonly row: number }> {
  let row = 0;
  for (const chunk of chunksOf(file, column)) {
    requireFlat(file, column, chunk);
    if (type !== undefined && chunk.meta.type !== type) {
      throw typeFault(file, column, "texts", chunk.meta.type);
    }
    for (const page of pagesOf(file, column, chunk)) {
      if (page.values < page.entries) {
        const defined = maxDefinition(chunk.schemaPath);
        const missing = page.definition?.findIndex((level) => level < defined) ?? 0;
        throw nullAt(file, column, row + Math.max(0, missing));
      }
      yield { page, row };
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
  const codeOf = (bytes: unknown, row: number): number => {
    if (!(bytes instanceof Uint8Array)) throw typeFault(file, column, "texts");
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      throw new InputError({
        doing: `reading column ${column} of ${file.path}`,
        found: `row ${row} is not UTF-8`,
        wanted: "texts in UTF-8",
      });
    }
    let code = known.get(text);
    if (code === undefined) known.set(text, code = distinct.push(text) - 1);
    return code;
  };
  return { distinct, codeOf };
}

/** Where the numbers of a page go, and which row of the file its i-th value belongs to. */
interface Target {
  readonly out: Int32Array | Float64Array;
  readonly at: number;
  readonly rowOf: (i: number) => number;
}

function storeNumbers(
  file: ParquetFile,
  column: string,
  page: Page,
  { out, at, rowOf }: Target,
): void {
  const source = page.indices === undefined ? page.plain : page.dictionary!;
  const lookup = page.indices;
  if (page.values === 0) return;
  if (!(source instanceof Int32Array || source instanceof BigInt64Array)) {
    throw typeFault(file, column, "integers (int32 or int64)", source.constructor.name);
  }
  const numbers = source instanceof BigInt64Array && lookup !== undefined
    ? Float64Array.from(source, Number)
    : source;
  const narrow = out instanceof Int32Array;
  for (let i = 0; i < page.values; i++) {
    const value = Number(lookup === undefined ? numbers[i] : numbers[lookup[i]]);
    out[at + i] = value;
    if (narrow ? out[at + i] !== value : !Number.isSafeInteger(value)) {
      const exact = lookup === undefined ? source[i] : source[lookup[i]];
      throw new InputError({
        doing: `reading column ${column} of ${file.path}`,
        found: `row ${rowOf(i)} is ${exact}`,
        wanted: narrow ? "a number that fits 32 bits" : "a number up to 2^53",
      });
    }
  }
}

/** The row whose list holds the value number `value`, at or before `lastRow`. */
function rowOfValue(offsets: Int32Array, lastRow: number, value: number): number {
  let row = lastRow;
  while (row > 0 && offsets[row] > value) row--;
  return row;
}
