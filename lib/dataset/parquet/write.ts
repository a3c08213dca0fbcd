/** Writes a table as a Parquet file, columns by functions of the row. */
import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";

/** A column by its rows: whole numbers and lists of them as bigints. */
export type WrittenColumn =
  & { readonly name: string }
  & (
    | { readonly kind: "int64"; readonly value: (row: number) => bigint }
    | { readonly kind: "text"; readonly value: (row: number) => string }
    | { readonly kind: "list"; readonly value: (row: number) => readonly bigint[] }
  );

/** Rows of a row group: the values of so many are in memory at once. */
const GROUP = 50_000;

/** The file's bytes; `notes` are key-value metadata of its footer. */
export function encodeParquet(
  columns: readonly WrittenColumn[],
  rows: number,
  notes: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const schema: SchemaElement[] = [
    { name: "root", num_children: columns.length },
    ...columns.flatMap(schemaOf),
  ];
  const kvMetadata = Object.entries(notes).map(([key, value]) => ({ key, value }));
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema, kvMetadata });
  for (let from = 0; from === 0 || from < rows; from += GROUP) {
    const length = Math.min(GROUP, rows - from);
    // deno-lint-ignore no-explicit-any -- the writer's column types do not know nested lists
    const columnData: any[] = columns.map(({ name, value }) => ({
      name,
      data: Array.from({ length }, (_, i) => value(from + i)),
    }));
    file.write({ columnData, rowGroupSize: GROUP });
  }
  file.finish();
  return new Uint8Array(writer.getBuffer());
}

function schemaOf({ name, kind }: WrittenColumn): SchemaElement[] {
  switch (kind) {
    case "int64":
      return [{ name, repetition_type: "REQUIRED", type: "INT64" }];
    case "text":
      return [{
        name,
        repetition_type: "REQUIRED",
        type: "BYTE_ARRAY",
        converted_type: "UTF8",
      }];
    case "list":
      return [
        { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", repetition_type: "OPTIONAL", type: "INT64" },
      ];
  }
}
