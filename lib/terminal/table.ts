/** Plain tables for the terminal, whole or a line at a time. */
import { printableLine } from "../errors/printable.ts";
import { columnsOfStdout } from "./terminal.ts";
import { shortened, widthOf } from "./width.ts";

/**
 * The first column of lines that are said one by one: pads each text to the widest of those that
 * will stand there.
 */
export function firstColumn(texts: readonly string[]): (text: string) => string {
  const width = Math.max(0, ...texts.map(widthOf));
  return (text) => text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Columns of a text below which it says nothing any more. */
const LEAST_TEXT = 8;
/** Spaces between two columns. */
const GAP = 2;

/**
 * Columns padded to their widest cell: the first to the left, the others to the right; a rule under
 * the header. Where that is wider than `columns`, by default the terminal that stdout is, columns
 * without room follow below, in as many parts as it takes, each behind the first column again.
 */
export function table(
  header: readonly string[],
  cells: readonly (readonly string[])[],
  columns = columnsOfStdout() ?? Infinity,
): string {
  const rows = [header, ...cells.map((row) => row.map(printableLine))];
  const full = header.map((_, i) => widestOf(rows, i));
  const [first, ...others] = full;
  const room = Math.max(1, columns - GAP);
  const most = Math.max(0, ...others);
  // a name may be said shorter before a column, which may be a number, is
  const name = first + most <= room ? first : Math.min(first, Math.max(LEAST_TEXT, room - most));
  const widths = [name, ...others.map((width) => Math.min(width, Math.max(1, room - name)))];
  return partsOf(widths, columns).map((part) => partText(rows, part, widths)).join("\n\n");
}

function widestOf(rows: readonly (readonly string[])[], column: number): number {
  return rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? "")), 0);
}

/** Which columns stand side by side: the first, and as many of the next as there is room for. */
function partsOf(widths: readonly number[], columns: number): number[][] {
  const parts: number[][] = [[0]];
  let width = widths[0];
  for (let column = 1; column < widths.length; column++) {
    const more = GAP + widths[column];
    if (width + more > columns && parts[parts.length - 1].length > 1) {
      parts.push([0]);
      width = widths[0];
    }
    parts[parts.length - 1].push(column);
    width += more;
  }
  return parts;
}

function partText(
  rows: readonly (readonly string[])[],
  part: readonly number[],
  widths: readonly number[],
): string {
  const [header, ...lines] = rows.map((row) =>
    part.filter((column) => column < row.length)
      .map((column) => padded(row[column], column, widths[column])).join(" ".repeat(GAP))
  );
  const rule = part.reduce((sum, column) => sum + widths[column], GAP * (part.length - 1));
  return [header, "-".repeat(rule), ...lines].join("\n");
}

function padded(cell: string, column: number, width: number): string {
  const text = shortened(cell, width);
  const space = " ".repeat(width - widthOf(text));
  return column === 0 ? text + space : space + text;
}
