/** The one file in a zip archive, as a stream (PKWARE's APPNOTE, sections 4.3 and 4.5). */
import { crc32 } from "node:zlib";
import { counted } from "../../errors/counted.ts";
import { show } from "../../errors/input_error.ts";
import { type Blocks, blocksOf } from "./blocks.ts";
import { inflate } from "./decompress.ts";
import { host, type HostFile } from "../../files/host.ts";
import { bytesAt, sizeOf } from "../../files/read_at.ts";

/** The entry of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly blocks: Blocks;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** The end record with the longest comment, and zip64's locator before it. */
const MOST_END_BYTES = 22 + 65535 + 20;
/** Beyond this a list of contents is no list of one file. */
const MOST_DIRECTORY_BYTES = 1 << 24;
const [STORED, DEFLATED] = [0, 8];

/** A line of the archive's list of contents. */
interface Listed {
  readonly name: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly offset: number;
}

/**
 * The only file of a zip archive; folders and what macOS adds do not count. @throws Error in words
 * for a reader when it is damaged, encrypted or holds several files.
 */
export async function openZip(file: HostFile): Promise<ZipEntry> {
  const entries = (await list(file)).filter(({ name }) =>
    !name.endsWith("/") && !/(^|\/)(__MACOSX\/|\.DS_Store$)/.test(name)
  );
  if (entries.length !== 1) {
    const names = entries.slice(0, 6).map(({ name }) => show(name)).join(", ");
    throw new Error(
      entries.length === 0
        ? "the zip archive is empty"
        : `the zip archive holds ${
          counted(entries.length, "file")
        } (${names}); unpack it and name one`,
    );
  }
  const [entry] = entries;
  if (entry.encrypted) throw new Error(`${show(entry.name)} in the zip archive is encrypted`);
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new Error(`compression method ${entry.method} of the zip archive is not supported`);
  }
  const header = await viewAt(file, entry.offset, 30);
  if (header.getUint32(0, true) !== LOCAL) throw new Error("the zip archive is damaged");
  const begin = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  return { name: entry.name, blocks: contents(file, entry, begin) };
}

async function* contents(
  file: HostFile,
  { method, crc, compressed }: Listed,
  begin: number,
): AsyncGenerator<Uint8Array> {
  await file.seek(begin, host.SeekMode.Start);
  const raw = blocksOf(file, compressed);
  let sum = 0;
  for await (const block of method === DEFLATED ? inflate(raw) : raw) {
    sum = crc32(block, sum);
    yield block;
  }
  if (sum !== crc) throw new Error("the zip archive is damaged: its checksum differs");
}

async function list(file: HostFile): Promise<Listed[]> {
  const size = await sizeOf(file);
  const from = Math.max(0, size - MOST_END_BYTES);
  const tail = await viewAt(file, from, size - from);
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw new Error("the zip archive is cut or damaged");
  let entries = tail.getUint16(at + 10, true);
  let bytes = tail.getUint32(at + 12, true);
  let offset = tail.getUint32(at + 16, true);
  if (at >= 20 && tail.getUint32(at - 20, true) === LOCATOR_64) {
    const end = await viewAt(file, Number(tail.getBigUint64(at - 12, true)), 56);
    if (end.getUint32(0, true) !== END_64) throw new Error("the zip archive is damaged");
    entries = Number(end.getBigUint64(32, true));
    bytes = Number(end.getBigUint64(40, true));
    offset = Number(end.getBigUint64(48, true));
  }
  if (bytes > MOST_DIRECTORY_BYTES || offset + bytes > size) {
    throw new Error("the zip archive is damaged, or holds very many files");
  }
  const directory = await viewAt(file, offset, bytes);
  const found: Listed[] = [];
  for (let place = 0, i = 0; i < entries; i++) {
    if (place + 46 > bytes || directory.getUint32(place, true) !== CENTRAL) {
      throw new Error("the zip archive is damaged");
    }
    const lengths = [28, 30, 32].map((field) => directory.getUint16(place + field, true));
    const next = place + 46 + lengths[0] + lengths[1] + lengths[2];
    if (next > bytes) throw new Error("the zip archive is damaged");
    found.push(listed(directory, place, lengths[0], lengths[1]));
    place = next;
  }
  return found;
}

function listed(
  directory: DataView,
  at: number,
  nameBytes: number,
  extra: number,
): Listed {
  const name = new Uint8Array(directory.buffer, at + 46, nameBytes);
  const { compressed, offset } = sizesOf(directory, at, at + 46 + nameBytes, extra);
  return {
    name: new TextDecoder().decode(name),
    encrypted: (directory.getUint16(at + 8, true) & 1) === 1,
    method: directory.getUint16(at + 10, true),
    crc: directory.getUint32(at + 16, true),
    compressed,
    offset,
  };
}

/** The compressed size and place of an entry; beyond 4 GB they stand in its zip64 field. */
function sizesOf(
  directory: DataView,
  at: number,
  extraAt: number,
  extraBytes: number,
): { compressed: number; offset: number } {
  const whole = directory.getUint32(at + 24, true);
  const sizes = {
    compressed: directory.getUint32(at + 20, true),
    offset: directory.getUint32(at + 42, true),
  };
  for (let place = extraAt; place + 4 <= extraAt + extraBytes;) {
    const length = directory.getUint16(place + 2, true);
    if (directory.getUint16(place, true) === 1) {
      // only what did not fit is there, in this order
      let value = place + 4;
      const end = Math.min(value + length, extraAt + extraBytes);
      if (whole === 0xffffffff) value += 8;
      for (const key of ["compressed", "offset"] as const) {
        if (sizes[key] !== 0xffffffff || value + 8 > end) continue;
        sizes[key] = Number(directory.getBigUint64(value, true));
        value += 8;
      }
    }
    place += 4 + length;
  }
  return sizes;
}

async function viewAt(file: HostFile, offset: number, count: number): Promise<DataView> {
  const { buffer, byteLength } = await bytesAt(file, offset, count);
  if (byteLength < count) throw new Error("the zip archive is cut or damaged");
  return new DataView(buffer);
}
