import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { helpOf } from "../../../lib/cli/help.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { PREPARE_COMMAND, prepareOptions } from "../../../lib/jobs/prepare/config.ts";
import { DEFAULTS } from "../../../lib/prepare/options.ts";

const optionsOf = (...line: string[]) => {
  const { values, given } = parseFlags(PREPARE_COMMAND, [
    "--input",
    "a.csv",
    "--out",
    "b",
    ...line,
  ]);
  return prepareOptions(values, given);
};

Deno.test("prepare: without flags the specification's values", () => {
  const { inputs, out, columns, ...rest } = optionsOf();
  assertEquals([inputs, out], [["a.csv"], "b"]);
  assert(Object.values(columns).every((column) => column === undefined), "the format names them");
  const given = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  );
  const { columns: _, ...defaults } = DEFAULTS;
  assertEquals(given, { ...defaults, k: [5], q: [10], eventPrefixes: DEFAULTS.eventPrefixes });
});

Deno.test("prepare: flags that the formats have values for count only where they are given", () => {
  assertEquals([optionsOf().header, optionsOf("--no-header").header], [undefined, false]);
  assertEquals(optionsOf("--explode", "a,b").explode, ["a", "b"]);
  assertEquals(optionsOf("--separator", "::", "--quote", "none").separator, "::");
  assertEquals(optionsOf("--time-format", "%d/%m/%y, %H:%M").timeFormat, "%d/%m/%y, %H:%M");
  assertEquals(optionsOf("--event-type", "type", "--events", "*").eventPrefixes, ["*"]);
  assertEquals(optionsOf("--max-bad", "2%", "--missing", "skip").missing, "skip");
  assertThrows(() => optionsOf("--split", "0.5,0.5"), InputError, "three");
  assertThrows(() => optionsOf("--format", "movielense"), InputError, "movielens");
});

Deno.test("prepare: the help fits a screen", () => {
  const lines = helpOf(PREPARE_COMMAND).trimEnd().split("\n");
  assert(lines.length <= 48, `${lines.length} lines`);
  assert(lines.every((line) => line.length <= 100));
});
