/**
 * Where a thread takes the memory of a batch from: a stack that grows until the batch is done. Its
 * size is measured, not guessed: the functions that take from it run beforehand against a stack
 * that only counts.
 */

/** A stack of floats. */
export interface Scratch {
  /** Byte address of `floats` fresh floats; their values are whatever was there. */
  take(floats: number): number;
}

/** Bytes of one piece: whole cache lines, and at least 64 bytes to the next piece. */
const bytesOf = (floats: number): number => 64 * Math.floor((4 * floats + 127) / 64);

/** Counts what is taken; the addresses are offsets. */
export interface Counter extends Scratch {
  /** Bytes taken so far. */
  bytes(): number;
}

/** A stack without memory, for the dry run. */
export function countScratch(): Counter {
  let top = 0;
  return {
    take(floats) {
      const at = top;
      top += bytesOf(floats);
      return at;
    },
    bytes: () => top,
  };
}

/** A stack over the bytes [begin, end) of the shared memory. */
export interface BatchScratch extends Scratch {
  /** Drops everything, for the next batch. */
  reset(): void;
}

/** Makes a stack. @throws RangeError from `take` when more is taken than was measured. */
export function batchScratch(begin: number, end: number): BatchScratch {
  let top = begin;
  return {
    take(floats) {
      const at = top;
      top += bytesOf(floats);
      if (top > end) {
        throw new RangeError(
          `a batch takes ${top - begin} bytes of scratch, the dry run measured ${end - begin}`,
        );
      }
      return at;
    },
    reset: () => void (top = begin),
  };
}
