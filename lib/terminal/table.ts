/** Plain tables for the terminal. */
import { printable } from "./terminal.ts";

/**
 * Columns padded to their widest cell: the first to the left, the others to the right; a rule under
 * the header.
 */
export function table(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(printable));
  const widths = header.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i].length))
  );
  const line = (row: readonly string[]) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ");
  return [
    line(header),
    "-".repeat(widths.reduce((sum, width) => sum + width, 2 * (widths.length - 1))),
    ...rows.map(line),
  ].join("\n");
}
