import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { choice, integer, list, number, text, toggle } from "../../lib/settings/settings.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { helpOf } from "../../lib/cli/help.ts";
import { InputError } from "../../lib/errors/input_error.ts";

const command = {
  name: "try",
  summary: "tries flags",
  flags: {
    data: text("folder", "where the data lie"),
    batchSize: integer("pairs a batch", 256, 1, 1000),
    rate: number("learning rate", 0.1, 0, 1),
    models: list("a,b", "models", ["one"], ["one", "two", "three"]),
    device: choice(["auto", "wasm"], "device", "auto"),
    json: toggle("print JSON"),
  },
  examples: ["try --json"],
};
const values = (...args: string[]) => parseFlags(command, args).values;

Deno.test("fallbacks, values in both spellings, lists, switches", () => {
  assertEquals(values(), {
    data: undefined,
    batchSize: 256,
    rate: 0.1,
    models: ["one"],
    device: "auto",
    json: false,
  });
  assertEquals(values("--batch-size", "8", "--data=x", "--models", "two,three,two", "--json"), {
    data: "x",
    batchSize: 8,
    rate: 0.1,
    models: ["two", "three"],
    device: "auto",
    json: true,
  });
  assertEquals(values("--models", "one", "--models", "two").models, ["one", "two"]);
  assertEquals(values("--json", "--no-json").json, false);
  assertEquals([...parseFlags(command, ["--rate", "1e-1"]).given], ["rate"]);
});

for (
  const [args, ...parts] of [
    [["--batchsize", "8"], "unknown flag", "--batch-size"],
    [["--modles=one"], "--models"],
    [["--zzzzzzzz"], "unknown flag", "--help"],
    [["stray"], "stray argument", '"stray"'],
    [["--batch-size", "0"], "--batch-size", "1 to 1000", '"0"'],
    [["--batch-size", "1.5"], "whole number"],
    [["--batch-size", "0x10"], "whole number"],
    [["--batch-size", ""], "whole number"],
    [["--rate", "NaN"], "a number from 0 to 1"],
    [["--rate", "-0.5"], "a number from 0 to 1"],
    [["--models", "one,tow"], "; perhaps two."],
    [["--models", ","], "a list"],
    [["--device", "wsam"], "; perhaps wasm."],
    [["--data"], "--data without its value"],
    [["--data", "--json"], "--data without its value"],
    [["--data", "a", "--data", "b"], "--data twice"],
  ] as [string[], ...string[]][]
) {
  Deno.test(`refused: ${args.join(" ")}`, () => {
    const { message } = assertThrows(() => parseFlags(command, args), InputError);
    for (const part of parts) assertStringIncludes(message, part);
  });
}

Deno.test("a flag with a bare value may stand alone", () => {
  const bare = {
    ...command,
    flags: { resume: { ...text("tag", "go on"), bare: "latest" }, json: toggle("print JSON") },
  };
  assertEquals(parseFlags(bare, ["--resume"]).values, { resume: "latest", json: false });
  assertEquals(parseFlags(bare, ["--resume", "--json"]).values, { resume: "latest", json: true });
  assertEquals(parseFlags(bare, ["--resume", "x", "--json"]).values, { resume: "x", json: true });
});

Deno.test("a configuration stands between fallbacks and flags and is checked alike", () => {
  const parsed = parseFlags(command, ["--rate", "0.5"], {
    batchSize: 32,
    rate: 0.2,
    models: ["one", "two"],
    json: true,
  });
  assertEquals(parsed.values, {
    data: undefined,
    batchSize: 32,
    rate: 0.5,
    models: ["one", "two"],
    device: "auto",
    json: true,
  });
  assertEquals(parseFlags(command, [], { batchSize: 5 }).values.batchSize, 5);
  assertStringIncludes(
    assertThrows(() => parseFlags(command, [], { batchsiz: 5 }), InputError).message,
    "perhaps batchSize",
  );
  assertThrows(() => parseFlags(command, [], { batchSize: 0 }), InputError, "--batch-size");
});

Deno.test("the help names every flag, its fallback and the examples", () => {
  const help = helpOf(command);
  for (
    const part of [
      "--data <folder>",
      "--batch-size <n>",
      "(default: 256)",
      "--device <auto|wasm>",
      "--help",
      "--version",
      "try --json",
    ]
  ) assertStringIncludes(help, part);
});
