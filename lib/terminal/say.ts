/**
 * The only way from this program to a terminal: whatever is said passes `printable`, because names
 * from data, files and requests are in it. The linter holds the rest of the project to it.
 */
import { printable, printableJson } from "../errors/printable.ts";

/** A line, or several, on stdout. */
export function say(text = ""): void {
  console.log(printable(text));
}

/** A line, or several, on stderr. */
export function complain(text: string): void {
  console.error(printable(text));
}

/** A value as JSON on stdout: indented for people, or a line for programs that follow it. */
export function sayJson(value: unknown, indent?: number): void {
  console.log(printableJson(value, indent));
}
