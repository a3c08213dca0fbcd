/** Runs the cases in a copy of one checkout, and keeps what they wrote. */
import { delimiter, dirname, join } from "node:path";
import { type Case, CASES, type Job, SESSIONS, SMALL_LOG } from "./cases.ts";
import {
  copyFile,
  copyFolder,
  decode,
  exists,
  filesBelow,
  messageOf,
  removeFolder,
  secondsSince,
  write,
} from "./files.ts";
import { say } from "../../lib/terminal/say.ts";

/** A copy of a checkout, and what its programs wrote. */
export interface Side {
  readonly name: "old" | "new";
  /** Holds the copy, what its programs printed, and `state.json`. */
  readonly folder: string;
  readonly tree: string;
}

/** How a case went. */
interface Outcome {
  /** What was run; another one, and it is run again. */
  readonly definition: string;
  readonly seconds: number;
  /** Why there is nothing to compare. */
  readonly failure?: string;
}

/** What a side's folder holds, so that the old one's is made once. */
interface State {
  /** What it was made of; another key, and it is made anew. */
  readonly key: string;
  readonly outcomes: Record<string, Outcome>;
}

const STATE = "state.json";

/** Copies a checkout, unless what is there was made from the same one and may be kept. */
export async function openSide(
  name: Side["name"],
  checkout: string,
  work: string,
): Promise<Opened> {
  const folder = join(work, name);
  const side = { name, folder, tree: join(folder, "tree") };
  const key = name === "old" ? await keyOf(checkout) : crypto.randomUUID();
  const known = await readState(folder);
  if (known?.key === key) return { side, state: known };
  await removeSide(folder, known);
  await Deno.mkdir(side.tree, { recursive: true });
  await writeState(side, { key: "not copied to the end", outcomes: {} });
  await copyCheckout(checkout, side.tree);
  await writeInputs(side.tree);
  const state = { key, outcomes: {} };
  await writeState(side, state);
  return { side, state };
}

export interface Opened {
  readonly side: Side;
  readonly state: State;
}

/** The same for the same commit, inputs and Deno. Changes without a commit are never the same. */
async function keyOf(checkout: string): Promise<string> {
  const commit = (await git(checkout, "rev-parse", "HEAD")).trim();
  const changes = await git(checkout, "status", "--porcelain");
  const version = changes === "" ? commit : crypto.randomUUID();
  return JSON.stringify([version, Deno.version.deno, smallLog(), sessions()]);
}

async function readState(folder: string): Promise<State | undefined> {
  const text = await Deno.readTextFile(join(folder, STATE)).catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function writeState({ folder }: Side, state: State): Promise<void> {
  await Deno.writeTextFile(join(folder, STATE), JSON.stringify(state, null, 2));
}

/** Removes what this script made. A folder of anybody else's has no state and stays. */
async function removeSide(folder: string, state: State | undefined): Promise<void> {
  if (state !== undefined) await Deno.remove(folder, { recursive: true });
  else if (await exists(folder)) throw new Error(`${folder} is not of this script: see --work`);
}

/**
 * Copies what git knows and does not ignore. The programs run in the copy, so that a checkout stays
 * as it is and may be worked on meanwhile, that no earlier output is read, and that paths which the
 * programs write down are the same on both sides.
 */
async function copyCheckout(checkout: string, tree: string): Promise<void> {
  const listed = await git(checkout, "ls-files", "-z", "-c", "-o", "--exclude-standard");
  for (const path of new Set(listed.split("\0"))) {
    const known = await Deno.stat(join(checkout, path)).catch(() => undefined);
    if (!known?.isFile) continue; // removed, and not yet committed
    await copyFile(join(checkout, path), join(tree, path));
  }
  const shared = await Deno.realPath(join(checkout, "../shared")).catch(() => undefined);
  if (shared !== undefined) await Deno.symlink(shared, join(tree, "../shared"));
}

async function git(checkout: string, ...args: string[]): Promise<string> {
  const command = new Deno.Command("git", { args: ["-C", checkout, ...args] });
  const { success, stdout, stderr } = await command.output();
  if (!success) throw new Error(`git ${args[0]} in ${checkout}: ${decode(stderr)}`);
  return decode(stdout);
}

async function writeInputs(tree: string): Promise<void> {
  await Deno.mkdir(join(tree, "data"), { recursive: true });
  await Deno.writeTextFile(join(tree, SMALL_LOG), smallLog());
  await Deno.writeTextFile(join(tree, SESSIONS), sessions());
}

/** Learners with pauses, repeats, rows given twice, events of the same second and quoted names. */
function smallLog(): string {
  const rows = ["user_id,item_id,created_at"];
  const below = generator(20260107);
  for (let user = 0; user < 120; user++) {
    let time = 1_600_000_000 + below(5_000_000);
    for (let event = 4 + below(24); event > 0; event--) {
      time += below(8) === 0 ? 10_000 + below(100_000) : below(2400) * below(2);
      const row = `user ${user % 100},"course ""${below(12)}"", part 1",${time}`;
      rows.push(row, ...below(20) === 0 ? [row] : []);
    }
  }
  return rows.join("\n") + "\n";
}

/** Draws whole numbers below a bound, the same ones for ever (Lehmer's generator). */
function generator(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = state * 48271 % 2147483647;
    return state % bound;
  };
}

/** Two sessions of courses that the embedded data set has. */
function sessions(): string {
  const courses = ["Algebra-01", "Algebra-02", "Circuits-01", "Anatomy-03", "Circuits-01"];
  const rows = courses.map((course, i) => `${i < 2 ? "short" : "long"},made-up:${course}`);
  return ["session,course", ...rows].join("\n") + "\n";
}

/** Runs the cases that have not been run as they are defined now, or failed. */
export async function runCases(opened: Opened, cases: readonly Case[], from: Side): Promise<void> {
  const { side, state } = opened;
  for (const item of cases) {
    const known = state.outcomes[item.name];
    if (known?.definition === definitionOf(item) && known.failure === undefined) continue;
    state.outcomes[item.name] = await runCase(side, item, item.sides === "new" ? from : side);
    await writeState(side, state);
    const { seconds, failure } = state.outcomes[item.name];
    say(`${side.name} ${item.name}: ${failure ?? `${seconds.toFixed(1)} s`}`);
  }
}

/** What a case's files depend on: what it does, and what those do that it needs. */
function definitionOf({ name, jobs, copies, needs }: Case): string {
  return JSON.stringify([name, jobs, copies, needs.map(caseNamed).map(definitionOf)]);
}

async function runCase(side: Side, item: Case, from: Side): Promise<Outcome> {
  const definition = definitionOf(item);
  const begin = performance.now();
  try {
    for (const folder of foldersOf(side, item.name)) await removeFolder(folder);
    for (const [source, target] of item.copies) {
      await copyFolder(join(from.tree, source), join(side.tree, target));
    }
    for (const [number, job] of item.jobs.entries()) await runJob(side, item, job, number);
  } catch (error) {
    return { definition, seconds: secondsSince(begin), failure: messageOf(error) };
  }
  return { definition, seconds: secondsSince(begin) };
}

/** Where a case writes: its runs, its data and what it printed. */
export function foldersOf(side: Side, name: string): readonly [string, string, string] {
  return [
    join(side.tree, "runs", name),
    join(side.tree, "data", name),
    join(side.folder, "output", name),
  ];
}

/** Runs a job. @throws Error when it does not end as it should, with its last words. */
async function runJob(side: Side, { name }: Case, job: Job, number: number): Promise<void> {
  const tags = await tagsOf(side, name);
  const tagOf: Readonly<Record<string, string>> = { TAG1: tags[0], TAG2: tags[1] };
  const args = job.args.map((arg) => tagOf[arg] ?? arg);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", job.task, ...args],
    cwd: side.tree,
    env: await environmentOf(side, job),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const interrupted = job.interrupt ? interruptAtCheckpoint(child, side, name) : undefined;
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), interrupted]);
  await write(join(side.folder, "log", `${name}-${number}.txt`), [stdout, stderr]);
  if (job.keep !== undefined) await write(join(side.folder, "output", name, job.keep), [stdout]);
  if (code !== (job.interrupt ? EXIT_OF_SIGINT : 0)) {
    throw new Error(`${job.task} ended with ${code}: ${decode(stderr).trim().slice(-600)}`);
  }
  if (!decode(stdout).includes(job.says ?? "")) throw new Error(`it did not say: ${job.says}`);
}

const EXIT_OF_SIGINT = 130;

async function environmentOf(side: Side, job: Job): Promise<Record<string, string>> {
  const bin = join(dirname(side.folder), "bin");
  const path = `${bin}${delimiter}${Deno.env.get("PATH")}`;
  const allow = job.readsPackages ? `--allow-read=${await denoFolder()}` : "";
  return { PATH: path, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", BASELINES_ALLOW: allow };
}

/** Deno's cache, where packages lie. */
async function denoFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(decode(stdout)).denoDir;
}

/** Makes `deno` in a task's command the Deno that runs this script. */
export async function linkDeno(work: string): Promise<void> {
  const link = join(work, "bin", "deno");
  await Deno.mkdir(dirname(link), { recursive: true });
  if (await exists(link)) await Deno.remove(link);
  await Deno.symlink(Deno.execPath(), link);
}

async function interruptAtCheckpoint(
  child: Deno.ChildProcess,
  side: Side,
  name: string,
): Promise<void> {
  let ended = false;
  child.status.then(() => ended = true);
  while (!ended) {
    const files = await filesBelow(join(side.tree, "runs", name));
    if (files.some((file) => /\/checkpoints\/[^/]+\.safetensors$/.test(file))) {
      return child.kill("SIGINT");
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Tags of the runs in a case's folder, oldest first. */
export async function tagsOf(side: Side, name: string): Promise<string[]> {
  const files = await filesBelow(join(side.tree, "runs", name, "reports"));
  const tags = files.flatMap((file) => /\/(\d{8}_\d{6}(?:_\d+)?)\//.exec(`/${file}`)?.[1] ?? []);
  return [...new Set(tags)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** The cases a side has to run, in order: those asked for and what they need. */
export function casesOf(side: Side["name"], asked: readonly Case[]): Case[] {
  const names = new Set<string>();
  const add = (item: Case): void => {
    const runsHere = item.sides === "both" || item.sides === side;
    if (runsHere) names.add(item.name);
    // what a case of the new side needs is made by the old one
    if (item.sides !== "new" || side === "old") item.needs.map(caseNamed).forEach(add);
  };
  asked.forEach(add);
  return CASES.filter(({ name }) => names.has(name));
}

function caseNamed(name: string): Case {
  const found = CASES.find((item) => item.name === name);
  if (found === undefined) throw new Error(`there is no case ${name}`);
  return found;
}
