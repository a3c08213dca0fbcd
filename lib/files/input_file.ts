/**
 * Reads an input file whole, with its fingerprint, so that what was parsed is what was
 * fingerprinted.
 */
import { InputError, messageOf } from "../errors/input_error.ts";

/** Path, size and SHA-256 (hex) of a file that was read. */
export interface Fingerprint {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * A file's bytes and fingerprint. @throws InputError naming the path when it is missing or
 * unreadable.
 */
export async function readInput(
  path: string,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; fingerprint: Fingerprint }> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    throw new InputError({
      doing: `reading ${path}`,
      found: error instanceof Deno.errors.NotFound ? "there is no such file" : messageOf(error),
      wanted: "a readable file",
      next:
        "name the data folder with --data; README.md says what it holds and how to make it (deno task prepare)",
    }, { cause: error });
  }
  return { bytes, fingerprint: { path, bytes: bytes.length, sha256: await sha256(bytes) } };
}

/** SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
