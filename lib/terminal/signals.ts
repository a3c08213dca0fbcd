/**
 * Ctrl-C and SIGTERM as a wish to stop: the first is heard at the next safe point, a second one
 * ends the program at once. Under `deno task` a program hears one Ctrl-C twice, from the terminal
 * and from the task: what comes within a second of the first is the same wish.
 */

/** The signals that ask a program to stop. */
export type StopName = "SIGINT" | "SIGTERM";

/** Exit codes of a program that a signal ended: 128 + the signal's number. */
export const SIGNAL_EXIT: Readonly<Record<StopName, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Milliseconds after the first signal in which others are the same wish. */
const SAME_WISH_MS = 1000;
/** Milliseconds in which a program that computed all that time hears what came meanwhile. */
const HEARING_MS = 50;

/** Listens until `stop` is called. */
export interface StopSignal {
  /** The signal that came, if one did. */
  readonly received: () => StopName | undefined;
  readonly stop: () => void;
}

/** Starts listening; `onFirst` says that the wish was heard. */
export function listenForStop(onFirst: (signal: StopName) => void): StopSignal {
  let received: StopName | undefined;
  let isSameWish = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Windows has no SIGTERM to listen for
  const names: StopName[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  const handlers = names.map((name) => ({
    name,
    handle: () => {
      if (received !== undefined) {
        if (isSameWish) return;
        Deno.exit(SIGNAL_EXIT[name]);
      }
      received = name;
      timer = setTimeout(() => {
        timer = setTimeout(() => isSameWish = false, HEARING_MS);
      }, SAME_WISH_MS);
      onFirst(name);
    },
  }));
  for (const { name, handle } of handlers) Deno.addSignalListener(name, handle);
  return {
    received: () => received,
    stop: () => {
      clearTimeout(timer);
      for (const { name, handle } of handlers) Deno.removeSignalListener(name, handle);
    },
  };
}

/** Work that a signal ended; its program ends with `exitCode`. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: StopName;
  readonly exitCode: number;

  constructor(signal: StopName) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
    this.exitCode = SIGNAL_EXIT[signal];
  }
}

/**
 * Does `work` with an abort signal that the first Ctrl-C or SIGTERM aborts, its reason an
 * `Interrupted`. What `work` returns or throws is returned or thrown.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const listening = listenForStop((name) => controller.abort(new Interrupted(name)));
  try {
    return await work(controller.signal);
  } finally {
    listening.stop();
  }
}
