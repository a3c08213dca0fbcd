/** Compressed bytes → bytes, as a stream, for every compression that inputs come in. */
import { type Duplex, Readable } from "node:stream";
import { createGunzip, createInflateRaw, createZstdDecompress } from "node:zlib";
import type { Blocks } from "./blocks.ts";
import { frameCutter } from "./zstd_frames.ts";

/** Bytes that a decompressor hands on at once. */
const CHUNK = { chunkSize: 1 << 18 };

/** gzip of any number of members, as cat, pigz and bgzip make them. @throws Error when damaged. */
export function gunzip(blocks: Blocks): Blocks {
  return through(blocks, createGunzip(CHUNK));
}

/** The bare deflate stream of a zip's entry. @throws Error when damaged. */
export function inflate(blocks: Blocks): Blocks {
  return through(blocks, createInflateRaw(CHUNK));
}

/** Zstandard of any number of frames. @throws Error when damaged or cut. */
export async function* unzstd(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const cutter = frameCutter();
  const pieces = (async function* () {
    for await (const block of blocks) yield* cutter.push(block);
  })();
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    const first = next.value;
    const frame = (async function* () {
      for (let piece = first;;) {
        yield piece.bytes;
        if (piece.ends) return;
        const more = await pieces.next();
        if (more.done) return;
        piece = more.value;
      }
    })();
    yield* through(frame, createZstdDecompress());
  }
  if (!cutter.whole) throw new Error("the file ends inside a Zstandard frame");
}

/** Bytes through one of Node's transforms. Leaving early ends it. */
async function* through(blocks: Blocks, transform: Duplex): AsyncGenerator<Uint8Array> {
  const source = Readable.from(blocks);
  source.on("error", (error) => transform.destroy(error));
  source.pipe(transform);
  try {
    yield* transform as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
    transform.destroy();
  }
}
