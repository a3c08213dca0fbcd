/** Blocks of bytes on their way from a file to a reader. */
import type { HostFile } from "../../files/host.ts";

/** Bytes in pieces of any size; a consumer is done with a block before it asks for the next. */
export type Blocks = AsyncIterable<Uint8Array>;

/** Bytes read from the disk at once. */
const BLOCK_BYTES = 1 << 20;

/**
 * The bytes of an open file from where it stands, at most `limit` of them. The file stays open.
 */
export async function* blocksOf(
  file: HostFile,
  limit = Infinity,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let left = limit;
  while (left > 0) {
    // a new buffer each time: decompressors keep what they have not used yet
    const buffer = new Uint8Array(Math.min(BLOCK_BYTES, left));
    const count = await file.read(buffer);
    if (count === null) return;
    left -= count;
    yield buffer.subarray(0, count);
  }
}

/** The first `count` bytes, fewer where there are no more, and all blocks with them again. */
export async function peek(
  blocks: Blocks,
  count: number,
): Promise<{ head: Uint8Array; blocks: Blocks }> {
  const iterator = blocks[Symbol.asyncIterator]();
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < count) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = joined(head, value);
  }
  return { head: head.subarray(0, count), blocks: withHead(head, iterator) };
}

async function* withHead(
  head: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Two pieces as one. */
export function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
