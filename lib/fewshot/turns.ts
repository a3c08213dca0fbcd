/** Long computations that leave the program time to hear what came meanwhile. */

/** Milliseconds of computing after which whatever waits has its turn. */
const EVERY_MS = 100;

/**
 * A function to await between two parts of a computation: once in a while it lets timers, sockets
 * and signals have their turn.
 */
export function turnTaking(now: () => number = () => performance.now()): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last < EVERY_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = now();
  };
}
