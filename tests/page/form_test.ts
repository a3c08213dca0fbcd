import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PREPARE_FLAGS } from "../../lib/jobs/prepare/config.ts";
import { COMMAND, inWords, logFields, runFields } from "../../lib/page/form.ts";
import { settingName } from "../../lib/settings/settings.ts";

const PREPARE = new URL("../../lib/prepare/", import.meta.url).pathname;

async function* sourcesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* sourcesBelow(`${folder}${name}/`);
    else if (name.endsWith(".ts")) yield await Deno.readTextFile(folder + name);
  }
}

/** Flags that stand in texts of prepare's sources. */
async function flagsOfMessages(): Promise<Set<string>> {
  const sources = await Array.fromAsync(sourcesBelow(PREPARE));
  const code = sources.join("\n").replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  return new Set([...code.matchAll(/["'`( ]--(?:no-)?([a-z][a-z-]+)/g)].map(([, f]) => f));
}

Deno.test("each flag that prepare's messages name is the form's or the command's", async () => {
  const { columns, more } = logFields();
  const fields = [...columns, ...more].map(({ flag }) => flag);
  const flags = Object.keys(PREPARE_FLAGS).map(settingName);
  const named = (await flagsOfMessages()).difference(new Set(["depth"])); // an operator's operand
  assert(named.size > 15, "flags were found");
  for (const flag of named) assert(flags.includes(flag), `prepare has no --${flag}`);
  for (const flag of flags) {
    const said = inWords(`While reading a.csv: wrong. Try: --${flag} of yours, or --${flag}.`);
    if (said.includes("“")) {
      const name = /“(.*?)”/.exec(said)![1];
      assert(
        ["Data", ...fields, ...runFields(1).map((one) => one.flag)]
          .some((field) => field.replaceAll("-", " ") === name),
        said,
      );
      assert(!said.includes("--"), said);
    } else {
      assert(!fields.includes(flag), said);
      assertStringIncludes(said, `deno task prepare … --${flag}`);
    }
  }
});

Deno.test("flags of a run are fields, parts of the page, or the command's", () => {
  for (const flag of Object.keys(COMMAND.flags).map(settingName)) {
    assert(/“[\w ]+”|deno task \w+ … --/.test(inWords(`reading --${flag}`)), flag);
  }
});

Deno.test("messages in the page's words", () => {
  const told: readonly (readonly [string, string])[] = [
    ["Try: --no-header --user 1 --time 3.", "Try: “header” no “user” 1 “time” 3."],
    ["look at --time-format and --time-unit", "look at “time format” and “time unit”"],
    ["--explode items,times opens them", "deno task prepare … --explode items,times opens them"],
    ["reading --epochs: its value is 0", "reading “epochs”: its value is 0"],
    ["go on with --resume, or --k=3", "go on with “Go on”, or “k”=3"],
    [
      "a smaller --k, or:\n  deno task baselines --k 5 --epochs 2",
      "a smaller “k”, or:\n  deno task baselines --k 5 --epochs 2",
    ],
    ["a well-known -- dash, x--y and --nothing", "a well-known -- dash, x--y and --nothing"],
  ];
  for (const [message, words] of told) assertEquals(inWords(message), words);
});

Deno.test("the form's helps name no flag, and what a log says by itself is left to it", () => {
  const { columns, more } = logFields();
  for (const { flag, help } of [...columns, ...more, ...runFields(2)]) {
    assert(!help.includes("--"), `${flag}: ${help}`);
  }
  for (const flag of ["header", "missing"]) {
    const field = more.find((one) => one.flag === flag)!;
    assertEquals([field.value, field.choices![0]], ["", ""], flag);
  }
  assertEquals(more.find(({ flag }) => flag === "order")!.choices, undefined, "a column, too");
});
