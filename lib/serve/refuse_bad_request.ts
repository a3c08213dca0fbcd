/** Answers what is no request that a handler could see, and ends its connection. */
import type { Socket } from "node:net";
import { printableJson } from "../errors/printable.ts";

/** By the code of node's error: the status, its phrase, and what is said. */
const REFUSALS: Readonly<Record<string, readonly [number, string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout", "the request was not whole in time"],
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large", "the headers are too large"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "Content Too Large", "the chunks' extensions are too large"],
};
const BAD = [400, "Bad Request", "it is no HTTP request that this server reads"] as const;

/** Milliseconds that a client has to read the refusal. */
const LINGER_MS = 1000;

const refused = new WeakSet<Socket>();

/**
 * For node's event `clientError`: what came is no request, or it did not come in time. `isAnswered`
 * says that an answer to an earlier one is under way, which a refusal would spoil.
 */
export function refuseBadRequest(
  error: Error & { readonly code?: string },
  socket: Socket,
  isAnswered: boolean,
): void {
  if (refused.has(socket)) return;
  refused.add(socket);
  if (error.code === "ECONNRESET" || !socket.writable || isAnswered) {
    socket.destroy();
    return;
  }
  const [status, phrase, message] = REFUSALS[error.code ?? ""] ?? BAD;
  const body = `${printableJson({ error: { status, message } })}\n`;
  socket.end([
    `HTTP/1.1 ${status} ${phrase}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "connection: close",
    "",
    body,
  ].join("\r\n"));
  // what else comes is thrown away, so that the refusal is read; nobody parses it
  socket.removeAllListeners("data");
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS);
}
