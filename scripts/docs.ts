/**
 * `deno task docs`: runs every shell command of README.md and docs/ in a copy of the project, and
 * writes the parts of the pages that show outputs or the registry. `--check` writes nothing: it
 * fails where a command fails, or where a page shows something else than the command says now. Tags
 * of runs and times are no difference.
 */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { writeAtomic } from "../lib/files/atomic.ts";
import type { Command } from "../lib/settings/command.ts";
import { list, toggle } from "../lib/settings/settings.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { complain, say, sayJson } from "../lib/terminal/say.ts";
import { type Commands, madeParts, remake, shellBlocks } from "./docs/blocks.ts";
import { modelsTable } from "./docs/models_table.ts";
import { commandOf, sameButForTimes, shownPart } from "./docs/outputs.ts";
import { copyProject, openShell, runBlock, type Shell } from "./docs/shell.ts";

const FLAGS = {
  check: toggle("write nothing; fail where a page is wrong"),
  pages: list<string>("page,…", "pages to look at (default: README.md and all of docs/)", []),
  run: toggle("run the commands; --no-run makes the table of models alone", true),
  json: JSON_OUT,
};
const COMMAND: Command<typeof FLAGS> = {
  name: "docs",
  summary: "runs the commands of the documentation and writes the outputs that it shows",
  flags: FLAGS,
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { check, pages, run, json } }) => {
    const names = pages.length > 0 ? pages : allPages();
    const texts = new Map(names.map((name) => [name, Deno.readTextFileSync(name)]));
    const outputs = run ? await runAll(texts) : undefined;
    const faults = [...outputs?.faults ?? []];
    for (const [name, text] of texts) {
      const stale: string[] = [];
      const made = remake(text, (what, old) => {
        const part = makePart(what, outputs?.shell);
        if (part === undefined || sameButForTimes(part, old)) return undefined;
        stale.push(`${name} shows ${what} as it was (deno task docs):\n${difference(old, part)}`);
        return part;
      });
      if (check) faults.push(...stale);
      else if (stale.length > 0) await writeAtomic(name, made);
    }
    for (const fault of faults) complain(fault);
    const commands = outputs?.commands ?? 0;
    if (json) sayJson({ commands, pages: [...texts.keys()], faults }, 2);
    else say(`${commands} commands of ${texts.size} pages, ${faults.length} faults`);
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
  readonly shell: Shell;
}

async function runAll(texts: ReadonlyMap<string, string>): Promise<Ran> {
  const folder = await copyProject();
  const faults: string[] = [];
  let commands = 0;
  try {
    const shell = await openShell(folder);
    if (shell.cores === undefined) {
      complain("outputs of runs are those of two cores, which cannot be had here: not compared");
    }
    for (const [page, text] of texts) {
      for (const block of blocksOf(page, text)) {
        const left = block.commands.filter((command) => !shell.printed.has(command));
        if (left.length === 0) continue; // a part that shows what a block has said
        commands += block.commands.length;
        faults.push(...await runBlock(shell, block));
      }
    }
    return { commands, faults, shell };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A page's commands in their order: those of its blocks, and those whose output it shows. */
function blocksOf(page: string, text: string): Commands[] {
  const shown = madeParts(text).flatMap(({ what, line }): Commands[] => {
    const command = commandOf(what);
    return command === undefined ? [] : [{ page, line, commands: [command] }];
  });
  return [...shellBlocks(page, text), ...shown].sort((a, b) => a.line - b.line);
}

/** The text of a made part; none where it cannot be made now, or not so that it compares. */
function makePart(what: string, shell: Shell | undefined): string | undefined {
  if (what === "models") return modelsTable(BASELINES);
  const command = commandOf(what);
  const output = command === undefined ? undefined : shell?.printed.get(command);
  if (output === undefined || shell?.cores === undefined) return undefined;
  return shownPart(what, output);
}

/** The first line in which two texts differ. */
function difference(old: string, made: string): string {
  const before = old.trim().split("\n");
  const now = made.trim().split("\n");
  const at = before.findIndex((line, i) => !sameButForTimes(line, now[i] ?? ""));
  const line = at < 0 ? before.length : at;
  return `  shown: ${before[line] ?? "(nothing)"}\n  now:   ${now[line] ?? "(nothing)"}`;
}
