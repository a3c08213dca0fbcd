/** What is wrong with a column, as errors that name it and its file. */
import { InputError, show } from "../../errors/input_error.ts";
import type { ParquetFile } from "./file.ts";

/** A value that is missing. */
export function nullAt(file: ParquetFile, column: string, row: number): InputError {
  return new InputError({
    doing: `reading column ${column} of ${file.path}`,
    found: `row ${row} is null`,
    wanted: "a value in every row",
  });
}

/** A column of another type. */
export function typeFault(
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

/** A column that contradicts itself or cannot be decoded. */
export function damage(
  file: ParquetFile,
  column: string,
  found: string,
  cause?: unknown,
): InputError {
  return new InputError({
    doing: `reading column ${column} of ${file.path}`,
    found: `the column is damaged: ${show(found, 160)}`,
    wanted: "a whole Parquet file",
    next: "copy or make the file again",
  }, { cause });
}

/** Something of the format that is not read here, though the file may be whole. */
export class Unsupported extends Error {
  override name = "Unsupported";
}

/** A column that is written in a way that is not read here. */
export function unsupported(
  file: Pick<ParquetFile, "path">,
  column: string,
  found: string,
  cause?: unknown,
): InputError {
  return new InputError({
    doing: `reading column ${column} of ${file.path}`,
    found: `${show(found, 160).slice(1, -1)} is not supported`,
    wanted: "zstd, snappy, gzip, brotli, lz4 or no compression, and the usual encodings",
    next: "writing the file again, with pandas, pyarrow or DuckDB and their defaults",
  }, { cause });
}
