/** Texts as UTF-8: byte order marks go, UTF-16 (Excel's "Unicode text") is decoded. */
import { type Blocks, peek } from "./blocks.ts";

/** A text in UTF-8 without a byte order mark. */
export interface DecodedText {
  readonly blocks: Blocks;
  /** What it was; absent for UTF-8. */
  readonly encoding?: string;
}

/** Bytes that are looked at. */
const HEAD_BYTES = 512;

/**
 * The text in UTF-8, whichever Unicode it is in; whether UTF-8 is valid is not looked at.
 * @throws Error for what begins like no text at all.
 */
export async function decoded(text: Blocks): Promise<DecodedText> {
  const { head, blocks } = await peek(text, HEAD_BYTES);
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    return { blocks: withoutMark(blocks) };
  }
  const encoding = utf16Of(head);
  if (encoding === undefined && isBinary(head)) throw new Error("it is no text");
  return encoding === undefined ? { blocks } : { blocks: fromUtf16(blocks, encoding), encoding };
}

/** UTF-16 by its mark, or by the zero bytes of its first two letters. */
function utf16Of([a, b, c, d]: Uint8Array): string | undefined {
  if (a === 0xff && b === 0xfe) return "UTF-16LE";
  if (a === 0xfe && b === 0xff) return "UTF-16BE";
  if (d === undefined) return undefined;
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return "UTF-16LE";
  return a === 0 && b !== 0 && c === 0 && d !== 0 ? "UTF-16BE" : undefined;
}

/** Neither UTF-8 nor, for its control characters, an old encoding of letters. */
function isBinary(head: Uint8Array): boolean {
  const controls = head.some((byte) => byte < 0x20 && !SEPARATORS.includes(byte));
  if (!controls) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return false;
  } catch {
    return true;
  }
}

/** Hive's, and those of words and lines. */
const SEPARATORS = [0x01, 0x09, 0x0a, 0x0d];

async function* withoutMark(blocks: Blocks): AsyncGenerator<Uint8Array> {
  let mark = 3;
  for await (const block of blocks) {
    const skipped = Math.min(mark, block.length);
    mark -= skipped;
    if (block.length > skipped) yield block.subarray(skipped);
  }
}

async function* fromUtf16(blocks: Blocks, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  try {
    for await (const block of blocks) {
      yield encoder.encode(decoder.decode(block, { stream: true }));
    }
    yield encoder.encode(decoder.decode());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(`it is not valid ${encoding}`, { cause: error });
  }
}
