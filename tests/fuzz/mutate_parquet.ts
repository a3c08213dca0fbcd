/**
 * Damage of Parquet files: bytes, numbers of the footer and of page headers that lie, and whole
 * files of the wrong columns.
 */
import { chunksOf, openParquet } from "../../lib/dataset/parquet/file.ts";
import { type Columns, parquet } from "../dataset/tiny.ts";
import { concat, LIES, mutateBytes } from "./mutate_bytes.ts";
import type { Choices } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A damaged copy of a valid file. */
export function mutateParquet(bytes: Bytes, random: Choices): Bytes {
  const footerAt = bytes.length - 8 - new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  switch (random.int(6)) {
    case 0:
      return mutateBytes(bytes, random);
    case 1: // the footer's bytes, the frame around it kept
      return framed(
        bytes.subarray(0, footerAt),
        mutateBytes(bytes.slice(footerAt, bytes.length - 8), random),
      );
    case 2: { // the numbers of the footer
      let footer = bytes.slice(footerAt, bytes.length - 8);
      for (let n = 1 + random.int(3); n > 0; n--) footer = withLie(footer, random);
      return framed(bytes.subarray(0, footerAt), footer);
    }
    case 3: // the footer nested or listed without end
      return framed(bytes.subarray(0, footerAt), bomb(random));
    default: { // page headers and the levels and lengths behind them
      const copy = bytes.slice();
      const file = openParquet(bytes, "valid");
      const column = random.pick(file.columns);
      const { begin, end } = random.pick(chunksOf(file, column));
      for (let n = 1 + random.int(4); n > 0; n--) {
        const at = begin + random.int(Math.min(end - begin, random.pick([16, 48, end - begin])));
        copy[at] = random.chance(0.5)
          ? copy[at] ^ (1 << random.int(8))
          : random.pick([0, 1, 2, 0x7f, 0x80, 0xff, random.int(256)]);
      }
      return copy;
    }
  }
}

/**
 * A file of columns that were dropped, of another type, with nulls, out of range, twice, or of
 * other lengths.
 */
export function mutateColumns(columns: Columns, random: Choices): Bytes {
  const names = Object.keys(columns);
  const name = random.pick(names);
  const changed: Record<string, Columns[string]> = { ...columns };
  const old = columns[name];
  const at = random.int(old.length);
  const put = (value: Columns[string][number]) => old.map((v, i) => i === at ? value : v);
  switch (random.int(7)) {
    case 0:
      delete changed[name];
      break;
    case 1:
      changed[name] = columns[random.pick(names)];
      break;
    case 2:
      changed[name] = old.map((v) => typeof v === "number" ? String(v) : 7);
      break;
    case 3:
      changed[name] = put(null);
      break;
    case 4:
      changed[name] = put(old[random.int(old.length)]);
      break;
    case 5: {
      const wild = random.pick([-1, 7, 2 ** 31, 2 ** 32, 2 ** 53 + 2, -(2 ** 62), 2 ** 62]);
      if (Array.isArray(old[at])) changed[name] = put([wild]);
      else if (typeof old[at] !== "string") changed[name] = put(wild);
      else changed[name] = put(random.pick(["", "../../x", "\u0000", "\ud800"]));
      break;
    }
    default: {
      const isList = Array.isArray(old[at]);
      const many = () => random.chance(0.5) ? [] : Array.from({ length: 5000 }, () => 1);
      changed[name] = put(isList ? many() : old[0]);
    }
  }
  return parquet(changed);
}

function framed(body: Uint8Array, footer: Uint8Array): Bytes {
  const tail = new Uint8Array(8);
  new DataView(tail.buffer).setUint32(0, footer.length, true);
  tail.set(new TextEncoder().encode("PAR1"), 4);
  return concat(body, footer, tail);
}

/** One number of a Thrift structure replaced, whatever its length. */
function withLie(bytes: Bytes, random: Choices): Bytes {
  const { at, length } = random.pick(numbersIn(bytes));
  const lie = random.chance(0.3) ? random.int(300) : random.pick(LIES);
  return concat(
    bytes.subarray(0, at),
    varint(random.chance(0.7) ? BigInt(lie) * 2n : BigInt(lie)),
    bytes.subarray(at + length),
  );
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  do {
    bytes.push(Number(value & 0x7fn) | (value > 0x7fn ? 0x80 : 0));
    value >>= 7n;
  } while (value > 0n);
  return Uint8Array.from(bytes);
}

/** Where the varints of a valid Thrift structure lie. */
function numbersIn(bytes: Uint8Array): { at: number; length: number }[] {
  const places: { at: number; length: number }[] = [];
  let at = 0;
  const number = () => {
    const from = at;
    let value = 0;
    do value += (bytes[at] & 0x7f) * 2 ** (7 * (at - from)); while (
      at < bytes.length && bytes[at++] & 0x80
    );
    places.push({ at: from, length: at - from });
    return value;
  };
  const element = (type: number, inList: boolean): void => {
    if (type <= 2) at += inList ? 1 : 0;
    else if (type === 3) at++;
    else if (type <= 6) number();
    else if (type === 7) at += 8;
    else if (type === 8) at += number();
    else if (type === 9) {
      const header = bytes[at++];
      const size = header >> 4 === 15 ? number() : header >> 4;
      for (let i = 0; i < size && at < bytes.length; i++) element(header & 15, true);
    } else struct();
  };
  const struct = () => {
    while (at < bytes.length) {
      const header = bytes[at++];
      if ((header & 15) === 0) return;
      if (header >> 4 === 0) number();
      element(header & 15, false);
    }
  };
  struct();
  return places.length === 0 ? [{ at: 0, length: 0 }] : places; // damaged once already
}

/** Small footers that would take much memory or stack. */
function bomb(random: Choices): Uint8Array {
  switch (random.int(4)) {
    case 0: // structures in structures
      return new Uint8Array(1 + random.int(100_000)).fill(0x1c);
    case 1: // lists in lists, each of 2^25 elements
      return concat(
        ...Array.from(
          { length: 1 + random.int(2000) },
          (_, i) => Uint8Array.of(...(i === 0 ? [0x19] : []), 0xf9, 0x80, 0x80, 0x80, 0x10),
        ),
      );
    case 2: // a number that does not end
      return concat(Uint8Array.of(0x16), new Uint8Array(1 + random.int(100_000)).fill(0x80));
    default: // a schema of elements that each have one child
      return concat(
        Uint8Array.of(0x15, 2, 0x19, 0xfc, ...varint(20_000n)),
        ...Array.from({ length: 20_000 }, () => Uint8Array.of(0x48, 1, 0x61, 0x15, 2, 0)),
        Uint8Array.of(0x16, 0, 0x19, 0x0c, 0),
      );
  }
}
