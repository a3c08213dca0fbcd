import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { parseFlags } from "../../lib/cli/flags.ts";
import { helpOf } from "../../lib/cli/help.ts";
import { type Program, runSubcommand, subcommand } from "../../lib/cli/subcommands.ts";
import { checkFirstWord } from "../../lib/cli/unknown_command.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { list, text, toggle } from "../../lib/settings/settings.ts";

const FLAGS = {
  run: { ...list<string>("tag …", "runs", []), takesWords: true },
  json: toggle("as JSON"),
};
const COMMAND = { name: "zoo show", summary: "shows runs", flags: FLAGS };
const OTHER = { name: "zoo list", summary: "lists runs", flags: { json: FLAGS.json } };

Deno.test("words without a flag go to the setting that takes them, and to no other", () => {
  const values = (...args: string[]) => parseFlags(COMMAND, args).values;
  assertEquals(values("a", "--json", "b"), { run: ["a", "b"], json: true });
  assertEquals(values("--json", "--", "-c"), { run: ["-c"], json: true });
  assertEquals(values("a", "--run", "b"), { run: ["a", "b"], json: false });
  assertThrows(() => parseFlags(OTHER, ["a"]), InputError, "stray argument");
  assertStringIncludes(helpOf(COMMAND), "Usage: zoo show [tag …] [flags]");
});

Deno.test("a second word is stray where one is taken, and a mistyped command is told", async () => {
  const FILE = { ...text("file", "what is asked"), takesWords: true };
  const command = {
    ...{ name: "sweep", summary: "many runs", flags: { config: FILE, json: FLAGS.json } },
    verbs: { status: OTHER, gather: OTHER },
  };
  for (const line of [["a", "b"], ["--", "a", "b"], ["--config", "a", "b"]]) {
    const { message } = assertThrows(() => parseFlags(command, line), InputError);
    assertStringIncludes(message, 'the stray argument "b". Expected: one file, and flags');
  }
  assertThrows(() => parseFlags(command, ["a", "--config", "b"]), InputError, "--config twice");
  const refused = (...args: string[]) =>
    assertRejects(() => checkFirstWord(command, args), InputError);
  const { message } = await refused("stat");
  assertStringIncludes(message, 'the unknown command "stat". Expected: perhaps status');
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/statu`, "{}");
  for (const word of ["statu.json", "--stat", "plan-of-mine", `${folder}/statu`]) {
    await checkFirstWord(command, [word]);
  }
  await Deno.remove(folder, { recursive: true });
});

/** What a program says on a line, and its exit code. */
async function said(args: readonly string[]) {
  const heard: unknown[] = [];
  const program: Program = {
    name: "zoo",
    summary: "a program of two commands",
    commands: [
      subcommand(OTHER, () => Promise.resolve(void heard.push("list"))),
      subcommand(COMMAND, ({ values }) => Promise.resolve(void heard.push(values.run))),
    ],
    fallback: "list",
  };
  const { log, error } = console;
  console.log = console.error = (text: string) => void heard.push(text);
  try {
    return { code: await runSubcommand(program, args), heard };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("the first word names the command, and none is the first one's", async () => {
  assertEquals(await said(["show", "x", "y"]), { code: 0, heard: [["x", "y"]] });
  assertEquals(await said([]), { code: 0, heard: ["list"] });
  assertEquals(await said(["--json"]), { code: 0, heard: ["list"] });
  const { code, heard } = await said(["shwo"]);
  assertEquals(code, 2);
  assertStringIncludes(String(heard), "perhaps show");
  const help = String((await said(["--help"])).heard);
  assertStringIncludes(help, "show  shows runs");
  assertEquals((await said(["show", "--nothing"])).code, 2);
  const [script] = (await said(["--completion", "bash"])).heard;
  assertStringIncludes(
    String(script),
    "_coldstart_verbs_zoo='list show'\n_coldstart_flags_zoo='--json --help",
  );
  assertStringIncludes(String(script), "_coldstart_flags_zoo__show='--run --json --help");
  const [fish] = (await said(["--completion=fish"])).heard;
  assertStringIncludes(String(fish), "-f -a show -d 'shows runs'");
});
