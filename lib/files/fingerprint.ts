/** Fingerprints of files: what a run read and wrote can be recognised by them. Pure. */

/** Path, size and SHA-256 (hex) of a file. */
export interface Fingerprint {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The fingerprint of a file of these bytes. */
export async function fingerprintOf(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Fingerprint> {
  return { path, bytes: bytes.length, sha256: await sha256(bytes) };
}

/** SHA-256 of bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
