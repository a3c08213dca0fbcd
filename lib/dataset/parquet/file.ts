/**
 * Opens a Parquet file: the footer by hyparquet, then every claim of it checked against the file's
 * size before anything is allocated, because a damaged file may claim anything.
 */
import type { ColumnMetaData, FileMetaData, SchemaTree } from "hyparquet";
import { parquetMetadata, parquetSchema } from "hyparquet/src/metadata.js";
import { getTreePath } from "hyparquet/src/schema.js";
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { checkMemory, ROW_BYTES, VALUE_BYTES } from "./budget.ts";
import { encrypted, ENCRYPTED_MAGIC } from "./encryption.ts";
import { checkSchema, checkThrift } from "./guard.ts";

/** A file's bytes and checked footer. */
export interface ParquetFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly rows: number;
  /** Names of the top-level columns. */
  readonly columns: readonly string[];
  /** Key-value metadata of the footer. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly footer: FileMetaData;
  readonly schema: SchemaTree;
}

/** The stored chunk of one column in one row group. */
export interface ColumnChunk {
  readonly meta: ColumnMetaData;
  readonly schemaPath: SchemaTree[];
  readonly rows: number;
  /** Values, nulls and empty lists included. */
  readonly values: number;
  /**
   * First byte of the chunk (the dictionary page where there is one) and the byte after its last.
   */
  readonly begin: number;
  readonly end: number;
}

/** Checks the footer. @throws InputError naming the file when it is cut, corrupt or not Parquet. */
export function openParquet(bytes: Uint8Array<ArrayBuffer>, path: string): ParquetFile {
  const fail = (found: string): never => {
    throw new InputError({
      doing: `reading ${path}`,
      found,
      wanted: "a whole Parquet file",
      next: "copy or make the file again",
    });
  };
  const magic = new TextDecoder().decode(bytes.subarray(0, 4));
  if (magic === ENCRYPTED_MAGIC) throw encrypted(path);
  let footer: FileMetaData;
  let schema: SchemaTree;
  try {
    if (bytes.length < 12 || magic !== "PAR1") throw new Error("it does not begin with PAR1");
    const footerAt = bytes.length - 8 -
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 8, true);
    if (!(footerAt >= 4)) throw new RangeError("its footer is longer than the file");
    checkThrift(bytes, footerAt, bytes.length - 8);
    footer = parquetMetadata(bytes, { geoparquet: false });
    checkSchema(footer.schema);
    schema = parquetSchema(footer);
  } catch (error) {
    return fail(
      `the file of ${bytes.length} bytes is cut, corrupt or not Parquet (${
        show(messageOf(error), 160)
      })`,
    );
  }
  const rows = countOf(footer.num_rows);
  if (Number.isNaN(rows)) fail(`the footer claims ${footer.num_rows} rows`);
  if (!Array.isArray(footer.row_groups)) fail("the footer has no list of row groups");
  const inGroups = footer.row_groups.reduce((sum, group) => sum + countOf(group.num_rows), 0);
  if (inGroups !== rows) fail(`the footer claims ${rows} rows, its row groups ${inGroups}`);
  const isEncrypted = footer.row_groups.some(({ columns }) =>
    columns.some(({ crypto_metadata, meta_data }) =>
      crypto_metadata !== undefined || meta_data === undefined
    )
  );
  if (isEncrypted) throw encrypted(path);
  checkMemory({ path, bytes }, rows, ROW_BYTES, "rows");
  const metadata = Object.fromEntries(
    (footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""]),
  );
  return {
    path,
    bytes,
    rows,
    columns: schema.children.map((child) => child.element.name),
    metadata,
    footer,
    schema,
  };
}

/**
 * The chunks of a top-level column, one a row group; of a struct, those of the field at `leaf`, the
 * path that begins with the column.
 * @throws InputError when the column is missing, nested in another way than a list, or its chunks
 * do not fit the file.
 */
export function chunksOf(
  file: ParquetFile,
  column: string,
  leaf: readonly string[] = [column],
): ColumnChunk[] {
  const { path, bytes, footer, schema } = file;
  const fail = (found: string, wanted: string): never => {
    throw new InputError({ doing: `reading column ${column} of ${path}`, found, wanted });
  };
  if (!file.columns.includes(column)) {
    fail(
      `the file's columns are ${file.columns.slice(0, 20).map((name) => show(name)).join(", ")}`,
      `a column ${column}`,
    );
  }
  let valuesSoFar = 0;
  // of a group without rows nothing needs to be stored, and pandas and Spark write such groups
  const groups = footer.row_groups.filter(({ num_rows }) => countOf(num_rows) !== 0);
  return groups.map((group, index) => {
    const found = group.columns.map((chunk) => chunk.meta_data!)
      .filter(({ path_in_schema }) => leaf.every((name, i) => path_in_schema[i] === name));
    if (found.length !== 1) {
      fail(
        `row group ${index} holds it in ${found.length} parts`,
        "numbers, texts or a list of numbers",
      );
    }
    const meta = found[0];
    const rows = countOf(group.num_rows);
    const values = countOf(meta.num_values);
    const data = countOf(meta.data_page_offset);
    const dictionary = countOf(meta.dictionary_page_offset);
    const begin = dictionary > 0 && dictionary < data ? dictionary : data;
    const end = begin + countOf(meta.total_compressed_size);
    if (!(begin >= 4 && end <= bytes.length)) {
      fail(
        `row group ${index} claims bytes ${begin} to ${end} of ${bytes.length}`,
        "a chunk inside the file",
      );
    }
    if (Number.isNaN(values)) {
      fail(`row group ${index} claims ${meta.num_values} values`, "a count");
    }
    valuesSoFar += values;
    checkMemory(file, valuesSoFar, VALUE_BYTES, `values in the column ${column}`);
    let schemaPath: SchemaTree[];
    try {
      schemaPath = getTreePath(schema, meta.path_in_schema);
    } catch (error) {
      return fail(
        `row group ${index} does not fit the schema (${messageOf(error)})`,
        "a whole Parquet file",
      );
    }
    return { meta, schemaPath, rows, values, begin, end };
  });
}

/**
 * A count of the footer as a number: 0 when absent, NaN when negative or beyond 2^53 (so that every
 * later comparison fails).
 */
function countOf(value: bigint | number | undefined): number {
  const count = Number(value ?? 0);
  return Number.isSafeInteger(count) && count >= 0 ? count : NaN;
}
