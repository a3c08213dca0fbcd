/** One request and its answer over node's HTTP: the only file that knows both sides. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Asked, Notes } from "./asked.ts";
import { bytesOf, errorResponse, HttpError } from "./http_error.ts";

/** What happened, for the access log and the metrics. */
export interface Exchange {
  /** When the head was whole. */
  readonly time: Date;
  /** The client's address. */
  readonly client: string;
  readonly method: string;
  /** The path as it was asked, with its query. */
  readonly path: string;
  readonly status: number;
  /** From the head to the last byte that was handed to the system. */
  readonly ms: number;
  /** Bytes of the answer's body. */
  readonly bytes: number;
  /** The client was gone before it had the whole answer. */
  readonly isAborted: boolean;
  readonly notes: Notes;
}

/** How a request is answered. */
export interface Answering {
  readonly handle: (asked: Asked) => Promise<Response>;
  /** Milliseconds that a client may take to read an answer. */
  readonly sendTimeout: number;
}

/** Milliseconds in which what is left of a request is thrown away, so that the answer is read. */
const LINGER_MS = 1000;

/** Answers a request and says what happened. It does not throw. */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  { handle, sendTimeout }: Answering,
): Promise<Exchange> {
  const time = new Date();
  const begin = performance.now();
  const notes: Notes = {};
  const method = request.method ?? "";
  const answer = await answerOf(handle, request, notes);
  const bytes = await bytesOf(answer);
  const isWhole = request.complete || !hasBody(request);
  const closes = !isWhole || answer.headers.get("connection") === "close";
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  if (method !== "HEAD") response.setHeader("content-length", bytes.length);
  if (closes) response.setHeader("connection", "close");
  await send(request, response, {
    body: method === "HEAD" ? undefined : bytes,
    isWhole,
    sendTimeout,
  });
  return {
    time,
    client: request.socket.remoteAddress ?? "",
    method,
    path: request.url ?? "",
    status: answer.status,
    ms: performance.now() - begin,
    bytes: method === "HEAD" ? 0 : bytes.length,
    isAborted: !response.writableFinished,
    notes,
  };
}

async function answerOf(
  handle: Answering["handle"],
  request: IncomingMessage,
  notes: Notes,
): Promise<Response> {
  const url = urlOf(request);
  if (url === undefined) {
    const fault = new HttpError(400, "the host or the path of the request is not one", {
      connection: "close",
    });
    return errorResponse(fault, () => {});
  }
  return await handle({
    method: request.method ?? "",
    url,
    headers: { get: (name) => headerOf(request, name) },
    body: hasBody(request) ? bodyOf(request) : null,
    notes,
  });
}

/** The absolute URL that was asked; undefined for a host or a path that makes none. */
function urlOf(request: IncomingMessage): string | undefined {
  const { url = "" } = request;
  const host = headerOf(request, "host") ?? "localhost";
  if (!/^([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i.test(host)) return undefined;
  const absolute = url.startsWith("/") ? `http://${host}${url}` : url;
  return /^https?:\/\//i.test(absolute) && URL.canParse(absolute) ? absolute : undefined;
}

/** All values of a header between commas, as `Headers` gives them. */
function headerOf({ rawHeaders }: IncomingMessage, name: string): string | null {
  const values = rawHeaders.filter((_, i) =>
    i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === name
  );
  return values.length === 0 ? null : values.join(", ");
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** A request's body; what nobody reads stays with the client. */
function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let isOver = false;
  return new ReadableStream({
    start(controller) {
      const end = (act: () => void) => {
        if (!isOver) act();
        isOver = true;
      };
      request.on("data", (part: Uint8Array<ArrayBuffer>) => {
        if (isOver) return;
        controller.enqueue(part);
        if ((controller.desiredSize ?? 0) <= 0) request.pause();
      });
      request.on("end", () => end(() => controller.close()));
      request.on("error", (error) => end(() => controller.error(error)));
      request.on("close", () => end(() => controller.error(new Error("the connection ended"))));
      request.pause();
    },
    pull() {
      request.resume();
    },
    cancel() {
      isOver = true;
      request.pause();
    },
  });
}

/** What is sent, and whether the request was read to its end. */
interface Sending {
  readonly body: Uint8Array | undefined;
  readonly isWhole: boolean;
  readonly sendTimeout: number;
}

/** Sends an answer; resolves when the system has it, or the client is gone or too slow. */
async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { body, isWhole, sendTimeout }: Sending,
): Promise<void> {
  if (response.destroyed || request.socket.destroyed) return;
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(() => request.socket.destroy(), sendTimeout);
  response.once("finish", over.resolve);
  response.once("close", over.resolve);
  response.on("error", () => over.resolve());
  if (isWhole) response.end(body);
  else await sendBeforeTheEnd(request, response, body);
  await over.promise;
  clearTimeout(timer);
}

/**
 * Sends an answer to a request that is not read to its end. A connection that is closed on bytes
 * that nobody read takes the answer with it: they are thrown away for a while before.
 */
async function sendBeforeTheEnd(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array | undefined,
): Promise<void> {
  if (body === undefined) response.flushHeaders();
  else response.write(body);
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, LINGER_MS);
  for (const event of ["end", "close", "error"]) request.once(event, () => over.resolve());
  request.resume();
  await over.promise;
  clearTimeout(timer);
  response.end();
}
