/** Work that holds the thread for some milliseconds, with room for others between two pieces. */

/** Does pieces of work in the order asked; undefined where too many wait already. */
export type Turns = <T>(work: () => T) => Promise<T | undefined>;

/** At most `most` pieces of work wait; between two of them requests are read and answered. */
export function turns(most: number): Turns {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    if (waiting >= most) return undefined;
    waiting++;
    const own = last.then(breathe);
    last = own;
    await own;
    waiting--;
    return work();
  };
}

/**
 * Lets sockets be read and written. A timer: while a program asks for its next turn at once, Deno
 * looks at its sockets only now and then.
 */
function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
