/** A reader of files that come from outside, a valid input, and its damage. */
import { mutateJson } from "./mutate_json.ts";
import type { Choices } from "./random.ts";

/** A file's contents. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A reader under fuzz. */
export interface Subject {
  readonly name: string;
  /** How often it is chosen. */
  readonly weight: number;
  /** A damaged input. */
  readonly damage: (random: Choices) => Bytes;
  /**
   * Reads it; `path` is what an error must name. Throws an `Error` of its own when a success is not
   * one.
   */
  readonly read: (bytes: Bytes, path: string) => unknown;
  /** Reads an undamaged input: must succeed, also after all the damage before. */
  readonly valid: () => unknown;
}

/** A value as a JSON file. */
export const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A subject whose damage is `mutate`'s, to one of `valid`. */
export function binarySubject(
  name: string,
  weight: number,
  valid: readonly Bytes[],
  mutate: (bytes: Bytes, random: Choices) => Bytes,
  read: Subject["read"],
): Subject {
  return {
    name,
    weight,
    damage: (random) => mutate(random.pick(valid), random),
    read,
    valid: () => valid.forEach((bytes) => read(bytes, "valid")),
  };
}

/** A subject of JSON documents. */
export function jsonSubject(
  name: string,
  weight: number,
  valid: readonly unknown[],
  read: Subject["read"],
): Subject {
  return {
    name,
    weight,
    damage: (random) => mutateJson(utf8(random.pick(valid)), random),
    read,
    valid: async () => {
      for (const document of valid) await read(utf8(document), "valid");
    },
  };
}

/** Reads from disk: an error must name the file, and then names `path` for the caller. */
export async function naming(
  file: string,
  path: string,
  read: () => Promise<unknown>,
): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof Error && error.message.includes(file)) {
      error.message = error.message.replaceAll(file, path);
    }
    throw error;
  }
}
