/**
 * The only way from this program to a terminal: whatever is said passes `printable`, because names
 * from data, files and requests are in it. The linter holds the rest of the project to it.
 */
import { printable, printableJson } from "../errors/printable.ts";

let isSilent = false;

/**
 * Whether progress and explanations are left out (`--quiet`, `--json`). What a command is for is
 * given all the same, and so are warnings, errors and JSON.
 */
export function silence(on: boolean): void {
  isSilent = on;
}

/** Whether they are. */
export function isSilenced(): boolean {
  return isSilent;
}

/** A line, or several, on stdout: how far work has come, and what explains it. */
export function say(text = ""): void {
  if (!isSilent) console.log(printable(text));
}

/** A line, or several, on stdout: what was asked for, where a command answers by printing it. */
export function give(text: string): void {
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
