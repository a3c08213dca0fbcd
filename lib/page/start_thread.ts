/**
 * In place of `lib/engine/wasm/start_thread.ts` in a page: workers from a text that the page was
 * built with, where threads may share memory; one thread in this worker otherwise.
 */
import { newThread } from "../engine/wasm/messages.ts";
import { portOf, type ThreadPort } from "../engine/wasm/thread_port.ts";

let address: string | undefined;

/** Threads are workers that run `program` from now on. */
export function useWorkers(program: string): void {
  address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
}

/** Starts a thread. */
export function startThread(): ThreadPort {
  return address === undefined ? threadHere() : portOf(new Worker(address));
}

function threadHere(): ThreadPort {
  const answer = newThread();
  return {
    // a task of its own for each, so that the page is heard in between
    ask: (message) => new Promise((resolve) => setTimeout(() => resolve(answer(message)))),
    end: () => {},
  };
}
