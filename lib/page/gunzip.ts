/**
 * gzip in a page. A browser's DecompressionStream ends at the first member, so that what pigz,
 * bgzip and rotated logs are made of is read by pako, zlib's port, which checks each member's CRC
 * and length (RFC 1952).
 */
import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_STREAM_END,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
  ZStream,
} from "pako";
import type { Blocks } from "../prepare/inputs/blocks.ts";

/** zlib's `windowBits` for gzip alone. */
const GZIP = 15 + 16;

/** Bytes that are handed on at once. */
const CHUNK_BYTES = 1 << 18;

/** gzip of any number of members, zeros behind them. @throws Error when damaged or cut. */
export async function* gunzip(blocks: Blocks): AsyncGenerator<Uint8Array> {
  const stream = new ZStream();
  zlibInflateInit2(stream, GZIP);
  let between = false; // members
  for await (const block of blocks) {
    stream.input = block;
    stream.next_in = 0;
    stream.avail_in = block.length;
    let full = false; // there may be more to hand on
    while (stream.avail_in > 0 || full) {
      if (between) {
        if (block[stream.next_in] === 0) return; // padding, as of tapes
        zlibInflateReset(stream);
      }
      stream.output = new Uint8Array(CHUNK_BYTES);
      stream.next_out = 0;
      stream.avail_out = CHUNK_BYTES;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      // without input there is no progress, which is no fault
      if (status < 0 && status !== Z_BUF_ERROR) throw new Error(`it is damaged: ${stream.msg}`);
      between = status === Z_STREAM_END;
      full = !between && stream.avail_out === 0;
      if (stream.next_out > 0) yield stream.output.subarray(0, stream.next_out);
    }
  }
  if (!between) throw new Error("unexpected end of file");
}
