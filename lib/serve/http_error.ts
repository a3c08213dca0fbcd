/** Errors with an HTTP status, and how every error looks on the wire. */
import { InputError } from "../errors/input_error.ts";
import { printableJson } from "../errors/printable.ts";

/** An answer other than success, thrown from anywhere in the handling of a request. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The texts of responses: reading a response's body costs more than making it. */
const texts = new WeakMap<Response, string>();

/** A response with a text, which `bytesOf` gives without reading the body. */
export function textResponse(text: string, init: ResponseInit): Response {
  const response = new Response(text, init);
  texts.set(response, text);
  return response;
}

/** The bytes of a response's body. */
export async function bytesOf(response: Response): Promise<Uint8Array> {
  const text = texts.get(response);
  return text === undefined
    ? new Uint8Array(await response.arrayBuffer())
    : new TextEncoder().encode(text);
}

/** A JSON response that nobody should keep or sniff; names in it command no terminal. */
export function jsonResponse(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return textResponse(`${printableJson(value)}\n`, {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

/**
 * Any error as `{"error": {"status", "message"}}`: an `InputError` is 422; what is not the client's
 * fault is 500 and told to `report` alone.
 */
export function errorResponse(error: unknown, report: (error: unknown) => void): Response {
  const respond = (status: number, message: string, headers?: Readonly<Record<string, string>>) =>
    jsonResponse({ error: { status, message } }, status, headers);
  if (error instanceof HttpError) return respond(error.status, error.message, error.headers);
  if (error instanceof InputError) return respond(422, error.message);
  report(error);
  return respond(500, "an error inside the server; its log says more");
}
