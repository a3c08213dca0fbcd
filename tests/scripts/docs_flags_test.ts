/** Tasks and flags that the pages name in passing, where no block runs them, are there. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { settingName } from "../../lib/settings/settings.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...[...Deno.readDirSync(`${ROOT}docs`)].map(({ name }) => `docs/${name}`).filter((name) =>
    name.endsWith(".md")
  ),
];

/** Flags of other programs: Deno's own, TensorBoard's, and of a toy that a page makes. */
const ELSEWHERE = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-net",
  "--quiet",
  "--logdir",
  "--toy.step",
];

/** Code in a page's lines, and the page it stands in. */
const CODE = PAGES.flatMap((page) =>
  [...Deno.readTextFileSync(ROOT + page).matchAll(/`([^`\n]+)`/g)].map(([, code]) => ({
    page,
    code,
  }))
);

/** The flags that the helps of all programs name. */
async function flagsOfAll(): Promise<Set<string>> {
  const sources = [...Deno.readDirSync(`${ROOT}scripts`)].filter(({ name }) => name.endsWith(".ts"))
    .map(({ name }) => [name, Deno.readTextFileSync(`${ROOT}scripts/${name}`)]);
  const helpOf = async (name: string, ...command: readonly string[]) => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "--no-check", `scripts/${name}`, ...command, "--help"],
      cwd: ROOT,
    }).output();
    assertEquals(code, 0, name);
    return new TextDecoder().decode(stdout);
  };
  const plain = sources.filter(([, source]) => source.includes("runCommand(")).map(([name]) =>
    helpOf(name)
  );
  const several = sources.filter(([, source]) => source.includes("runSubcommand(")).map(
    async ([name]) => {
      const commands = [...(await helpOf(name)).matchAll(/^ {2}(\w+) {2}/gm)].map(([, word]) =>
        word
      );
      return (await Promise.all(commands.map((command) => helpOf(name, command)))).join("\n");
    },
  );
  const helps = await Promise.all([...plain, ...several]);
  for (const help of helps) { // whatever a program prints, it can be had as JSON, and without talk
    for (const flag of ["--json ", "--quiet"]) assertStringIncludes(help, flag);
  }
  const own = BASELINES.flatMap(({ name, config }) =>
    Object.keys(config).map((key) => `--${name}.${settingName(key)}`)
  );
  return new Set([...helps.join("\n").match(/--[a-z][\w.-]*/g)!, ...own]);
}

Deno.test("every task that a page names is in deno.json", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const named = CODE.flatMap(({ page, code }) =>
    [...code.matchAll(/\bdeno task (?:-q )?([\w:]+)/g)].map(([, task]) => ({ page, task }))
  );
  assert(named.length > 20);
  assertEquals(named.filter(({ task }) => !Object.hasOwn(tasks, task)), []);
});

Deno.test("every flag that a page names is some program's", async () => {
  const flags = await flagsOfAll();
  const named = CODE.flatMap(({ page, code }) =>
    [...code.matchAll(/(?:^|[\s=])(--[a-z][\w.-]*)(?![\w.…-])/g)].map(([, flag]) => ({
      page,
      flag,
    }))
  );
  assert(named.length > 60, `${named.length} flags`);
  const isKnown = (flag: string) =>
    flags.has(flag) || flags.has(flag.replace(/^--no-/, "--")) || ELSEWHERE.includes(flag);
  assertEquals(named.filter(({ flag }) => !isKnown(flag)), []);
});
