/** The values of a Parquet file's column, or of a field inside one, as fields of a CSV. */
import { damage } from "../dataset/parquet/faults.ts";
import { chunksOf, type ParquetFile } from "../dataset/parquet/file.ts";
import { maxDefinition } from "../dataset/parquet/levels.ts";
import { type Page, pagesOf } from "../dataset/parquet/pages.ts";
import { messageOf } from "../errors/input_error.ts";
import type { Leaf } from "./parquet_schema.ts";

/** Nothing: an empty field without quotes. */
const NULL = "";

/**
 * A field for each row of the file, one page after the other. @throws InputError naming the column
 * where it is damaged or a text is not UTF-8.
 */
export function* leafFields(file: ParquetFile, { path, form }: Leaf): Generator<string> {
  const [column] = path;
  const convert = (value: unknown): string => {
    try {
      return form.field(value);
    } catch (error) {
      throw damage(file, column, `a value is no ${form.type}: ${messageOf(error)}`, error);
    }
  };
  const name = path.join(".");
  for (const chunk of chunksOf(file, column, path)) {
    const defined = maxDefinition(chunk.schemaPath);
    let rows = 0;
    let terms: { readonly of: Page["dictionary"]; readonly fields: readonly string[] } | undefined;
    for (const page of pagesOf(file, column, chunk)) {
      if (page.dictionary !== undefined && page.dictionary !== terms?.of) {
        terms = { of: page.dictionary, fields: Array.from(page.dictionary, convert) };
      }
      const value = page.indices === undefined
        ? (i: number) => convert(page.plain[i])
        : (i: number) => terms!.fields[page.indices![i]];
      let at = 0;
      for (let i = 0; i < page.entries; i++) {
        const isNull = page.values === 0 ||
          (page.definition !== undefined && page.definition[i] < defined);
        yield isNull ? NULL : value(at++);
      }
      rows += page.entries;
    }
    if (rows !== chunk.rows) {
      throw damage(file, name, `${rows} values in ${chunk.rows} rows`);
    }
  }
}
