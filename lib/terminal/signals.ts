/**
 * Ctrl-C and SIGTERM as a wish to stop: the first is heard at the next safe point, a second Ctrl-C
 * ends the program at once.
 */

/** Listens until `stop` is called. */
export interface StopSignal {
  /** The signal that came, if one did. */
  readonly received: () => "SIGINT" | "SIGTERM" | undefined;
  readonly stop: () => void;
}

/** Exit codes of a program that a signal ended. */
export const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** Starts listening; `onFirst` says that the wish was heard. */
export function listenForStop(onFirst: (signal: "SIGINT" | "SIGTERM") => void): StopSignal {
  let received: "SIGINT" | "SIGTERM" | undefined;
  const handler = (signal: "SIGINT" | "SIGTERM") => () => {
    if (received !== undefined) Deno.exit(SIGNAL_EXIT[signal]);
    received = signal;
    onFirst(signal);
  };
  const onInt = handler("SIGINT");
  const onTerm = handler("SIGTERM");
  Deno.addSignalListener("SIGINT", onInt);
  Deno.addSignalListener("SIGTERM", onTerm);
  return {
    received: () => received,
    stop: () => {
      Deno.removeSignalListener("SIGINT", onInt);
      Deno.removeSignalListener("SIGTERM", onTerm);
    },
  };
}
