/** The pool's end of a thread: a message, an answer. */
import type { Answer, Command, Start } from "./messages.ts";

/** A running thread. */
export interface ThreadPort {
  /** Sends a message. @throws Error when the thread's program fails outside of it. */
  ask(message: Start | Command): Promise<Answer>;
  end(): void;
}

/** The port of a worker. */
export function portOf(worker: Worker): ThreadPort {
  return {
    ask: (message) =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<Answer>) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault(); // else the whole program ends without a word
          reject(new Error(event.message));
        };
        worker.postMessage(message);
      }),
    end: () => worker.terminate(),
  };
}
