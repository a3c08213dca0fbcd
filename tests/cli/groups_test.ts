import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseFlags } from "../../lib/cli/flags.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import type { Command } from "../../lib/settings/command.ts";
import { inherited, integer, type Settings, text, toggle } from "../../lib/settings/settings.ts";
import { MODEL_COMMAND } from "./model_command.ts";

const FALLBACKS = {
  gru_global: { embeddingDim: 256, hiddenDim: 256, dropout: 0.2, bidirectional: false },
  sasrec: { hiddenDim: 64, numHeads: 2, epochs: undefined },
  popularity: {},
};

function refusal(args: readonly string[], config = {}): string {
  return assertThrows(() => parseFlags(MODEL_COMMAND, args, config), InputError).message;
}

Deno.test("every group has its values, fallbacks filled in; without groups there are none", () => {
  assertEquals(parseFlags(MODEL_COMMAND, []).groups, FALLBACKS);
  assertEquals(parseFlags({ name: "a", summary: "", flags: {} }, []).groups, {});
});

Deno.test("a group's flags set its values alone, and `given` names them with their group", () => {
  const { values, groups, given } = parseFlags(MODEL_COMMAND, [
    "--gru_global.hidden-dim",
    "32",
    "--epochs=3",
    "--sasrec.epochs=4",
    "--gru_global.dropout",
    "0",
    "--gru_global.bidirectional",
  ]);
  assertEquals(groups, {
    ...FALLBACKS,
    gru_global: { ...FALLBACKS.gru_global, hiddenDim: 32, dropout: 0, bidirectional: true },
    sasrec: { ...FALLBACKS.sasrec, epochs: 4 },
  });
  assertEquals(values.epochs, 3);
  assertEquals([...given].sort(), [
    "epochs",
    "gru_global.bidirectional",
    "gru_global.dropout",
    "gru_global.hiddenDim",
    "sasrec.epochs",
  ]);
});

Deno.test("a group's switch is turned off as any", () => {
  const config = { gru_global: { bidirectional: true } };
  const line = ["--no-gru_global.bidirectional"];
  assertEquals(
    parseFlags(MODEL_COMMAND, line, config).groups.gru_global.bidirectional,
    false,
  );
});

for (
  const config of [
    { epochs: 5, gru_global: { hiddenDim: 32, embeddingDim: 16 } },
    { gru_global: { embeddingDim: 16, hiddenDim: 32 }, popularity: {}, epochs: 5 },
    { epochs: 5, gru_global: { hiddenDim: 32, embeddingDim: 16 }, sasrec: { epochs: null } },
  ]
) {
  Deno.test(`a configuration of groups: ${JSON.stringify(config)}`, () => {
    const { values, groups, given } = parseFlags(MODEL_COMMAND, [], config);
    assertEquals(values.epochs, 5);
    assertEquals(groups, {
      ...FALLBACKS,
      gru_global: { ...FALLBACKS.gru_global, hiddenDim: 32, embeddingDim: 16 },
    });
    assertEquals([...given].sort(), ["epochs", "gru_global.embeddingDim", "gru_global.hiddenDim"]);
  });
}

Deno.test("a flag on the line counts more than the configuration's", () => {
  const config = { gru_global: { hiddenDim: 32, dropout: 0.5 } };
  const { groups } = parseFlags(MODEL_COMMAND, ["--gru_global.hidden-dim=8"], config);
  assertEquals(groups.gru_global, { ...FALLBACKS.gru_global, hiddenDim: 8, dropout: 0.5 });
});

for (
  const [name, wanted] of [
    ["gru_globl.hidden-dim", "perhaps gru_global.hidden-dim."],
    ["gru_global.hiden-dim", "perhaps gru_global.hidden-dim."],
    ["gru_globl.hiden-dim", "perhaps gru_global.hidden-dim."],
    ["gru-global.hidden-dim", "perhaps gru_global.hidden-dim."],
    ["gru_global-hidden-dim", "perhaps gru_global.hidden-dim."],
    ["GRU_GLOBAL.hidden-dim", "perhaps gru_global.hidden-dim."],
    ["sasrec.epoch", "perhaps sasrec.epochs."],
    ["epohcs", "perhaps epochs."],
    ["hidden-dim", "perhaps gru_global.hidden-dim or sasrec.hidden-dim."],
    ["gru_global.num-heads", "perhaps sasrec.num-heads."],
    ["popularity.num-head", "perhaps sasrec.num-heads."],
    ["gru_global.data", "perhaps data."],
    ["zzzzzzzz.q", "Try: train --help lists the flags"],
  ]
) {
  Deno.test(`a slip is answered with the nearest flag or key: ${name}`, () => {
    const onLine = refusal([`--${name}=1`]);
    assertStringIncludes(onLine, `the unknown flag "--${name}=1"`);
    assertStringIncludes(onLine, wanted.replace(/(perhaps|or) /g, "$1 --"));
    const inConfig = refusal([], { [name]: 1 });
    assertStringIncludes(inConfig, `the unknown key "${name}"`);
    assertStringIncludes(inConfig, wanted.replace(/[a-z_]+(\.[a-z-]+)+|epochs|data/g, asKey));
  });
}

/** A flag's name as a configuration has it. */
function asKey(name: string): string {
  const [own, group] = name.split(".").reverse();
  const key = own.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  return group === undefined ? key : `{"${group}": {"${key}": …}}`;
}

for (
  const [config, ...wanted] of [
    [{ gru_globl: { hiddenDim: 1 } }, '"gru_globl"', "perhaps gru_global"],
    [
      { gru_global: { hidenDim: 1 } },
      '"gru_global.hidenDim"',
      'perhaps {"gru_global": {"hiddenDim": …}}',
    ],
    [{ gru_global: 5 }, '"gru_global" is 5', "an object"],
    [{ gru_global: [] }, '"gru_global" is []', "an object"],
    [{ gru_global: null }, '"gru_global" is null', "an object"],
    [{ gru_global: { hiddenDim: {} } }, '"gru_global.hiddenDim" is {}', "a number"],
    [{ gru_global: { hiddenDim: "64" } }, '"gru_global.hiddenDim" is "64"', "without quotes"],
    [{ gru_global: { dropout: null } }, '"gru_global.dropout" is null', "a number"],
    [{ gru_global: { bidirectional: 1 } }, '"gru_global.bidirectional" is 1', "true or false"],
    [{ gru_global: { bidirectional: "true" } }, "without quotes"],
    [{ epochs: "5" }, '"epochs" is "5"', "a number, without quotes"],
    [{ epochs: true }, '"epochs" is true', "a number"],
    [{ epochs: [5] }, '"epochs" is [5]', "a number"],
    [{ epochs: { a: 1 } }, '"epochs" is {"a":1}'],
    [{ data: 5 }, '"data" is 5', "a text"],
    [{ data: ["a", "b"] }, '"data" is', "a text"],
    [{ device: false }, '"device" is false', "a text"],
    [{ models: "one,two" }, '"models" is "one,two"', "a list of texts"],
    [{ models: ["one,two"] }, '"models" is ["one,two"]', "without commas"],
    [{ models: null }, '"models" is null', "a list of texts"],
    [{ tags: [["a"]] }, '"tags" is [["a"]]'],
    [{ tags: [5] }, '"tags" is [5]'],
    [{ "gru_global.hiddenDim": 5 }, 'perhaps {"gru_global": {"hiddenDim": …}}'],
    [{ "--epochs": 5 }, "perhaps epochs"],
    [{ Epochs: 5 }, "perhaps epochs"],
    [{ gru_global: { hiddenDim: 0 } }, "--gru_global.hidden-dim", "from 1 to 4096"],
    [{ gru_global: { "hidden-dim": 2 } }, 'perhaps {"gru_global": {"hiddenDim": …}}'],
    [{ gru_global: { gru_global: { hiddenDim: 1 } } }, '"gru_global.gru_global"'],
  ] as [Record<string, unknown>, ...string[]][]
) {
  Deno.test(`a configuration is refused: ${JSON.stringify(config)}`, () => {
    const message = refusal([], config);
    for (const part of wanted) assertStringIncludes(message, part);
  });
}

Deno.test("a key's spelling is none of a flag's", () => {
  assertStringIncludes(
    refusal(["--gru_global.hiddenDim=1"]),
    "perhaps --gru_global.hidden-dim.",
  );
});

Deno.test("a group's name stays as it is, capitals too", () => {
  const groups = { "GRU4Rec-x": { title: "", settings: { hiddenDim: integer("", 1, 0, 9) } } };
  const command = { name: "a", summary: "", flags: {}, groups };
  const wanted = { "GRU4Rec-x": { hiddenDim: 5 } };
  assertEquals(parseFlags(command, ["--GRU4Rec-x.hidden-dim=5"]).groups, wanted);
  assertEquals(parseFlags(command, [], wanted).groups, wanted);
});

Deno.test("a group's flag is refused with its whole name", () => {
  assertStringIncludes(refusal(["--gru_global.hidden-dim=0"]), "reading --gru_global.hidden-dim");
  assertStringIncludes(refusal(["--sasrec.epochs"]), "--sasrec.epochs without its value");
  assertStringIncludes(
    refusal(["--sasrec.epochs=1", "--sasrec.epochs", "2"]),
    "--sasrec.epochs twice",
  );
});

Deno.test("tables whose flags cannot be told apart are a defect that is named", () => {
  const one = integer("", 1, 0, 1);
  const command = (flags: Settings, group: string, settings: Settings = {}): Command<Settings> => ({
    name: "a",
    summary: "",
    flags,
    groups: { [group]: { title: "", settings } },
  });
  for (
    const bad of [
      command({ b: one }, "b"),
      command({ bigB: one }, "big-b"),
      command({}, "help"),
      command({}, "b.c"),
      command({}, "b c"),
      command({ noJson: toggle("") }, "b"),
      command({ version: text("", "") }, "b"),
      command({}, "b", { c: inherited(one, "epochs") }),
    ]
  ) assertThrows(() => parseFlags(bad, []), Error, "a: ");
});
