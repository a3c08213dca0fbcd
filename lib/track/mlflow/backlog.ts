/**
 * Messages that are sent one after the other beside the work. While the receiver does not answer
 * they wait; beyond a number of them, or at the end, they are given up.
 */
import { counted } from "../../errors/counted.ts";
import { InputError, messageOf } from "../../errors/input_error.ts";
import { Refused } from "./client.ts";

/** Messages that may wait. */
const MOST = 10_000;
/** Milliseconds between two tries, doubled up to the second. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** Who is spoken to, and how the user hears of trouble. */
export interface Receiver {
  readonly name: string;
  readonly warn: (text: string) => void;
  /** Ends what is under way. */
  readonly cancel: () => void;
}

/** Messages on their way. */
export interface Backlog {
  add(send: () => Promise<void>): void;
  /** Waits until all are sent, or one cannot be, or `limit` milliseconds are over. */
  finish(limit: number): Promise<void>;
}

/** Sends to `receiver` from now on. */
export function backlog({ name, warn, cancel }: Receiver): Backlog {
  const waiting: (() => Promise<void>)[] = [];
  let working: Promise<void> | undefined;
  let troubled = false;
  let refused = false;
  let isEnding = false;
  let isGivenUp = false;
  let wake = () => {};
  const pause = async (ms: number) => {
    const over = Promise.withResolvers<void>();
    wake = over.resolve;
    const timer = setTimeout(over.resolve, ms);
    await over.promise;
    clearTimeout(timer);
  };
  const giveUp = (why: string) => {
    if (isGivenUp) return;
    isGivenUp = true;
    const count = counted(waiting.length, "message is", "messages are");
    warn(`${name}: ${why}; ${count} given up, all of it lies in the run's folder`);
    waiting.length = 0;
    cancel();
    wake();
  };
  const work = async () => {
    let wait = FIRST_PAUSE_MS;
    while (waiting.length > 0) {
      try {
        await waiting[0]();
        waiting.shift();
        wait = FIRST_PAUSE_MS;
      } catch (error) {
        if (isGivenUp) return;
        if (error instanceof Refused || error instanceof InputError) {
          if (!refused) warn(`${name} refuses a message: ${messageOf(error)}; the run goes on`);
          refused = true;
          waiting.shift();
          continue;
        }
        if (isEnding) return giveUp(messageOf(error));
        if (!troubled) {
          warn(`${name}: ${messageOf(error)}; the run goes on, and it is tried again meanwhile`);
        }
        troubled = true;
        await pause(wait);
        wait = Math.min(2 * wait, LONGEST_PAUSE_MS);
      }
    }
  };
  return {
    add(send) {
      if (isGivenUp) return;
      waiting.push(send);
      if (waiting.length > MOST) return giveUp(`it did not take ${MOST} messages`);
      working ??= work().finally(() => working = undefined);
    },
    async finish(limit) {
      isEnding = true;
      wake();
      const timer = setTimeout(() => giveUp(`not all was taken in ${limit / 1000} s`), limit);
      await working;
      clearTimeout(timer);
    },
  };
}
