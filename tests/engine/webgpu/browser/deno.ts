/**
 * What tests ask of `Deno`, for a page: registering them, and reading fixtures from beside the
 * bundle. Imported before any test.
 */

/** A registered test. */
export interface Registered {
  readonly name: string;
  readonly ignore?: boolean;
  readonly fn: () => Promise<void> | void;
}

/** All of them, in their order. */
export const TESTS: Registered[] = [];

function test(given: string | Registered, fn?: Registered["fn"]): void {
  TESTS.push(typeof given === "string" ? { name: given, fn: fn! } : given);
}

const loaded = new Map<string, Uint8Array<ArrayBuffer>>();

/** Brings fixtures here: tests read them without waiting. */
export async function loadFixtures(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const url = new URL(`../fixtures/${name}`, import.meta.url).href;
    loaded.set(url, await (await fetch(url)).bytes());
  }
}

function readFileSync(url: URL): Uint8Array<ArrayBuffer> {
  const bytes = loaded.get(url.href);
  if (bytes === undefined) throw new Error(`${url} was not loaded`);
  return bytes;
}

function readTextFileSync(url: URL): string {
  return new TextDecoder().decode(readFileSync(url));
}

Object.assign(globalThis, { Deno: { test, readFileSync, readTextFileSync } });
