/**
 * How the recurrences use a workgroup: weights in registers where the adapter has enough threads,
 * else read at every step.
 */
import { largestDivisor } from "./kernel.ts";

/** What a time step has to do: a product of `inner` × `columns` quads, then the gates. */
export interface RecurrentStep {
  readonly columns: number;
  readonly inner: number;
  /** Threads that the gates need, one for a window's four units. */
  readonly threadsForGates: number;
  readonly maxThreads: number;
  /** Whether weights may be held in registers. */
  readonly registers: boolean;
}

/** Threads of a recurrence and how they share a product. */
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
 * The split for at most `maxThreads` threads. Without `registers`, or where the threads do not
 * suffice, weights are streamed by `maxThreads` threads or as many as there is work for.
 */
export function splitRecurrence(
  { columns, inner, threadsForGates, maxThreads, registers }: RecurrentStep,
): Split {
  // the deepest split needs the fewest threads
  const depth = largestDivisor(inner, MOST_DEPTH);
  const parts = inner / depth;
  const size = Math.max(columns * parts, threadsForGates);
  if (registers && size <= maxThreads) return { inRegisters: true, size, parts, depth };
  return {
    inRegisters: false,
    size: Math.max(threadsForGates, Math.min(maxThreads, Math.max(columns, 32))),
    parts: 1,
    depth: 1,
  };
}

/**
 * Windows a workgroup walks through at once: two where two windows' units fit, so that their
 * latencies overlap.
 */
export function windowsAtOnce(units: number, maxThreads: number): number {
  return 2 * units <= maxThreads ? 2 : 1;
}
