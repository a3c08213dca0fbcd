/**
 * Records as lists of fields. From one list come the places that TypeScript reads and writes by
 * name and what WGSL sees of them (constants, or a struct and its reader), so that no number of a
 * layout is written twice.
 */
import type { Constants } from "./template.ts";

/** A record: fields one after the other. */
export interface Fields<Name extends string> {
  /** Where each field begins, counted from the record's beginning. */
  readonly at: Readonly<Record<Name, number>>;
  /** How long the record is. */
  readonly size: number;
}

/** A record of fields of these sizes, in their order. */
export function fields<Name extends string>(sizes: Readonly<Record<Name, number>>): Fields<Name> {
  const at: Partial<Record<Name, number>> = {};
  let size = 0;
  for (const name in sizes) {
    at[name] = size;
    size += sizes[name];
  }
  return { at: at as Record<Name, number>, size };
}

/** A record of one word a field, `size` words long: words without a name are spare. */
export function words<Name extends string>(names: readonly Name[], size: number): Fields<Name> {
  const each = Object.fromEntries(names.map((name) => [name, 1])) as Record<Name, number>;
  return { at: fields(each).at, size };
}

/** The fields of a record of words that begins at `at`, by their names. */
export function readWords<Name extends string>(
  record: Fields<Name>,
  from: ArrayLike<number>,
  at: number,
): Record<Name, number> {
  const read = Object.entries<number>(record.at).map(([name, offset]) => [name, from[at + offset]]);
  return Object.fromEntries(read) as Record<Name, number>;
}

/** The name of a constant in WGSL: `constantName("in", "keyWeight")` is `IN_KEY_WEIGHT`. */
export function constantName(...parts: readonly string[]): string {
  return parts.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase())
    .join("_");
}

/**
 * A record in floats as WGSL sees it, in quads: the constant `PREFIX_FIELD` for each field's place
 * and `PREFIX_QUADS` for the length. @throws RangeError for a field that is not at a quad.
 */
export function quadConstants(prefix: string, { at, size }: Fields<string>): Constants {
  return inQuads({ ...at, quads: size }, prefix);
}

/** Places in floats as constants in quads. @throws RangeError for one that is not at a quad. */
export function placesInQuads(places: Readonly<Record<string, number>>): Constants {
  return inQuads(places);
}

function inQuads(places: Readonly<Record<string, number>>, ...prefix: readonly string[]) {
  const constants = Object.entries(places).map(([name, at]) => {
    if (at % 4 !== 0) throw new RangeError(`${name} is at float ${at}, expected a multiple of 4`);
    return [constantName(...prefix, name), at / 4];
  });
  return Object.fromEntries(constants);
}

/** The WGSL struct of these members, `[name, type]`, in their order. */
export function structWgsl(name: string, members: readonly (readonly [string, string])[]): string {
  return `struct ${name} {\n${
    members.map(([member, type]) => `  ${member}: ${type},\n`).join("")
  }}\n`;
}
