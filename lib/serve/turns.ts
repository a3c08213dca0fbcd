/** Work that holds the thread for some milliseconds, spread over turns of the event loop. */
import { setImmediate } from "node:timers";

/** Does one piece of work a turn, in the order asked; undefined where too many wait already. */
export type Turns = <T>(work: () => T) => Promise<T | undefined>;

/** At most `most` pieces of work wait; between two of them requests are read and answered. */
export function turns(most: number): Turns {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    if (waiting >= most) return undefined;
    waiting++;
    const own = last.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    last = own;
    await own;
    waiting--;
    return work();
  };
}
