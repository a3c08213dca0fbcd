/** Refuses options that contradict themselves before anything is read. */
import { InputError, show } from "../errors/input_error.ts";
import type { PrepareOptions } from "./options.ts";

/** @throws InputError naming the flag and the value. */
export function checkOptions(options: PrepareOptions): void {
  const { train, val, test } = options.shares;
  const shares = [train, val, test];
  if (
    !shares.every((share) => share >= 0 && share <= 1) || Math.abs(train + val + test - 1) > 1e-9
  ) {
    refuse(
      "split",
      shares.join(","),
      "three shares of the users that add up to 1, such as 0.8,0.1,0.1",
    );
  }
  for (const [flag, sizes] of [["k", options.k], ["q", options.q]] as const) {
    if (sizes.length === 0 || !sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
      refuse(flag, sizes.join(","), "whole numbers from 1, such as 5,10");
    }
  }
  if (!(options.gapMinutes > 0)) refuse("gap-minutes", options.gapMinutes, "more than 0 minutes");
  if (!(Number.isSafeInteger(options.seed) && options.seed >= 0 && options.seed < 2 ** 32)) {
    refuse("seed", options.seed, "a whole number from 0 to 4294967295");
  }
  if (!/^\d+(\.\d+)?\s?([KMGT]i?B)$/i.test(options.memory)) {
    refuse("memory", options.memory, "a size such as 800MB or 2GB");
  }
}

function refuse(flag: string, value: unknown, wanted: string): never {
  throw new InputError({
    doing: `reading --${flag}`,
    found: `its value is ${show(value)}`,
    wanted,
  });
}
