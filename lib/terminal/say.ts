/**
 * The only way from this program to a terminal: whatever is said passes `printable`, because names
 * from data, files and requests are in it. The linter holds the rest of the project to it.
 */
import { printable, printableJson } from "../errors/printable.ts";

let isSilent = false;

/** Whether what is said is left out; warnings, errors and JSON are not. */
export function silence(on: boolean): void {
  isSilent = on;
}

/** A line, or several, on stdout. */
export function say(text = ""): void {
  if (!isSilent) console.log(printable(text));
}

/** A line, or several, on stderr. */
export function complain(text: string): void {
  console.error(printable(text));
}

/** A value as JSON on stdout: indented for people, or a line for programs that follow it. */
export function sayJson(value: unknown, indent?: number): void {
  console.log(printableJson(value, indent));
}
