/**
 * Reads one column of a Parquet file into typed arrays, page by page, without an object a row:
 * integers, texts (as codes into the distinct texts), and lists of integers (as offsets and
 * values). Compression and value encodings are hyparquet's; levels, dictionary indices and all
 * checks are ours.
 */
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { decodeHybrid } from "./levels.ts";
import { chunksOf, type ColumnChunk, type ParquetFile } from "./file.ts";
import { checkThrift, CODECS } from "./guard.ts";
import { readPlainValues, readValues, viewOf } from "./values.ts";

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
export type NumberKind = "int32" | "float64";

/**
 * Reads a column of integers. @throws InputError naming file, column and row for a null, a wrong
 * type or a value out of range.
 */
export function readNumbers(
  file: ParquetFile,
  column: string,
  kind: NumberKind,
): Int32Array | Float64Array {
  const out = numbersOf(kind, file.rows);
  let row = 0;
  for (const chunk of chunksOf(file, column)) {
    requireFlat(file, column, chunk);
    for (const page of pagesOf(file, column, chunk)) {
      if (page.values < page.entries) {
        throw nullAt(file, column, row + firstBelow(page.definition, maxDefinition(chunk)));
      }
      storeNumbers(file, column, page, out, row, (i) => row + i);
      row += page.entries;
    }
  }
  return out;
}

/** Reads a column of texts. @throws InputError as `readNumbers`. */
export function readTexts(file: ParquetFile, column: string): TextColumn {
  const codes = new Int32Array(file.rows);
  const distinct: string[] = [];
  const codeOf = new Map<string, number>();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const intern = (bytes: unknown, row: number): number => {
    if (!(bytes instanceof Uint8Array)) throw typeError(file, column, "texts");
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
    let code = codeOf.get(text);
    if (code === undefined) codeOf.set(text, code = distinct.push(text) - 1);
    return code;
  };
  let row = 0;
  for (const chunk of chunksOf(file, column)) {
    requireFlat(file, column, chunk);
    if (chunk.meta.type !== "BYTE_ARRAY") throw typeError(file, column, "texts", chunk.meta.type);
    let dictionary: unknown;
    let dictionaryCodes = new Int32Array(0);
    for (const page of pagesOf(file, column, chunk)) {
      if (page.values < page.entries) {
        throw nullAt(file, column, row + firstBelow(page.definition, maxDefinition(chunk)));
      }
      if (page.indices !== undefined) {
        if (page.dictionary !== dictionary) {
          dictionary = page.dictionary;
          dictionaryCodes = Int32Array.from(
            page.dictionary as ArrayLike<unknown>,
            (bytes) => intern(bytes, row),
          );
        }
        for (let i = 0; i < page.entries; i++) codes[row + i] = dictionaryCodes[page.indices[i]];
      } else {
        for (let i = 0; i < page.entries; i++) codes[row + i] = intern(page.plain[i], row + i);
      }
      row += page.entries;
    }
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
  const values = numbersOf(kind, chunks.reduce((sum, chunk) => sum + chunk.values, 0));
  let row = -1;
  let filled = 0;
  for (const chunk of chunks) {
    const [maxRepetition, definition] = [maxRepetitionOf(chunk), maxDefinition(chunk)];
    if (maxRepetition !== 1) {
      throw typeError(file, column, "a list of integers", chunk.meta.path_in_schema.join("."));
    }
    const emptyList = definitionOfList(chunk);
    const lastRow = row + chunk.rows;
    for (const page of pagesOf(file, column, chunk)) {
      const first = filled;
      for (let i = 0; i < page.entries; i++) {
        if (page.repetition![i] === 0) {
          row++;
          if (row > lastRow) throw damaged(file, column, `more than ${file.rows} rows`);
          offsets[row] = filled;
        } else if (row < 0) throw damaged(file, column, "a list without a beginning");
        const level = page.definition === undefined ? definition : page.definition[i];
        if (level === definition) filled++;
        else if (level !== emptyList) throw nullAt(file, column, row);
      }
      storeNumbers(file, column, page, values, first, (i) => rowOfValue(offsets, row, first + i));
    }
    if (row !== lastRow) {
      throw damaged(file, column, `${row + 1} rows where ${lastRow + 1} are claimed`);
    }
  }
  offsets[file.rows] = filled;
  return { offsets, values: values.subarray(0, filled) };
}

/**
 * A decoded page: `entries` levels, `values` real values; the values as dictionary indices or
 * plain.
 */
interface Page {
  readonly entries: number;
  readonly values: number;
  readonly repetition?: Int32Array;
  readonly definition?: Int32Array;
  readonly indices?: Int32Array;
  readonly dictionary?: ArrayLike<unknown>;
  readonly plain: ArrayLike<unknown>;
}

interface DictionaryPage {
  readonly terms: ArrayLike<unknown>;
}

function* pagesOf(file: ParquetFile, column: string, chunk: ColumnChunk): Generator<Page> {
  let dictionary: ArrayLike<unknown> | undefined;
  let seen = 0;
  const view = new DataView(file.bytes.buffer, file.bytes.byteOffset, chunk.end);
  const reader = { view, offset: chunk.begin };
  while (seen < chunk.values) {
    let page: Page | DictionaryPage;
    try {
      page = readOnePage(file.bytes, reader, chunk, chunk.values - seen, dictionary);
    } catch (error) {
      throw damaged(file, column, messageOf(error), error);
    }
    if ("terms" in page) dictionary = page.terms;
    else {
      seen += page.entries;
      yield page;
    }
  }
}

function readOnePage(
  bytes: Uint8Array,
  reader: { view: DataView; offset: number },
  chunk: ColumnChunk,
  left: number,
  dictionary: ArrayLike<unknown> | undefined,
): Page | DictionaryPage {
  checkThrift(bytes, reader.offset, chunk.end);
  const header = parquetHeader(reader);
  const { codec, type } = chunk.meta;
  const begin = reader.offset;
  const stored = checked(header.compressed_page_size, chunk.end - begin, "bytes of a page");
  const whole = checked(
    header.uncompressed_page_size,
    1024 * stored + 1_000_000,
    "uncompressed bytes of a page",
  );
  reader.offset += stored;
  const raw = bytes.subarray(begin, begin + stored);
  if (header.type === "DICTIONARY_PAGE") {
    const page = decompressPage(raw, whole, codec, CODECS);
    const count = checked(
      header.dictionary_page_header?.num_values,
      8 * page.length,
      "entries of a dictionary",
    );
    return { terms: readPlainValues(page, 0, type, count) };
  }
  const v1 = header.data_page_header;
  const v2 = header.data_page_header_v2;
  if (v1 === undefined && v2 === undefined) throw new Error(`a page of type ${header.type}`);
  const entries = checked((v1 ?? v2)!.num_values, left, "values of a page");
  if (entries === 0) return { entries, values: 0, plain: [] };
  const maxRep = maxRepetitionOf(chunk);
  const maxDef = maxDefinition(chunk);
  let page: Uint8Array;
  let at: number;
  let repetition: Int32Array | undefined;
  let definition: Int32Array | undefined;
  if (v2 !== undefined) {
    const repBytes = checked(v2.repetition_levels_byte_length, stored, "bytes of levels");
    const defBytes = checked(
      v2.definition_levels_byte_length,
      stored - repBytes,
      "bytes of levels",
    );
    if (maxRep > 0) {
      decodeHybrid(raw, 0, repBytes, bitsFor(maxRep), repetition = new Int32Array(entries));
    }
    if (maxDef > 0) {
      decodeHybrid(
        raw,
        repBytes,
        repBytes + defBytes,
        bitsFor(maxDef),
        definition = new Int32Array(entries),
      );
    }
    const body = raw.subarray(repBytes + defBytes);
    page = v2.is_compressed === false
      ? body
      : decompressPage(body, whole - repBytes - defBytes, codec, CODECS);
    at = 0;
  } else {
    page = decompressPage(raw, whole, codec, CODECS);
    at = 0;
    const levels = (max: number): Int32Array => {
      const length = checked(
        viewOf(page).getUint32(at, true),
        page.length - at - 4,
        "bytes of levels",
      );
      const out = new Int32Array(entries);
      decodeHybrid(page, at + 4, at + 4 + length, bitsFor(max), out);
      at += 4 + length;
      return out;
    };
    if (maxRep > 0) repetition = levels(maxRep);
    if (maxDef > 0) definition = levels(maxDef);
  }
  let values = entries;
  if (definition !== undefined) {
    values = 0;
    for (let i = 0; i < entries; i++) if (definition[i] === maxDef) values++;
    if (values === entries) definition = undefined;
  }
  const encoding = (v1 ?? v2)!.encoding;
  const levels = { entries, values, repetition, definition };
  if (values === 0) return { ...levels, plain: [] };
  if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    if (dictionary === undefined) throw new Error("dictionary indices without a dictionary");
    const indices = new Int32Array(values);
    const width = page[at++];
    if (width > 0) decodeHybrid(page, at, page.length, width, indices);
    for (let i = 0; i < values; i++) {
      if (!(indices[i] >= 0 && indices[i] < dictionary.length)) {
        throw new Error(`dictionary index ${indices[i]} of ${dictionary.length}`);
      }
    }
    return { ...levels, indices, dictionary, plain: [] };
  }
  return { ...levels, plain: readValues(page, at, type, encoding, values) };
}

function storeNumbers(
  file: ParquetFile,
  column: string,
  page: Page,
  out: Int32Array | Float64Array,
  at: number,
  rowOf: (i: number) => number,
): void {
  const source = page.indices === undefined ? page.plain : page.dictionary!;
  const lookup = page.indices;
  if (page.values === 0) return;
  if (!(source instanceof Int32Array || source instanceof BigInt64Array)) {
    throw typeError(file, column, "integers (int32 or int64)", source.constructor.name);
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

function numbersOf(kind: NumberKind, length: number): Int32Array | Float64Array {
  return kind === "int32" ? new Int32Array(length) : new Float64Array(length);
}

function checked(count: number | undefined, limit: number, what: string): number {
  if (count === undefined || !Number.isInteger(count) || count < 0 || count > limit) {
    throw new RangeError(`${count} ${what}, at most ${limit} are possible`);
  }
  return count;
}

const bitsFor = (level: number) => 32 - Math.clz32(level);
const maxRepetitionOf = ({ schemaPath }: ColumnChunk) =>
  schemaPath.filter(({ element }) => element.repetition_type === "REPEATED").length;
const maxDefinition = ({ schemaPath }: ColumnChunk) =>
  schemaPath.slice(1).filter(({ element }) => element.repetition_type !== "REQUIRED").length;
/**
 * The definition level of a list that is there and empty: the optional groups above the repeated
 * one.
 */
const definitionOfList = ({ schemaPath }: ColumnChunk) =>
  schemaPath.slice(1, schemaPath.findIndex(({ element }) => element.repetition_type === "REPEATED"))
    .filter(({ element }) => element.repetition_type === "OPTIONAL").length;

function firstBelow(levels: Int32Array | undefined, max: number): number {
  return levels === undefined ? 0 : Math.max(0, levels.findIndex((level) => level < max));
}

function rowOfValue(offsets: Int32Array, lastRow: number, value: number): number {
  let row = lastRow;
  while (row > 0 && offsets[row] > value) row--;
  return row;
}

function requireFlat(file: ParquetFile, column: string, chunk: ColumnChunk): void {
  if (maxRepetitionOf(chunk) > 0 || chunk.schemaPath.length !== 2) {
    throw typeError(file, column, "one value a row", "a nested column");
  }
  if (chunk.values !== chunk.rows) {
    throw damaged(file, column, `${chunk.values} values in ${chunk.rows} rows`);
  }
}

function nullAt(file: ParquetFile, column: string, row: number): InputError {
  return new InputError({
    doing: `reading column ${column} of ${file.path}`,
    found: `row ${row} is null`,
    wanted: "a value in every row",
  });
}

function typeError(
  file: ParquetFile,
  column: string,
  wanted: string,
  found = "other values",
): InputError {
  return new InputError({
    doing: `reading column ${column} of ${file.path}`,
    found: `it holds ${show(found)}`,
    wanted,
  });
}

function damaged(file: ParquetFile, column: string, found: string, cause?: unknown): InputError {
  return new InputError({
    doing: `reading column ${column} of ${file.path}`,
    found: `the column is damaged: ${show(found, 160)}`,
    wanted: "a whole Parquet file",
    next: "copy or make the file again",
  }, { cause });
}
