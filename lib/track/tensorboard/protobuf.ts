/** As much of the protobuf encoding as events need. A message is its fields one after the other. */

const VARINT = 0;
const FIXED_64 = 1;
const BYTES = 2;
const FIXED_32 = 5;

/** A whole number, not negative, below 2^53: also enumerations and switches. */
export function whole(field: number, value: number): Uint8Array {
  return concat(varint(field * 8 + VARINT), varint(value));
}

/** A 64-bit float. */
export function double(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concat(varint(field * 8 + FIXED_64), bytes);
}

/** A 32-bit float. */
export function float(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concat(varint(field * 8 + FIXED_32), bytes);
}

/** A text in UTF-8. */
export function string(field: number, value: string): Uint8Array {
  return message(field, new TextEncoder().encode(value));
}

/** A message of these parts; one part may be plain bytes. */
export function message(field: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const contents = concat(...parts);
  return concat(varint(field * 8 + BYTES), varint(contents.length), contents);
}

/** Fields one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push(rest % 128 + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.of(...bytes, rest);
}
