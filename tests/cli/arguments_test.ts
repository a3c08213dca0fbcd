import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseFlags } from "../../lib/cli/flags.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { text, toggle } from "../../lib/settings/settings.ts";
import { MODEL_COMMAND } from "./model_command.ts";

const NO_GROUPS = { ...MODEL_COMMAND, groups: undefined };

function values(...args: string[]) {
  return parseFlags(MODEL_COMMAND, args).values;
}

Deno.test("items behind a list flag become one list, up to the next flag", () => {
  const tagged = (...args: string[]) => values("--tags", ...args).tags;
  assertEquals(tagged("A", "B", "C", "--out", "x"), ["A", "B", "C"]);
  assertEquals(tagged("A,B"), ["A", "B"]);
  assertEquals(tagged("A", "B", "-h"), ["A", "B"]);
  assertEquals(tagged("A", "--tags", "B", "C"), ["A", "B", "C"]);
  assertThrows(() => tagged(), InputError, "--tags without its value");
  assertThrows(() => tagged("--json"), InputError, "--tags without its value");
  assertThrows(() => values("--tags=A", "B"), InputError, 'stray argument "B"');
  assertThrows(() => values("--out", "x", "y"), InputError, 'stray argument "y"');
});

Deno.test("a value may be negative, empty of meaning or look like a short flag", () => {
  assertEquals(values("--rate", "-0.5").rate, -0.5);
  assertEquals(values("--rate=-0.5").rate, -0.5);
  assertEquals(values("--data", "-h").data, "-h");
  assertEquals(values("--data=--json", "--json").data, "--json");
  assertEquals(values("--data", "--9").data, "--9");
  assertEquals(values("--data", "a=b").data, "a=b");
  assertEquals(values("--data=a\nb").data, "a\nb");
  assertEquals(values("--data", "5").data, "5");
  assertEquals(values("--data", "true").data, "true");
});

Deno.test("a switch is turned on, off, on again; the last one counts", () => {
  assertEquals(values("--json").json, true);
  assertEquals(values("--no-pretty").pretty, false);
  assertEquals(values("--json=true", "--pretty=false"), {
    ...values(),
    json: true,
    pretty: false,
  });
  assertEquals(values("--json", "--no-json", "--json").json, true);
  assertEquals(values("--json", "--json", "--no-json").json, false);
});

Deno.test("a flag with a bare value takes what stands behind it unless that is a flag", () => {
  assertEquals(values("--resume").resume, "latest");
  assertEquals(values("--resume", "-V").resume, "latest");
  assertEquals(values("--resume", "--json").resume, "latest");
  assertEquals(values("--resume", "tag").resume, "tag");
  assertEquals(values("--resume=tag").resume, "tag");
});

Deno.test("a flag that takes another program's options takes what is no flag of ours", () => {
  const slurm = {
    ...text("options", "sbatch's"),
    ...{ bare: "", takesOptions: true, parse: (value: string) => value },
  };
  const command = { name: "sweep", summary: "", flags: { slurm, json: toggle("JSON") } };
  const read = (...args: string[]) => parseFlags(command, args).values;
  for (const options of ["--partition=gpu --time=1:00:00", "-p gpu", "--json-lines=1", "cpu"]) {
    assertEquals(read("--slurm", options), { slurm: options, json: false });
    assertEquals(read("--json", "--slurm", options), { slurm: options, json: true });
  }
  assertEquals(read("--slurm", "--json"), { slurm: "", json: true });
  assertEquals(read("--slurm", "--no-json"), { slurm: "", json: false });
  assertEquals(read("--slurm"), { slurm: "", json: false });
});

for (
  const [args, ...parts] of [
    [["--json", "true"], 'stray argument "true"'],
    [["--json=maybe"], "--json", "true or false"],
    [["--no-json=true"], 'unknown flag "--no-json=true"'],
    [["--no-epochs"], 'unknown flag "--no-epochs"', "perhaps --epochs"],
    [["--no-epochs=5"], 'unknown flag "--no-epochs=5"'],
    [["--no-no-json"], "unknown flag"],
    [["--no-"], "unknown flag"],
    [["--", "x"], 'stray argument "x"'],
    [["--json", "--", "--json"], 'stray argument "--json"'],
    [["-x"], 'unknown flag "-x"'],
    [["-5"], 'unknown flag "-5"'],
    [["-"], 'unknown flag "-"'],
    [[""], 'stray argument ""'],
    [["--=5"], "unknown flag"],
    [["---epochs=5"], "unknown flag"],
    [["--epochs="], "--epochs", '""'],
    [["--epochs=", "5"], 'stray argument "5"'],
    [["--epochs", "-1"], "--epochs", '"-1"'],
    [["--constructor=1"], "unknown flag"],
    [["--__proto__=1"], "unknown flag"],
    [["--gru_global.__proto__=1"], "unknown flag"],
    [["--gru_global=5"], "unknown flag"],
    [["--gru_global.=5"], "unknown flag"],
    [["--data\n=5"], "unknown flag"],
  ] as [string[], ...string[]][]
) {
  Deno.test(`refused: ${JSON.stringify(args)}`, () => {
    const { message } = assertThrows(() => parseFlags(MODEL_COMMAND, args), InputError);
    for (const part of parts) assertStringIncludes(message, part);
  });
}

Deno.test("two dashes at the end are nothing", () => {
  assertEquals(values("--json", "--"), { ...values(), json: true });
});

Deno.test("help and version, long and short", () => {
  const asked = (...args: string[]) => {
    const { help, helpGroup, version } = parseFlags(MODEL_COMMAND, args);
    return { help, helpGroup, version };
  };
  const nothing = { help: false, helpGroup: undefined, version: false };
  assertEquals(asked(), nothing);
  for (const name of ["--help", "-h"]) {
    assertEquals(asked(name), { ...nothing, help: true });
    assertEquals(asked(name, "--epochs", "5"), { ...nothing, help: true });
    assertEquals(asked(name, "sasrec"), { ...nothing, help: true, helpGroup: "sasrec" });
  }
  assertEquals(asked("--help=popularity").helpGroup, "popularity");
  for (const name of ["--version", "-V"]) assertEquals(asked(name), { ...nothing, version: true });
  assertEquals(asked("-h", "-V"), { ...nothing, help: true, version: true });
});

Deno.test("a group that is not there has no help, and the nearest one is named", () => {
  const refused = (...args: string[]) =>
    assertThrows(() => parseFlags(MODEL_COMMAND, args), InputError).message;
  assertStringIncludes(refused("--help", "sasrek"), "perhaps sasrec");
  assertStringIncludes(refused("--help", "zzzzzz"), "one of gru_global, sasrec, popularity");
  assertThrows(() => parseFlags(NO_GROUPS, ["--help", "sasrec"]), InputError, "stray argument");
  assertEquals(parseFlags(NO_GROUPS, ["--help"]).help, true);
});
