/**
 * Opens an input: its compression by its first bytes, not by its name, its text as UTF-8, and its
 * fingerprint taken on the way.
 */
import { createHash, type Hash } from "node:crypto";
import { InputError, messageOf } from "../../errors/input_error.ts";
import type { Fingerprint } from "../../files/fingerprint.ts";
import { host, type HostFile } from "../../files/host.ts";
import { checkInput } from "../../files/input_file.ts";
import { type Blocks, blocksOf, peek } from "./blocks.ts";
import { gunzip, unzstd } from "./decompress.ts";
import { type Container, containerOf, HEAD_BYTES } from "./containers.ts";
import { decoded } from "./text_encoding.ts";
import { openZip } from "./zip.ts";

/** An input that is being read. */
export interface OpenInput {
  /** The text's name without the ending of its compression: a zip's entry, or the file itself. */
  readonly name: string;
  /** The text in UTF-8, without a byte order mark. @throws InputError naming the file. */
  readonly blocks: Blocks;
  /** "UTF-16LE" and the like, where it is not UTF-8. */
  readonly encoding?: string;
  /** Of the file as it lies on the disk; to be asked for when the blocks have been read. */
  fingerprint(): Promise<Fingerprint>;
  close(): void;
}

/** Endings that say how a file is compressed. */
const ENDINGS: Readonly<Record<string, Container>> = { gz: "gzip", zst: "zstd", zip: "zip" };

/**
 * Opens a text file, however it is compressed. The caller closes it.
 * @throws InputError when it cannot be read, is of a kind that is no text, or is not compressed as
 * its name says.
 */
export async function openInput(path: string, signal?: AbortSignal): Promise<OpenInput> {
  const file = await openFile(path);
  try {
    const hash = createHash("sha256");
    const counted = { bytes: 0 };
    const raw = hashed(blocksOf(file), hash, counted, signal);
    const { head, blocks } = await peek(raw, HEAD_BYTES);
    const container = containerOf(head, path);
    const ending = /\.(gz|zst|zip)$/i.exec(path)?.[1].toLowerCase();
    if (ending !== undefined && head.length > 0 && container !== ENDINGS[ending]) {
      throw new Error(`its name ends in .${ending}, but it is no ${ENDINGS[ending]} file`);
    }
    const { name, text } = await unpacked(file, path, container, blocks);
    const decodedText = await decoded(text);
    return {
      name,
      blocks: told(decodedText.blocks, path, signal),
      encoding: decodedText.encoding,
      async fingerprint() {
        // what a decompressor left, and a zip, whose entry is not read from the beginning
        if (container === "zip") return await fingerprint(path, signal);
        for await (const _ of blocks);
        return { path, bytes: counted.bytes, sha256: hash.digest("hex") };
      },
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw readError(path, error, signal);
  }
}

/**
 * A whole text in UTF-8, however it is compressed. @throws InputError as `openInput`, and beyond
 * `most` bytes.
 */
export async function readWhole(path: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const input = await openInput(path);
  try {
    const blocks: Uint8Array[] = [];
    let bytes = 0;
    for await (const block of input.blocks) {
      bytes += block.length;
      if (bytes > most) {
        throw new InputError({
          doing: `reading ${path}`,
          found: `it is a text of more than ${Math.floor(most / 1e6)} MB`,
          wanted: "one that fits into memory",
          next: "cut it into parts",
        });
      }
      blocks.push(block);
    }
    const whole = new Uint8Array(bytes);
    blocks.reduce((at, block) => {
      whole.set(block, at);
      return at + block.length;
    }, 0);
    return whole;
  } finally {
    input.close();
  }
}

async function unpacked(
  file: HostFile,
  path: string,
  container: Container,
  blocks: Blocks,
): Promise<{ name: string; text: Blocks }> {
  const name = path.replace(/\.(gz|zst)$/i, "");
  if (container === "gzip") return { name, text: gunzip(blocks) };
  if (container === "zstd") return { name, text: unzstd(blocks) };
  if (container !== "zip") return { name: path, text: blocks };
  const entry = await openZip(file);
  return { name: entry.name, text: entry.blocks };
}

/** Bytes and SHA-256 of a file of any size. @throws InputError when it cannot be read. */
export async function fingerprint(path: string, signal?: AbortSignal): Promise<Fingerprint> {
  const hash = createHash("sha256");
  const counted = { bytes: 0 };
  using file = await openFile(path);
  try {
    for await (const _ of hashed(blocksOf(file), hash, counted, signal));
  } catch (error) {
    throw readError(path, error, signal);
  }
  return { path, bytes: counted.bytes, sha256: hash.digest("hex") };
}

async function openFile(path: string): Promise<HostFile> {
  await checkInput(path, { doing: `reading ${path}`, wanted: "a readable file" });
  try {
    return await host.open(path);
  } catch (error) {
    throw readError(path, error);
  }
}

async function* hashed(
  blocks: Blocks,
  hash: Hash,
  counted: { bytes: number },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const block of blocks) {
    signal?.throwIfAborted();
    hash.update(block);
    counted.bytes += block.length;
    yield block;
  }
}

async function* told(
  blocks: Blocks,
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* blocks;
  } catch (error) {
    throw readError(path, error, signal);
  }
}

/** How a file that cannot be read is told; an abort stays one. */
function readError(path: string, error: unknown, signal?: AbortSignal): unknown {
  signal?.throwIfAborted();
  if (error instanceof InputError) return error;
  return new InputError({
    doing: `reading ${path}`,
    found: messageOf(error).replace(/\.$/, ""),
    wanted: "a whole, readable file",
  }, { cause: error });
}
