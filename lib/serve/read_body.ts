/** Reads a request's JSON with a limit on its size and on the time it takes. */
import { decodeJson } from "../files/json.ts";
import type { Asked } from "./asked.ts";
import { HttpError } from "./http_error.ts";

/** Limits on reading a request. */
export interface BodyLimits {
  /** Bytes of a body. */
  readonly maxBody: number;
  /** Milliseconds until the whole body must be there. */
  readonly bodyTimeout: number;
}

/**
 * The request's JSON value. A body that is not whole when the server stops is not waited for.
 * @throws HttpError 400, 408, 413, 415 or 503.
 */
export async function readJson(
  request: Asked,
  limits: BodyLimits,
  stopped: AbortSignal,
): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (!/^application\/json\s*(;\s*charset=("?)utf-8\2\s*)?$/i.test(type.trim())) {
    throw new HttpError(
      415,
      `the body's content-type is ${JSON.stringify(type.slice(0, 80))}; expected: application/json`,
    );
  }
  if (encoding.trim().toLowerCase() !== "identity") {
    throw new HttpError(
      415,
      `the body's content-encoding is ${JSON.stringify(encoding.slice(0, 80))}; expected: none`,
    );
  }
  const bytes = await readBytes(request, limits, stopped);
  try {
    return decodeJson(bytes);
  } catch {
    throw new HttpError(400, "the body is not JSON in UTF-8");
  }
}

async function readBytes(
  request: Asked,
  { maxBody, bodyTimeout }: BodyLimits,
  stopped: AbortSignal,
): Promise<Uint8Array> {
  const tooLarge = () =>
    new HttpError(413, `the body is larger than ${maxBody} bytes`, { connection: "close" });
  if (Number(request.headers.get("content-length") ?? 0) > maxBody) throw tooLarge();
  const reader = request.body?.getReader();
  const parts: Uint8Array[] = [];
  if (reader === undefined) return new Uint8Array();
  let length = 0;
  let cut: HttpError | undefined;
  const cutOff = (status: number, message: string) => {
    cut = new HttpError(status, message, { connection: "close" });
    reader.cancel().catch(() => {});
  };
  const late = () => cutOff(408, `the body was not whole after ${bodyTimeout / 1000} s`);
  const timer = setTimeout(late, bodyTimeout);
  const stop = () => cutOff(503, "the server is stopping");
  stopped.addEventListener("abort", stop);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length;
      if (length > maxBody) {
        reader.cancel().catch(() => {});
        throw tooLarge();
      }
      parts.push(read.value);
    }
  } catch (error) {
    if (error instanceof HttpError) throw error;
    if (cut === undefined) throw new HttpError(400, "the body ended before it was whole");
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener("abort", stop);
  }
  if (cut !== undefined) throw cut;
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
