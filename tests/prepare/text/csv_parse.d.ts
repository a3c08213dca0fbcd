/**
 * What is used of csv-parse. Its own types refer to @types/node, which would replace Deno's types
 * of the node: modules in the whole project.
 */

/** Options of the parser: https://csv.js.org/parse/options/ */
export interface Options {
  /** Rows become records by these names, which are made from the header. */
  columns: (header: string[]) => string[];
  /** Leave out a byte order mark. */
  bom?: boolean;
  /** Leave out lines without any character. */
  skip_empty_lines?: boolean;
}

/** Parses a whole text. Throws an error whose message names the line. */
export function parse(text: string, options: Options): Record<string, string>[];
