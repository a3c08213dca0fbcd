/** One line of JSON a request, for programs that follow the server. */
import { sayJson } from "../terminal/say.ts";
import type { Exchange } from "./exchange.ts";

/** Letters of a path that are kept. */
const PATH = 300;

/** Says what happened. Course names are nobody's business and are not in it. */
export function logAccess(
  { time, client, method, path, status, ms, bytes, isAborted, notes }: Exchange,
): void {
  sayJson({
    time: time.toISOString(),
    client,
    method,
    path: path.slice(0, PATH),
    status,
    ms: Math.round(1000 * ms) / 1000,
    bytes,
    run_tag: notes.runTag,
    model: notes.model,
    sessions: notes.sessions,
    aborted: isAborted || undefined,
  });
}
