/**
 * How a thread of the engine is started: as a worker. A bundle for browsers takes
 * `lib/page/start_thread.ts` in place of this module.
 */
import { portOf, type ThreadPort } from "./thread_port.ts";

/** Starts a thread. */
export function startThread(): ThreadPort {
  return portOf(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
}
