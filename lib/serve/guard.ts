/** Who is answered: requests for this server by its own names, with a token where one is asked. */
import { createHash, timingSafeEqual } from "node:crypto";
import { InputError } from "../errors/input_error.ts";
import { readBytes } from "../files/input_file.ts";
import { decodeText } from "../files/json.ts";
import type { Asked } from "./asked.ts";
import { HttpError } from "./http_error.ts";

/** Lets a request pass. @throws HttpError when it does not. */
export type Guard = (asked: Asked, url: URL) => void;

/** Whether a host, as an address or a URL has it, is this machine by its loopback network. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").replace(/\.$/, "").toLowerCase();
  return name === "::1" || /^127(\.\d{1,3}){3}$/.test(name) || /^(.+\.)?localhost$/.test(name);
}

/**
 * On loopback only loopback's names are answered, and `others` (a proxy's): a page from elsewhere
 * whose name somebody points at 127.0.0.1 reaches the server, but says whose it is.
 */
export function hostGuard(listensOn: string, others: readonly string[]): Guard {
  if (!isLoopback(listensOn)) return () => {};
  const allowed = new Set(others.map((name) => name.toLowerCase()));
  return (_, { hostname }) => {
    if (isLoopback(hostname) || allowed.has(hostname)) return;
    throw new HttpError(
      421,
      `the host ${
        JSON.stringify(hostname.slice(0, 80))
      } is not this server's; expected: localhost, ` +
        "127.0.0.1 or [::1]",
    );
  };
}

/** Paths that are answered without a token: what asks them is told nothing but that. */
const OPEN: readonly string[] = ["/healthz", "/readyz"];

/** Asks for one of `tokens` as a bearer; no tokens, no question. */
export function tokenGuard(tokens: readonly string[]): Guard {
  if (tokens.length === 0) return () => {};
  const digests = tokens.map(digestOf);
  return ({ headers }, { pathname }) => {
    if (OPEN.includes(pathname)) return;
    const given = /^bearer +(\S+) *$/i.exec(headers.get("authorization") ?? "")?.[1];
    const digest = given === undefined ? undefined : digestOf(given);
    // every token is compared, each in the same time
    const fits = digests.filter((other) => digest !== undefined && timingSafeEqual(digest, other));
    if (fits.length > 0) return;
    const found = given === undefined ? "there is no bearer token" : "the bearer token is not one";
    throw new HttpError(401, `${found}; expected: authorization: Bearer <token>`, {
      "www-authenticate": 'Bearer realm="recommendations"',
    });
  };
}

function digestOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}

/** Letters that a token must have: fewer can be tried out. */
const LEAST = 16;

/**
 * The tokens of a file, one a line; none without a file.
 * @throws InputError when it cannot be read, is empty, or a line is no token.
 */
export async function readTokens(path: string | undefined): Promise<string[]> {
  if (path === undefined) return [];
  const expected = {
    doing: `reading the tokens in ${path}`,
    wanted: `a token a line, each of ${LEAST} letters, digits or signs or more`,
    next: "make one with: openssl rand -hex 32",
  };
  let text: string;
  try {
    text = decodeText(await readBytes(path, expected));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({ ...expected, found: "it is not a text in UTF-8" }, { cause: error });
  }
  const tokens = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (tokens.length === 0) throw new InputError({ ...expected, found: "it holds none" });
  const bad = tokens.findIndex((token) => token.length < LEAST || !/^[!-~]+$/.test(token));
  if (bad < 0) return tokens;
  throw new InputError({
    ...expected,
    found: `token ${bad + 1} is of ${tokens[bad].length} characters or has others than these`,
  });
}
