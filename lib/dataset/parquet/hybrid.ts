/**
 * The run-length / bit-packed hybrid of Parquet, for levels and dictionary indices. hyparquet's
 * decoder trusts the run lengths in the file and makes ordinary arrays; this one stops at the
 * output's end and fills typed arrays.
 */

/**
 * Fills `out` from bytes[begin..end). @throws RangeError when the bytes end before `out` is full.
 */
export function decodeHybrid(
  bytes: Uint8Array,
  begin: number,
  end: number,
  width: number,
  out: Int32Array | Uint8Array,
): void {
  if (width < 0 || width > 32) throw new RangeError(`a bit width of ${width}`);
  const byteWidth = (width + 7) >> 3;
  const mask = width === 32 ? 0xffffffff : (1 << width) - 1;
  let at = begin;
  let filled = 0;
  while (filled < out.length) {
    let header = 0;
    let shift = 0;
    let byte = 0x80;
    while (byte & 0x80) {
      if (at >= end || shift > 28) throw new RangeError("the levels or indices end too early");
      byte = bytes[at++];
      header += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    }
    if (header % 2 === 0) {
      const run = Math.min(header / 2, out.length - filled);
      if (at + byteWidth > end) throw new RangeError("the levels or indices end too early");
      if (run === 0) throw new RangeError("an empty run");
      let value = 0;
      for (let i = 0; i < byteWidth; i++) value |= bytes[at++] << (8 * i);
      out.fill(value, filled, filled + run);
      filled += run;
    } else {
      const packed = Math.floor(header / 2) * 8;
      const take = Math.min(packed, out.length - filled);
      if (packed === 0) throw new RangeError("an empty run");
      let buffer = 0;
      let bits = 0;
      let read = at;
      for (let i = 0; i < take; i++) {
        if (width > 24) { // rare: a dictionary of more than 2^24 entries
          let value = 0;
          for (let b = 0; b < width; b++) {
            const bit = i * width + b;
            if (at + (bit >> 3) >= end) throw new RangeError("the levels or indices end too early");
            value |= ((bytes[at + (bit >> 3)] >> (bit & 7)) & 1) << b;
          }
          out[filled++] = value;
          continue;
        }
        while (bits < width) {
          if (read >= end) throw new RangeError("the levels or indices end too early");
          buffer |= bytes[read++] << bits;
          bits += 8;
        }
        out[filled++] = buffer & mask;
        buffer >>>= width;
        bits -= width;
      }
      at += (packed / 8) * width;
    }
  }
}
