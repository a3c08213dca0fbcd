/** Plain tables for the terminal, whole or a line at a time. */
import { printableLine } from "../errors/printable.ts";
import { widthOf } from "./width.ts";

/**
 * The first column of lines that are said one by one: pads each text to the widest of those that
 * will stand there.
 */
export function firstColumn(texts: readonly string[]): (text: string) => string {
  const width = Math.max(0, ...texts.map(widthOf));
  return (text) => text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/**
 * Columns padded to their widest cell: the first to the left, the others to the right; a rule under
 * the header.
 */
export function table(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(printableLine));
  const widths = header.map((title, i) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[i] ?? "")), widthOf(title))
  );
  const line = (row: readonly string[]) =>
    row.map((cell, i) => {
      const space = " ".repeat(Math.max(0, widths[i] - widthOf(cell)));
      return i === 0 ? cell + space : space + cell;
    }).join("  ");
  return [
    line(header),
    "-".repeat(widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1))),
    ...rows.map(line),
  ].join("\n");
}
