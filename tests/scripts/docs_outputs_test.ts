import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandOf, sameButForTimes, shownPart } from "../../scripts/docs/outputs.ts";
import { openShell, runBlock } from "../../scripts/docs/shell.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("a part shows all of an output, or a section's first paragraph", () => {
  const output = "\n== One\n\nfirst\n\n== Two, so many\n\na b\n1 2\n\n- found\n";
  assertEquals(commandOf("Two of `deno task a`"), "deno task a");
  assertEquals(commandOf("`deno task a`"), "deno task a");
  assertEquals(commandOf("models"), undefined);
  const part = (text: string) => `\`\`\`text\n$ deno task a\n${text}\n\`\`\``;
  assertEquals(shownPart("`deno task a`", "all\nof it\n"), part("all\nof it"));
  assertEquals(shownPart("Two of `deno task a`", output), part("== Two, so many\n\na b\n1 2"));
  assertEquals(shownPart("One of `deno task a`", output), part("== One\n\nfirst"));
  assertStringIncludes(shownPart("Three of `deno task a`", output), "no section Three");
});

for (
  const [a, b, same] of [
    ["Run 20261125_232015: ok", "Run 20270101_000000: ok", true],
    ["written in 3.2 s", "written in 12 s", true],
    ['{"milliseconds":1.5}', '{"milliseconds":20}', true],
    ["Acc@1 0.3500 of 9 models", "Acc@1 0.3501 of 9 models", false],
    ["20 users", "21 users", false],
    ["p < 0.001 s.e.", "p < 0.002 s.e.", false],
    ["written in 3.2 s to a", "written in 3.2 s to b", false],
  ] as const
) {
  Deno.test(`${same ? "only times differ" : "more than times differs"}: ${a}, ${b}`, () =>
    assertEquals(sameButForTimes(a, b), same));
}

Deno.test("a command that fails is named with its page and line", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/project`);
  const shell = await openShell(`${folder}/project`);
  const commands = ["wc -l < log.csv", "test -e /my/data/log.csv.gz", "echo three >&2; exit 3"];
  const faults = await runBlock(shell, { page: "a.md", line: 7, commands });
  assertEquals(faults, ["a.md:7: echo three >&2; exit 3 ended with 3\n  three"]);
  assertEquals(shell.printed.get(commands[0])?.trim(), "1441"); // 60 × 4 × 6 events and a head
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the commands of docs/ work and say what the pages show", async () => {
  const pages = ["data", "models", "prepare", "serving"].map((name) => `docs/${name}.md`);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "docs", "--check", "--pages", pages.join(",")],
    cwd: ROOT,
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(code === 0, said);
});
