/**
 * How the recurrences use a workgroup: weights in registers where the adapter has enough threads,
 * else read at every step.
 */
import type { Constants } from "./template.ts";

/** Threads and split of a recurrence of `columns` output quads and `inner` inner quads. */
export interface Split {
  readonly inRegisters: boolean;
  readonly size: number;
  /** Parts into which the inner dimension is split. */
  readonly parts: number;
  /** Inner quads a thread holds: 4·depth vec4s of weights. */
  readonly depth: number;
}

/**
 * Most inner quads a thread can hold: 8 quads are 128 of a thread's 168 registers at 384 threads.
 */
const MOST_DEPTH = 8;

/**
 * The split for at most `maxThreads` threads; `rows` windows of `units` quads also need a thread
 * each. Without `registers`, or where the threads do not suffice, weights are streamed by
 * `maxThreads` threads or as many as there is work for.
 */
export function splitRecurrence(
  columns: number,
  inner: number,
  rows: number,
  units: number,
  maxThreads: number,
  registers = true,
): Split {
  if (registers) {
    for (let depth = Math.min(MOST_DEPTH, inner); depth >= 1; depth--) {
      if (inner % depth !== 0) continue;
      const parts = inner / depth;
      const size = Math.max(columns * parts, rows * units);
      if (size <= maxThreads) return { inRegisters: true, size, parts, depth };
      break; // fewer quads a thread mean more threads still
    }
  }
  return {
    inRegisters: false,
    size: Math.max(rows * units, Math.min(maxThreads, Math.max(columns, 32))),
    parts: 1,
    depth: 1,
  };
}

/** The split as constants of a template. */
export function splitKey({ inRegisters, size, parts, depth }: Split): Constants {
  return { SIZE: size, IN_REGISTERS: +inRegisters, PARTS: parts, DEPTH: depth };
}

/**
 * Windows a workgroup walks through at once: two where two rows of units fit, so that their
 * latencies overlap.
 */
export function rowsFor(units: number, maxThreads: number): number {
  return 2 * units <= maxThreads ? 2 : 1;
}
