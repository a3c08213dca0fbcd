/**
 * `deno task docs`: runs every shell command of README.md and docs/ in a copy of the project, and
 * writes the parts of the pages that show outputs or the registry. `--check` writes nothing: it
 * fails where a command fails or the table of models is out of date.
 */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { writeAtomic } from "../lib/files/atomic.ts";
import type { Command } from "../lib/settings/command.ts";
import { list, toggle } from "../lib/settings/settings.ts";
import { madeParts, remake, shellBlocks } from "./docs/blocks.ts";
import { modelsTable } from "./docs/models_table.ts";
import { copyProject, runBlock, type Shell } from "./docs/shell.ts";
import { complain, say } from "../lib/terminal/say.ts";

const FLAGS = {
  check: toggle("write nothing; fail where a page is wrong"),
  pages: list<string>("page,…", "pages to look at (default: README.md and all of docs/)", []),
  run: toggle("run the commands; --no-run makes the table of models alone", true),
};
const COMMAND: Command<typeof FLAGS> = {
  name: "docs",
  summary: "runs the commands of the documentation and writes the outputs that it shows",
  flags: FLAGS,
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { check, pages, run } }) => {
    const names = pages.length > 0 ? pages : allPages();
    const texts = new Map(names.map((name) => [name, Deno.readTextFileSync(name)]));
    const outputs = run ? await runAll(texts) : undefined;
    const faults = [...outputs?.faults ?? []];
    for (const [name, text] of texts) {
      const made = remake(text, (what) => makePart(what, check ? undefined : outputs));
      if (made === text) continue;
      if (check) faults.push(`${name}: the table of models is out of date (deno task docs)`);
      else await writeAtomic(name, made);
    }
    for (const fault of faults) complain(fault);
    say(
      `${outputs?.commands ?? 0} commands of ${texts.size} pages, ${faults.length} faults`,
    );
    return faults.length === 0 ? 0 : 1;
  }),
);

function allPages(): string[] {
  const docs = [...Deno.readDirSync("docs")].map(({ name }) => `docs/${name}`);
  return ["README.md", ...docs.filter((name) => name.endsWith(".md")).sort()];
}

/** What running the commands gave. */
interface Ran {
  readonly commands: number;
  readonly faults: readonly string[];
  /** What each command printed, for the parts that show it. */
  readonly printed: ReadonlyMap<string, string>;
}

async function runAll(texts: ReadonlyMap<string, string>): Promise<Ran> {
  const folder = await copyProject();
  const printed = new Map<string, string>();
  const faults: string[] = [];
  let commands = 0;
  try {
    const shell: Shell = { folder, printed };
    for (const [page, text] of texts) {
      for (const block of shellBlocks(page, text)) {
        commands += block.commands.length;
        faults.push(...await runBlock(shell, block));
      }
      for (const { what } of madeParts(text)) {
        const command = commandOf(what);
        if (command === undefined || printed.has(command)) continue;
        commands++;
        faults.push(...await runBlock(shell, { page, line: 0, commands: [command] }));
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return { commands, faults, printed };
}

/** The command whose output a part shows, or the end of it: "end of `deno task baselines`". */
function commandOf(what: string): string | undefined {
  return /^(?:end of )?`(.+)`$/.exec(what)?.[1];
}

/** What is shown of an output: all of it, or its last section. */
function shown(what: string, output: string): string {
  return what.startsWith("end of ") ? output.slice(output.lastIndexOf("\n== ") + 1) : output;
}

/** The text of a made part; none where it cannot be made now. */
function makePart(what: string, ran: Ran | undefined): string | undefined {
  if (what === "models") return modelsTable(BASELINES);
  const command = commandOf(what);
  const output = command === undefined ? undefined : ran?.printed.get(command);
  if (output === undefined) return undefined;
  return `\`\`\`text\n$ ${command}\n${shown(what, output).trim()}\n\`\`\``;
}
