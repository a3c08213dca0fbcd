/**
 * Reads files: whole ones with their fingerprint, so that what was parsed is what was
 * fingerprinted, and JSON. A file that cannot be read is told by its path.
 */
import { type Expectation, InputError, messageOf } from "../errors/input_error.ts";
import { type Fingerprint, fingerprintOf } from "./fingerprint.ts";
import { parseJson } from "./json.ts";

/** A file's bytes. @throws InputError in the words of `expected` when it cannot be read. */
export async function readBytes(
  path: string,
  expected: Expectation,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound;
    throw new InputError({
      ...expected,
      found: missing ? "there is no such file" : messageOf(error),
    }, { cause: error });
  }
}

/** A JSON file's value. @throws InputError in the words of `expected`. */
export async function readJson(path: string, expected: Expectation): Promise<unknown> {
  return parseJson(await readBytes(path, expected), expected);
}

/**
 * An input's bytes and fingerprint. @throws InputError naming the path when it is missing or
 * unreadable.
 */
export async function readInput(
  path: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; fingerprint: Fingerprint }> {
  const bytes = await readBytes(path, {
    doing: `reading ${path}`,
    wanted: "a readable file",
    next: "name the data folder with --data; README.md says what it holds and how to make it " +
      "(deno task prepare)",
  });
  return { bytes, fingerprint: await fingerprintOf(path, bytes) };
}
