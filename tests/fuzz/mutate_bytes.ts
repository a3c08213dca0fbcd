/** Damage that knows nothing of a format. */
import type { Choices } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Numbers that lengths and counts are replaced by. */
export const LIES = [
  0,
  1,
  2,
  127,
  128,
  255,
  256,
  65535,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 40,
  2 ** 53,
  2 ** 63,
];

/** A damaged copy. */
export function mutateBytes(bytes: Bytes, random: Choices): Bytes {
  const copy = bytes.slice();
  const at = () => random.int(Math.max(1, copy.length));
  switch (random.int(8)) {
    case 0: // bits flipped
      for (let n = 1 + random.int(8); n > 0; n--) copy[at()] ^= 1 << random.int(8);
      return copy;
    case 1: // bytes replaced
      for (let n = 1 + random.int(16); n > 0; n--) copy[at()] = random.int(256);
      return copy;
    case 2: // cut at the end
      return copy.slice(0, at());
    case 3: { // a stretch missing
      const from = at();
      return concat(copy.subarray(0, from), copy.subarray(from + 1 + random.int(64)));
    }
    case 4: { // a stretch twice
      const from = at();
      const to = Math.min(copy.length, from + 1 + random.int(64));
      return concat(copy.subarray(0, to), copy.subarray(from));
    }
    case 5: { // a stretch of one byte: 0x80 and 0xff make numbers that do not end
      const from = at();
      copy.fill(random.pick([0, 0x80, 0xff, 0x1c, 0x5b]), from, from + 1 + random.int(64));
      return copy;
    }
    case 6: { // a number of 4 bytes that lies
      const from = random.int(Math.max(1, copy.length - 4));
      const value = random.pick(LIES) % 2 ** 32;
      if (copy.length >= 4) new DataView(copy.buffer).setUint32(from, value, true);
      return copy;
    }
    default: { // noise in between
      const from = at();
      const noise = Uint8Array.from({ length: 1 + random.int(64) }, () => random.int(256));
      return concat(copy.subarray(0, from), noise, copy.subarray(from));
    }
  }
}

/** The parts one after the other. */
export function concat(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
