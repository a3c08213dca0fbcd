/** What a help says, a line gives, a configuration holds and a run keeps is one and the same. */
import { assert, assertEquals } from "@std/assert";
import { readRunFlags } from "../../lib/cli/config_file.ts";
import { flagTable } from "../../lib/cli/flag_table.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { groupHelpOf, helpOf } from "../../lib/cli/help.ts";
import { fromNumPySeed, nextDouble } from "../../lib/random/mt19937.ts";
import { MODEL_COMMAND } from "./model_command.ts";

/** Texts that a line may give each setting, with their values. */
const SAMPLES: Readonly<Record<string, readonly (readonly [text: string, value: unknown])[]>> = {
  data: [["x", "x"], ["-x", "-x"], ["--json", "--json"], ["a=b, c", "a=b, c"], ["5", "5"]],
  epochs: [["1", 1], ["1e3", 1000], ["+7", 7]],
  rate: [["-0.5", -0.5], ["1e-7", 1e-7], [".25", 0.25], ["0", 0]],
  models: [["two", ["two"]], ["two,one", ["two", "one"]]],
  tags: [["A", ["A"]], ["é 日,-B", ["é 日", "-B"]]],
  device: [["wasm", "wasm"]],
  json: [["true", true], ["false", false]],
  pretty: [["true", true], ["false", false]],
  resume: [["tag", "tag"]],
  out: [["a/b", "a/b"]],
  config: [["file.json", "file.json"]],
  "gru_global.embeddingDim": [["4096", 4096]],
  "gru_global.hiddenDim": [["1", 1], ["64", 64]],
  "gru_global.dropout": [["0", 0], ["0.9", 0.9]],
  "gru_global.bidirectional": [["true", true], ["false", false]],
  "sasrec.hiddenDim": [["32", 32]],
  "sasrec.numHeads": [["8", 8]],
  "sasrec.epochs": [["5", 5]],
};
const FLAGS = [...flagTable(MODEL_COMMAND).flags.values()];
const OF_THE_CALL = ["resume", "out", "config", "json"];

/** Values and groups, and what was given in an order of its own. */
function read(args: readonly string[], config: Readonly<Record<string, unknown>> = {}) {
  const { values, groups, given } = parseFlags(MODEL_COMMAND, args, config);
  return { values, groups, given: [...given].sort() };
}

Deno.test("every flag of the table has samples", () => {
  assertEquals(Object.keys(SAMPLES).sort(), FLAGS.map(({ path }) => path).sort());
});

Deno.test("300 draws of flags mean the same on a line, in a --config file, in a run", async () => {
  const twister = fromNumPySeed(11);
  const file = await Deno.makeTempFile({ suffix: ".json" });
  const below = (n: number) => Math.floor(nextDouble(twister) * n);
  for (let draw = 0; draw < 300; draw++) {
    const line: string[] = [];
    const config: Record<string, unknown> = {};
    const given: string[] = [];
    for (const { name, path, group, key, setting } of FLAGS) {
      if (below(2) === 0) continue;
      const [text, value] = SAMPLES[path][below(SAMPLES[path].length)];
      given.push(path);
      if (setting.isSwitch && below(2) === 0) {
        line.push(value === true ? `--${name}` : `--no-${name}`);
      } else if (setting.isSwitch || text.startsWith("-") || below(2) === 0) {
        line.push(`--${name}=${text}`);
      } else {
        line.push(`--${name}`, text);
      }
      if (group === undefined) config[key] = value;
      else config[group] = { ...config[group] as object, [key]: value };
    }
    const onLine = read(line);
    assertEquals(onLine.given, given.sort());
    assertEquals(read([], JSON.parse(JSON.stringify(config))), onLine);
    assertEquals(read(line, { epochs: 999, sasrec: { hiddenDim: 999 } }).values, {
      ...onLine.values,
      epochs: given.includes("epochs") ? onLine.values.epochs : 999,
    });

    const run = { notebook: "n", flags: { ...onLine.values, ...onLine.groups } };
    await Deno.writeTextFile(file, JSON.stringify(run));
    const again = read([], await readRunFlags(file));
    assertEquals(again.groups, onLine.groups);
    assertEquals(again.values, {
      ...onLine.values,
      resume: undefined,
      out: ".",
      config: undefined,
      json: false,
    });
    for (const key of OF_THE_CALL) assert(!again.given.includes(key));
  }
  await Deno.remove(file);
});

Deno.test("what the help says is the default is what a line without the flag means", () => {
  const helps = [undefined, ...Object.keys(MODEL_COMMAND.groups)].map((group) =>
    group === undefined ? helpOf(MODEL_COMMAND) : groupHelpOf(MODEL_COMMAND, group)
  );
  const lines = helps.join("\n").replace(/\n {4,}/g, " ").split("\n");
  const fallbacks = read([]);
  const own: Record<string, unknown> = { ...fallbacks.values };
  for (const { name, path, group, key, setting } of FLAGS) {
    const line = lines.find((text) => text.trimStart().split(" ")[0] === `--${name}`);
    assert(line !== undefined, `no help of --${name}`);
    assert(line.includes(setting.description) && line.includes(setting.placeholder));
    const said = /default: ([^)]*)\)/.exec(line)?.[1];
    if (setting.inherits !== undefined) {
      assertEquals(said, `as --${setting.inherits}`);
    } else if (said !== undefined) {
      const { values, groups, given } = read([`--${name}=${said}`]);
      assertEquals({ values, groups, given }, { ...fallbacks, given: [path] });
    } else {
      const value = group === undefined ? own[key] : fallbacks.groups[group][key];
      assert(
        value === undefined || value === false || (Array.isArray(value) && value.length === 0),
      );
    }
  }
});

Deno.test("the defaults that a group's help gives as JSON are its defaults", () => {
  for (const group of ["gru_global", "sasrec"]) {
    const json = /--config file: (.*)\n/.exec(groupHelpOf(MODEL_COMMAND, group))?.[1] ?? "";
    assertEquals(read([], JSON.parse(json)).groups, read([]).groups);
  }
});

Deno.test("an inherited setting follows the job's, wherever that comes from", () => {
  const epochs = (args: string[], config = {}) => {
    const { values, groups } = read(args, config);
    return groups.sasrec.epochs ?? values.epochs;
  };
  assertEquals(epochs([]), 10);
  assertEquals(epochs(["--epochs=3"]), 3);
  assertEquals(epochs([], { epochs: 3 }), 3);
  assertEquals(epochs(["--epochs=3"], { sasrec: { epochs: 4 } }), 4);
  assertEquals(epochs(["--sasrec.epochs=5"], { sasrec: { epochs: 4 } }), 5);
});
