/** In place of `node:crypto` in a page: SHA-256 of what comes in parts. */
import { sha256 } from "@noble/hashes/sha2.js";

/** The hash that `update` goes on with. */
export type Hash = ReturnType<typeof createHash>;

/** A new SHA-256. */
export function createHash(_name: "sha256") {
  const hash = sha256.create();
  return {
    update: (bytes: Uint8Array) => void hash.update(bytes),
    digest: (_encoding: "hex") => hash.digest().toHex(),
  };
}
