/**
 * The pages of a column's chunk, decoded: levels, and values plain or as indices into a dictionary.
 * Compression and value encodings are hyparquet's; levels, indices and all checks are ours.
 */
import type { PageHeader, SchemaElement } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { messageOf } from "../../errors/input_error.ts";
import { mostMemory } from "./budget.ts";
import { damage, Unsupported, unsupported } from "./faults.ts";
import type { ColumnChunk, ParquetFile } from "./file.ts";
import { checkThrift, CODECS } from "./guard.ts";
import { decodeHybrid } from "./hybrid.ts";
import { maxDefinition, maxRepetition } from "./levels.ts";
import { readPlainValues, readValues, viewOf } from "./values.ts";

/**
 * A decoded page: `entries` levels, `values` real values; the values as dictionary indices or
 * plain.
 */
export interface Page {
  readonly entries: number;
  readonly values: number;
  /** [entries]; absent for a flat column. */
  readonly repetition?: Uint8Array;
  /** [entries]; absent where every entry is a value. */
  readonly definition?: Uint8Array;
  /** [values] into `dictionary`. */
  readonly indices?: Int32Array;
  readonly dictionary?: ArrayLike<unknown>;
  /** [values], where there are no indices. */
  readonly plain: ArrayLike<unknown>;
}

interface DictionaryPage {
  readonly terms: ArrayLike<unknown>;
}

/** Where the next page begins. */
interface Reader {
  readonly view: DataView;
  offset: number;
}

/** The data pages of a chunk. @throws InputError naming the column when one is damaged. */
export function* pagesOf(file: ParquetFile, column: string, chunk: ColumnChunk): Generator<Page> {
  let dictionary: ArrayLike<unknown> | undefined;
  let seen = 0;
  const { codec } = chunk.meta;
  if (codec !== "UNCOMPRESSED" && CODECS[codec] === undefined) {
    throw unsupported(file, column, `the compression ${codec}`);
  }
  const view = new DataView(file.bytes.buffer, file.bytes.byteOffset, chunk.end);
  const reader = { view, offset: chunk.begin };
  while (seen < chunk.values) {
    let page: Page | DictionaryPage;
    try {
      page = readPage(file.bytes, reader, chunk, chunk.values - seen, dictionary);
    } catch (error) {
      if (error instanceof Unsupported) throw unsupported(file, column, error.message, error);
      throw damage(file, column, messageOf(error), error);
    }
    if ("terms" in page) dictionary = page.terms;
    else {
      seen += page.entries;
      yield page;
    }
  }
}

/** Reads one page and moves the reader behind it; at most `left` entries are possible. */
function readPage(
  bytes: Uint8Array,
  reader: Reader,
  chunk: ColumnChunk,
  left: number,
  dictionary: ArrayLike<unknown> | undefined,
): Page | DictionaryPage {
  checkThrift(bytes, reader.offset, chunk.end);
  const header = parquetHeader(reader);
  const begin = reader.offset;
  const stored = checked(header.compressed_page_size, chunk.end - begin, "bytes of a page");
  const whole = checked(
    header.uncompressed_page_size,
    mostMemory(bytes.length),
    "uncompressed bytes of a page",
  );
  reader.offset += stored;
  const raw = bytes.subarray(begin, begin + stored);
  if (header.type === "DICTIONARY_PAGE") return readDictionary(header, raw, whole, chunk);
  const { data_page_header: v1, data_page_header_v2: v2 } = header;
  const data = v1 ?? v2;
  if (data === undefined) throw new Error(`a page of type ${header.type}`);
  const entries = checked(data.num_values, left, "values of a page");
  if (entries === 0) return { entries, values: 0, plain: [] };
  const body = v2 === undefined
    ? splitVersion1(raw, whole, entries, chunk)
    : splitVersion2(v2, raw, whole, entries, chunk);
  const values = countEqual(body.definition, maxDefinition(chunk.schemaPath), entries);
  const levels = {
    entries,
    values,
    repetition: body.repetition,
    definition: values === entries ? undefined : body.definition,
  };
  if (values === 0) return { ...levels, plain: [] };
  if (data.encoding === "PLAIN_DICTIONARY" || data.encoding === "RLE_DICTIONARY") {
    if (dictionary === undefined) throw new Error("dictionary indices without a dictionary");
    return { ...levels, indices: readIndices(body, values, dictionary), dictionary, plain: [] };
  }
  const plain = readValues(body.page, body.at, elementOf(chunk), data.encoding, values);
  return { ...levels, plain };
}

function readDictionary(
  header: PageHeader,
  raw: Uint8Array,
  whole: number,
  chunk: ColumnChunk,
): DictionaryPage {
  const { codec } = chunk.meta;
  const page = decompressPage(raw, whole, codec, CODECS);
  const count = checked(
    header.dictionary_page_header?.num_values,
    8 * page.length,
    "entries of a dictionary",
  );
  return { terms: readPlainValues(page, 0, elementOf(chunk), count) };
}

/** The schema's element of a chunk's values. */
export function elementOf({ meta, schemaPath }: ColumnChunk): SchemaElement {
  return { ...schemaPath[schemaPath.length - 1].element, type: meta.type };
}

/** A page taken apart: its levels, and where in its decompressed bytes the values begin. */
interface Body {
  readonly page: Uint8Array;
  readonly at: number;
  readonly repetition?: Uint8Array;
  readonly definition?: Uint8Array;
}

/** Version 1: levels and values compressed together, each kind of levels behind its length. */
function splitVersion1(
  raw: Uint8Array,
  whole: number,
  entries: number,
  { meta, schemaPath }: ColumnChunk,
): Body {
  const page = decompressPage(raw, whole, meta.codec, CODECS);
  let at = 0;
  const nextLevels = (max: number): Uint8Array | undefined => {
    if (max === 0) return undefined;
    const begin = at + 4;
    const bytes = checked(viewOf(page).getUint32(at, true), page.length - begin, "bytes of levels");
    at = begin + bytes;
    return levelsIn(page, begin, at, max, entries);
  };
  const repetition = nextLevels(maxRepetition(schemaPath));
  const definition = nextLevels(maxDefinition(schemaPath));
  return { page, at, repetition, definition };
}

/** Version 2: levels before the values, their lengths in the header, never compressed. */
function splitVersion2(
  header: NonNullable<PageHeader["data_page_header_v2"]>,
  raw: Uint8Array,
  whole: number,
  entries: number,
  { meta, schemaPath }: ColumnChunk,
): Body {
  const { repetition_levels_byte_length, definition_levels_byte_length } = header;
  const repetitionEnd = checked(repetition_levels_byte_length, raw.length, "bytes of levels");
  const definitionEnd = repetitionEnd +
    checked(definition_levels_byte_length, raw.length - repetitionEnd, "bytes of levels");
  const values = raw.subarray(definitionEnd);
  return {
    page: header.is_compressed === false
      ? values
      : decompressPage(values, whole - definitionEnd, meta.codec, CODECS),
    at: 0,
    repetition: levelsIn(raw, 0, repetitionEnd, maxRepetition(schemaPath), entries),
    definition: levelsIn(raw, repetitionEnd, definitionEnd, maxDefinition(schemaPath), entries),
  };
}

/** [entries] levels up to `max` in bytes[begin..end); none where `max` leaves nothing to tell. */
function levelsIn(
  bytes: Uint8Array,
  begin: number,
  end: number,
  max: number,
  entries: number,
): Uint8Array | undefined {
  if (max === 0) return undefined;
  const levels = new Uint8Array(entries); // a schema is not 256 levels deep
  decodeHybrid(bytes, begin, end, 32 - Math.clz32(max), levels);
  return levels;
}

/** [values] indices into the dictionary. @throws RangeError for one beyond it. */
function readIndices(
  { page, at }: Body,
  values: number,
  dictionary: ArrayLike<unknown>,
): Int32Array {
  const indices = new Int32Array(values);
  const width = page[at];
  if (width > 0) decodeHybrid(page, at + 1, page.length, width, indices);
  for (let i = 0; i < values; i++) {
    if (!(indices[i] >= 0 && indices[i] < dictionary.length)) {
      throw new RangeError(`dictionary index ${indices[i]} of ${dictionary.length}`);
    }
  }
  return indices;
}

/** How many of `entries` levels are `level`; all where there are no levels. */
function countEqual(levels: Uint8Array | undefined, level: number, entries: number): number {
  if (levels === undefined) return entries;
  let count = 0;
  for (let i = 0; i < entries; i++) if (levels[i] === level) count++;
  return count;
}

function checked(count: number | undefined, limit: number, what: string): number {
  if (count === undefined || !Number.isInteger(count) || count < 0 || count > limit) {
    throw new RangeError(`${count} ${what}, at most ${limit} are possible`);
  }
  return count;
}
