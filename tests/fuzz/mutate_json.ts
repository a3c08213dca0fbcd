/**
 * Damage of JSON documents: values of another type, out of range, missing, doubled, deep, and names
 * that are tricks.
 */
import { mutateBytes } from "./mutate_bytes.ts";
import type { Choices } from "./random.ts";

/**
 * Texts that something may take for a path, a key of an object's prototype, a command to a
 * terminal, or the end of a line.
 */
const TRICKS = [
  "",
  "../../x",
  "/etc/passwd",
  "..\\..\\x",
  "C:\\x",
  "__proto__",
  "constructor",
  "a\u0000b",
  "\u001b[2J",
  "\ud800",
  "x\ny",
  "NaN",
];
const STRANGE: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  2 ** 53,
  -(2 ** 31),
  [],
  {},
  [[]],
  "7",
  ...TRICKS,
];

/** A damaged document, as bytes. */
export function mutateJson(
  bytes: Uint8Array<ArrayBuffer>,
  random: Choices,
): Uint8Array<ArrayBuffer> {
  if (random.chance(0.3)) return mutateBytes(bytes, random);
  const text = new TextDecoder().decode(bytes);
  const encode = (changed: string) => new TextEncoder().encode(changed);
  switch (random.int(6)) {
    case 0: { // deep
      const depth = random.pick([100, 10_000, 200_000]);
      const [open, close] = random.pick([["[", "]"], ['{"a":', "}"]]);
      const deep = open.repeat(depth) + "1" + close.repeat(depth);
      return encode(random.chance(0.5) ? deep : replaceValue(text, random, deep));
    }
    case 1: // a number beyond the number line, or none
      return encode(
        replaceValue(
          text,
          random,
          random.pick(["1e999", "-1e999", "NaN", "Infinity", "0x10", "9".repeat(400), "-0"]),
        ),
      );
    case 2: { // a key twice
      const key = /"([^"\\]*)":/.exec(text)?.[0] ?? '"a":';
      return encode(text.replace("{", `{${key} ${JSON.stringify(random.pick(STRANGE))}, `));
    }
    case 3: // a byte order mark, or Latin-1 in the middle
      if (random.chance(0.5)) return encode(`\ufeff${text}`);
      return Uint8Array.from(text, (c, i) => i % 7 === 3 ? 0xe9 : c.charCodeAt(0) & 0x7f);
    default:
      return encode(JSON.stringify(mutateValue(JSON.parse(text), random, 0)));
  }
}

function replaceValue(text: string, random: Choices, by: string): string {
  const places = [
    ...text.matchAll(/(?<=[:\[,]\s*)("[^"\\]*"|-?\d[\d.e+-]*|true|false|null)(?=\s*[,\]}])/g),
  ].slice(0, 1000);
  if (places.length === 0) return by;
  const { index, 0: old } = random.pick(places);
  return text.slice(0, index) + by + text.slice(index + old.length);
}

/** Goes down at random and changes what it arrives at. */
function mutateValue(value: unknown, random: Choices, depth: number): unknown {
  const isList = Array.isArray(value);
  const isObject = typeof value === "object" && value !== null;
  if (!isObject || random.chance(depth === 0 ? 0.05 : 0.25)) return random.pick(STRANGE);
  const keys = Object.keys(value);
  if (keys.length === 0) return random.pick(STRANGE);
  const key = random.pick(keys);
  const record = value as Record<string, unknown>;
  const entries = Object.entries(record);
  switch (random.int(7)) {
    case 0: // dropped
      return isList
        ? value.filter((_, i) => String(i) !== key)
        : Object.fromEntries(entries.filter(([name]) => name !== key));
    case 1: // another name
      if (isList) return [...value, record[key]];
      return Object.fromEntries(
        entries.map(([name, v]) => [name === key ? random.pick(TRICKS) : name, v]),
      );
    case 2: // a value twice, where each may be there once
      return isList ? [...value, value[0]] : { ...record, [key]: record[random.pick(keys)] };
    default: {
      const changed = mutateValue(record[key], random, depth + 1);
      return isList ? value.with(Number(key), changed) : { ...record, [key]: changed };
    }
  }
}
