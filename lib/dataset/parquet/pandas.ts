/** What pandas says of a file beside its columns: an index that counts is not stored as one. */
import { isRecord } from "../../files/json.ts";
import type { ParquetFile } from "./file.ts";

/** An index that counts its rows. */
export interface RangeIndex {
  readonly start: number;
  readonly step: number;
}

/** The counting index of this name (`df.index.name`); undefined where there is none. */
export function rangeIndex({ metadata, rows }: ParquetFile, name: string): RangeIndex | undefined {
  let pandas: unknown;
  try {
    pandas = JSON.parse(metadata.pandas ?? "null");
  } catch {
    return undefined;
  }
  const indexes = isRecord(pandas) ? pandas.index_columns : undefined;
  if (!Array.isArray(indexes)) return undefined;
  const index = indexes.find((column) =>
    isRecord(column) && column.kind === "range" && column.name === name
  );
  if (index === undefined) return undefined;
  const { start, stop, step } = index;
  const whole = [start, stop, step].every((value) => Number.isSafeInteger(value));
  return whole && step !== 0 && Math.ceil((stop - start) / step) === rows
    ? { start, step }
    : undefined;
}
