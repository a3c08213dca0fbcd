/**
 * The project's own error: what was being done, what was found, what was wanted, and what to do
 * next. Everything a user can cause (a bad file, a bad flag, a missing device) ends in one of
 * these; anything else is a defect of ours.
 */

import { denialClause, denialOf } from "./denial.ts";
import { printableLine } from "./printable.ts";

/** The parts of a message. `where` names a file (and column, row), a flag or a device. */
export interface Fault {
  /** What was being done, as a gerund: "reading data/pairs_train.parquet". */
  doing: string;
  /** What was found, with the value. */
  found: string;
  /** What was wanted instead. */
  wanted?: string;
  /** What the user can do next. */
  next?: string;
}

/** A message before anything was found: what is being done, what is wanted, what to do. */
export type Expectation = Omit<Fault, "found">;

/** A fault of the input or the surroundings, told in full. `fault` keeps the parts for programs. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly fault: Fault;

  constructor(fault: Fault, options?: ErrorOptions) {
    const wanted = fault.wanted === undefined ? "" : ` Expected: ${fault.wanted}.`;
    const next = fault.next === undefined ? "" : ` Try: ${fault.next}.`;
    super(`While ${fault.doing}: ${fault.found}.${wanted}${next}`, options);
    this.fault = fault;
  }
}

/**
 * A fault of the settings alone: with the same ones the same comes again, so that going on cannot
 * help. `next` says which to change.
 */
export class SettingsError extends InputError {}

/** Advice to use another device, which a run that has begun cannot. */
export function anotherDevice(device = "--device wasm"): string {
  return `use ${device} (a run keeps the one that it began with: start a new one)`;
}

/** Shows any value in an error message: short, quoted, nothing in it that commands a terminal. */
export function show(value: unknown, limit = 80): string {
  const clean = printableLine(safeJson(value));
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
}

function safeJson(value: unknown): string {
  if (typeof value === "number" || typeof value === "bigint") return `${value}`;
  if (value === undefined || value === null) return `${value}`;
  try {
    return JSON.stringify(value, (_, v) => typeof v === "bigint" ? `${v}` : v) ?? String(value);
  } catch { // nested deeper than the stack, or a ring
    return Array.isArray(value)
      ? "a list nested too deep to show"
      : "an object nested too deep to show";
  }
}

/** The message of anything that was thrown; a missing permission is told without Deno's flags. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const denial = error.name === "NotCapable" ? denialOf(error.message) : undefined;
  return denial === undefined ? error.message : denialClause(denial);
}
