/** Whether a Parquet file is encrypted, in whole or in some columns: its footer says so. */
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { InputError } from "../../errors/input_error.ts";
import { checkThrift } from "./guard.ts";
import { host } from "../../files/host.ts";
import { bytesAt, sizeOf } from "../../files/read_at.ts";

/** The field of a footer that names the encryption of its columns. */
const ENCRYPTION_ALGORITHM = "field_8";
/** The file begins and ends with this where the footer itself is encrypted. */
export const ENCRYPTED_MAGIC = "PARE";

/** A file that is encrypted, in whole or in some columns. */
export function encrypted(path: string, cause?: unknown): InputError {
  return new InputError({
    doing: `reading ${path}`,
    found: "it is encrypted, which is not supported",
    wanted: "a Parquet file in plain",
    next: "writing it again without encryption",
  }, { cause });
}

/** Says whether the file's footer names an encryption; false for what is no Parquet file. */
export async function isEncrypted(path: string): Promise<boolean> {
  using file = await host.open(path);
  const size = await sizeOf(file);
  const tail = await bytesAt(file, Math.max(0, size - 8), Math.min(8, size));
  if (new TextDecoder().decode(tail.subarray(4)) === ENCRYPTED_MAGIC) return true;
  const length = tail.length < 8 ? Infinity : new DataView(tail.buffer).getUint32(0, true);
  if (length + 12 > size) return false;
  const footer = await bytesAt(file, size - 8 - length, length);
  try {
    return hasEncryptedColumns(footer);
  } catch {
    return false;
  }
}

/** Says whether a footer in plain names an encryption of columns. @throws Error for no footer. */
function hasEncryptedColumns(footer: Uint8Array): boolean {
  checkThrift(footer, 0, footer.length);
  const view = new DataView(footer.buffer, footer.byteOffset, footer.length);
  return ENCRYPTION_ALGORITHM in deserializeTCompactProtocol({ view, offset: 0 });
}
