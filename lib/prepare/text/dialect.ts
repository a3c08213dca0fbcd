/** How a delimited text is written. */
import { InputError, show } from "../../errors/input_error.ts";

/** What parts fields and rows from each other. */
export interface Dialect {
  /** One or more characters between fields. */
  readonly separator: string;
  /** The character around fields that hold separators or line ends; absent: there is none. */
  readonly quote?: string;
  /**
   * The character that takes the next one's meaning; absent: a quote in quotes is written twice.
   */
  readonly escape?: string;
  /** The first row names the columns. */
  readonly header: boolean;
}

/** Names of separators that a command line can hardly hold. */
const NAMED: Readonly<Record<string, string>> = {
  tab: "\t",
  "\\t": "\t",
  comma: ",",
  semicolon: ";",
  pipe: "|",
  space: " ",
};

/** Separators that are tried where a header has not the columns that are wanted. */
export const USUAL_SEPARATORS: readonly string[] = ["\t", ";", ",", "|", "::", ":", " "];

/** What a flag says: `tab`, `\t`, `;`, `::`. @throws InputError for a text that cannot be one. */
export function parseSeparator(text: string): string {
  const separator = NAMED[text.toLowerCase()] ?? text;
  if (separator === "" || separator.length > 8 || /["\n\r]/.test(separator)) {
    throw new InputError({
      doing: "reading --separator",
      found: `its value is ${show(text)}`,
      wanted: "what stands between two fields, such as ';', '::', '|' or tab",
    });
  }
  return separator;
}

/** The flag's value for a separator. */
export function separatorFlag(separator: string): string {
  return separator === "\t" ? "--separator tab" : `--separator '${separator}'`;
}

/** One character, or none for "none". @throws InputError for anything else. */
export function parseCharacter(flag: string, text: string): string | undefined {
  if (text === "none") return undefined;
  const code = text.codePointAt(0) ?? 0;
  if (text.length === 1 && code >= 0x20 && code < 0x7f) return text;
  throw new InputError({
    doing: `reading --${flag}`,
    found: `its value is ${show(text)}`,
    wanted: "one ASCII character, or none",
  });
}
