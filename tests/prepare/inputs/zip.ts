/** Writes small zip archives, plainly: for tests of the reader. */
import { crc32, deflateRawSync } from "node:zlib";

/** A file of an archive. */
export interface ZipFile {
  readonly name: string;
  readonly text: string;
  /** Stored as it is, not deflated. */
  readonly stored?: boolean;
  readonly encrypted?: boolean;
}

/** The bytes of an archive of these files. */
export function zip(...files: ZipFile[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, text, stored, encrypted } of files) {
    const bytes = new TextEncoder().encode(text);
    const body = stored ? bytes : deflateRawSync(bytes);
    const title = new TextEncoder().encode(name);
    const common = numbers([
      [2, encrypted ? 1 : 0],
      [2, stored ? 0 : 8],
      [4, 0],
      [4, crc32(bytes)],
      [4, body.length],
      [4, bytes.length],
      [2, title.length],
      [2, 0],
    ]);
    const local = joined(numbers([[4, 0x04034b50], [2, 20]]), common, title, body);
    directory.push(
      joined(
        numbers([[4, 0x02014b50], [2, 20], [2, 20]]),
        common,
        numbers([[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]),
        title,
      ),
    );
    parts.push(local);
    offset += local.length;
  }
  const list = joined(...directory);
  const end = numbers([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, list.length],
    [4, offset],
    [2, 0],
  ]);
  return joined(...parts, list, end);
}

/** Numbers of so many bytes each, the lowest byte first. */
function numbers(values: [bytes: number, value: number][]): Uint8Array {
  return Uint8Array.from(
    values.flatMap(([bytes, value]) =>
      Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256)
    ),
  );
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    bytes.set(part, at);
    return at + part.length;
  }, 0);
  return bytes;
}
