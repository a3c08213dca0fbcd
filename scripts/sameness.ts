/**
 * Whether two checkouts of this project write the same bytes: the same programs are run in a copy
 * of the old one and in a copy of the new one, and what they wrote is compared file by file.
 *
 *     deno run -A scripts/sameness.ts --old FOLDER --new FOLDER [--only name,…] [--work FOLDER]
 *
 * It is made for refactorings and has to outlive them, so it imports nothing from lib: it knows the
 * tasks, their flags and what lies in a run's folder, and no code.
 *
 * Models, ranks and data sets must be the same bytes. A JSON document must hold the same values but
 * for the keys in VARYING; a key that only the new one has is "added", and those that may be there
 * are named with --allow-added. Runs of the old checkout must open in the new one and give what
 * they gave in the old. Exit code: 0 the same, 1 differences, 2 when it could not be found out.
 */
import { parseArgs } from "node:util";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Case, CASES } from "./sameness/cases.ts";
import { messageOf } from "./sameness/files.ts";
import { casesOf, linkDeno, openSide, runCases } from "./sameness/sides.ts";
import { judge, printDifferences, printTable } from "./sameness/verdicts.ts";
import { complain, say } from "../lib/terminal/say.ts";

const USAGE = `Usage: deno run -A scripts/sameness.ts --old FOLDER --new FOLDER [flags]

  --old FOLDER         the checkout whose files are right; made once for each commit
  --new FOLDER         the checkout to compare with it, as it is on the disk
  --only NAME,…        some of the cases, by name or by how their names begin
  --allow-added KEY,…  keys that only new documents may have, such as environment.gpu or
                       training.*.threads, and names of files that only the new one may write
  --work FOLDER        where both are copied and run (default: ${defaultWork()})

Cases: ${CASES.map(({ name }) => name).join(", ")}`;

function defaultWork(): string {
  return join(tmpdir(), "sameness", "work");
}

function listOf(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(",").map((part) => part.trim());
}

function askedCases(only: string | undefined): Case[] {
  if (only === undefined) return [...CASES];
  const names = listOf(only);
  const unknown = names.find((name) => !CASES.some((item) => item.name.startsWith(name)));
  if (unknown !== undefined) throw new Error(`no case begins with ${unknown}\n\n${USAGE}`);
  return CASES.filter((item) => names.some((name) => item.name.startsWith(name)));
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: Deno.args,
    options: { old: text, new: text, only: text, work: text, "allow-added": text },
  });
  if (values.old === undefined || values.new === undefined) throw new Error(USAGE);
  const asked = askedCases(values.only);
  const work = values.work ?? defaultWork();
  await linkDeno(work);
  const root = await Deno.realPath(work);
  const old = await openSide("old", values.old, root);
  await runCases(old, casesOf("old", asked), old.side);
  const now = await openSide("new", values.new, root);
  const cases = casesOf("new", asked);
  await runCases(now, cases, old.side);
  const verdicts = await Promise.all(cases.map((item) => judge(item, old, now)));
  say();
  printTable(verdicts);
  const differences = printDifferences(verdicts, listOf(values["allow-added"]));
  say(differences === 0 ? "\nthe same" : `\n${differences} differences`);
  return differences === 0 ? 0 : 1;
}

try {
  Deno.exit(await main());
} catch (error) {
  complain(messageOf(error));
  Deno.exit(2);
}
