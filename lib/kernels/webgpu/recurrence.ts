/**
 * How the recurrences use a workgroup: weights in registers where the adapter has enough threads,
 * else read at every step.
 */
import { largestDivisor, roundUp } from "./kernel.ts";

/** What a time step has to do: a product of `inner` × `columns` quads, then the gates. */
export interface RecurrentStep {
  readonly columns: number;
  readonly inner: number;
  /** Threads that compute gates, one for a window's four units. */
  readonly owners: number;
  readonly maxThreads: number;
  /** Whether weights may be held in registers. */
  readonly registers: boolean;
}

/** Threads of a recurrence and how they share a product. */
export interface Split extends Threads {
  readonly inRegisters: boolean;
  /** Parts into which the inner dimension is split. */
  readonly parts: number;
  /** Inner quads a thread holds: 4·depth vec4s of weights. */
  readonly depth: number;
}

/** Who multiplies and who computes gates. */
interface Threads {
  readonly size: number;
  /** The first of the threads that compute gates; 0 where these multiply as well. */
  readonly firstOwner: number;
}

/**
 * Most inner quads a thread can hold: 8 quads are 128 of a thread's 168 registers at 384 threads.
 */
const MOST_DEPTH = 8;

/** Registers that a workgroup's threads share, and those that a thread needs besides weights. */
const REGISTERS = { all: 65536, working: 40 };

/** Threads that go through the code together. */
const SUBGROUP = 32;

/**
 * The split for at most `maxThreads` threads. Without `registers`, or where the threads do not
 * suffice, weights are streamed by `maxThreads` threads or as many as there is work for.
 */
export function splitRecurrence(
  { columns, inner, owners, maxThreads, registers }: RecurrentStep,
): Split {
  // the deepest split needs the fewest threads
  const depth = largestDivisor(inner, MOST_DEPTH);
  const parts = inner / depth;
  const holding = columns * parts;
  if (registers && Math.max(holding, owners) <= maxThreads) {
    const most = Math.floor(REGISTERS.all / (16 * depth + REGISTERS.working));
    const threads = threadsOf(holding, owners, Math.min(most, maxThreads));
    return { inRegisters: true, ...threads, parts, depth };
  }
  const streaming = Math.min(maxThreads, Math.max(columns, SUBGROUP));
  return { inRegisters: false, ...threadsOf(streaming, owners, maxThreads), parts: 1, depth: 1 };
}

/**
 * Gates have threads of their own where these fit beside the multiplying ones. They load and store
 * what a time step takes and leaves while the others multiply.
 */
function threadsOf(multiplying: number, owners: number, most: number): Threads {
  const firstOwner = roundUp(multiplying, SUBGROUP);
  const size = firstOwner + owners;
  if (size <= most) return { size, firstOwner };
  return { size: Math.max(multiplying, owners), firstOwner: 0 };
}

/**
 * Windows a workgroup walks through at once: two where two windows' units fit, so that their
 * latencies overlap.
 */
export function windowsAtOnce(units: number, maxThreads: number): number {
  return 2 * units <= maxThreads ? 2 : 1;
}
