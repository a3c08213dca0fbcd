/**
 * A sweep on Slurm: one array job, each task of which is one run of this program. Nothing else
 * passes between the machines than the sweep's folder.
 */
import { InputError, messageOf, show } from "../../errors/input_error.ts";
import { lineOf, quoted } from "../../errors/shell_words.ts";
import { makeFolder, writeAtomic, writeJson } from "../../files/atomic.ts";
import { integer, list, object, type Of, text } from "../../files/shape.ts";
import { checked } from "../../runs/document_parts.ts";
import { readSweepFile } from "../../runs/sweep_folder.ts";
import { resumeLine, verbLine } from "./again.ts";
import type { Planned } from "./plan.ts";
import { hasEnded, outcomesOf, unitsOf } from "./units.ts";
import { workWords } from "./worker_command.ts";

/** Tasks of an array that every Slurm takes: MaxArraySize is 1001 unless a site says otherwise. */
const MOST_TASKS = 1000;

/** The variable that holds a task's number. */
const TASK = "$SLURM_ARRAY_TASK_ID";

/** slurm.json: how the sweep was submitted. */
const SLURM = object({ options: text, tasks: integer(1), jobs: list(text) });
type SlurmDocument = Of<typeof SLURM>;

/** What a submission is asked for. */
export interface SlurmAsked {
  /** Options of sbatch; none: those of the last submission. */
  readonly options: string;
  /** Tasks of the array; 0: as many as there are pieces, and no more than Slurm takes. */
  readonly tasks: number;
  /** The words that start this program. */
  readonly program: readonly string[];
}

/** What was submitted. */
export interface Submitted {
  /** Slurm's number of the job; none where every piece has ended or is in the queue. */
  readonly job?: string;
  /** The tasks of the array. */
  readonly parts: readonly number[];
  readonly script: string;
}

/** Tasks that share the pieces of a sweep: as many as asked, or one for each up to Slurm's most. */
export function tasksFor(pieces: number, asked: number): number {
  return Math.min(pieces, asked || MOST_TASKS);
}

/** The shares that have something left to do. */
export async function partsLeft({ home, sweep }: Planned, tasks: number): Promise<number[]> {
  const outcomes = await outcomesOf(home);
  const parts = unitsOf(sweep).flatMap((unit, place) =>
    hasEnded(outcomes, unit) ? [] : [place % tasks]
  );
  return [...new Set(parts)].sort((a, b) => a - b);
}

/** Writes the array job and submits it: what is left of the sweep and in no queue. */
export async function submit(
  planned: Planned,
  { options: asked, tasks: askedTasks, program }: SlurmAsked,
): Promise<Submitted> {
  const { home, sweep } = planned;
  const script = `${home.folder}/job.sh`;
  const before = await readSubmission(home.folder);
  const options = asked === "" ? before?.options ?? "" : asked;
  const tasks = before?.tasks ?? tasksFor(unitsOf(sweep).length, askedTasks);
  const queued = before === undefined ? new Set<number>() : await queuedParts(before.jobs);
  const parts = (await partsLeft(planned, tasks)).filter((part) => !queued.has(part));
  if (parts.length === 0) return { parts, script };
  checkOneLine(home.folder);
  const share = { part: TASK, parts: tasks };
  const words = [...program, ...workWords(home.tag, home.root, share)];
  await writeAtomic(
    script,
    jobScript({
      tag: home.tag,
      folder: home.folder,
      threads: sweep.threads,
      tasks,
      options,
      words,
    }),
  );
  await makeFolder(`${home.folder}/logs`); // Slurm makes none
  const job = await run("sbatch", ["--parsable", `--array=${rangesOf(parts)}`, script]).catch(
    (error) => {
      if (!(error instanceof InputError)) throw error;
      const again = resumeLine({ ...home, slurm: options }, askedTasks);
      const next = `the sweep ${home.tag} is planned; submit it with: ${again}; --print-jobs in ` +
        "place of --slurm gives the commands for any other scheduler";
      throw new InputError({ ...error.fault, next }, { cause: error });
    },
  );
  const number = job.trim().split(";")[0];
  const submission = { options, tasks, jobs: [...before?.jobs ?? [], number] };
  await writeJson(`${home.folder}/slurm.json`, checked(SLURM, submission, "slurm.json"));
  return { job: number, parts, script };
}

/** The commands that do what is left of a sweep, one for each share, in any order or at a time. */
export async function commandsLeft(
  planned: Planned,
  askedTasks: number,
  program: readonly string[],
): Promise<string[]> {
  const { home, sweep } = planned;
  checkOneLine(home.folder);
  const parts = tasksFor(unitsOf(sweep).length, askedTasks);
  return (await partsLeft(planned, parts)).map((part) =>
    lineOf([...program, ...workWords(home.tag, home.root, { part, parts })])
  );
}

/** What is said of a submission. */
export function submittedText({ home }: Planned, { job, parts, script }: Submitted): string {
  const what = job === undefined
    ? "Nothing is left to submit"
    : `Submitted ${script} as job ${job}, tasks ${rangesOf(parts)}`;
  return [
    what,
    `How far it is: ${verbLine("status", home)}`,
    `Its results:   ${verbLine("gather", home)}`,
  ].join("\n");
}

/** What an array job's script says. */
export interface JobScript {
  readonly tag: string;
  readonly folder: string;
  readonly threads: number;
  readonly tasks: number;
  readonly options: string;
  /** The program and its words; of them the share alone may be `TASK`, a variable. */
  readonly words: readonly string[];
}

/** The script. What the user says of options comes last, and counts. */
export function jobScript({ tag, folder, threads, tasks, options, words }: JobScript): string {
  return [
    "#!/bin/sh",
    `#SBATCH --job-name=sweep_${tag}`,
    `#SBATCH --array=0-${tasks - 1}`,
    `#SBATCH --cpus-per-task=${threads}`,
    "#SBATCH --requeue",
    `#SBATCH --output=${quoted(`${folder.replaceAll("%", "%%")}/logs/slurm_%A_%a.txt`)}`,
    ...options === "" ? [] : [`#SBATCH ${options}`],
    `exec ${words.map(jobWord).join(" ")}`,
    "",
  ].join("\n");
}

/** A word of an array job: of variables there is the task's number alone, as its share. */
function jobWord(word: string): string {
  return word === `--part=${TASK}` ? `--part="${TASK}"` : quoted(word);
}

/** Commands are a line each, and so are sbatch's options. */
function checkOneLine(folder: string): void {
  if (!/[\r\n]/.test(folder)) return;
  throw new InputError({
    doing: "writing the commands of the sweep",
    found: `its folder is ${show(folder)}`,
    wanted: "a path without a line break",
    next: "choose another with --out",
  });
}

/** Numbers as sbatch takes them: "0-3,7". */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`).join(",");
}

async function readSubmission(folder: string): Promise<SlurmDocument | undefined> {
  const path = `${folder}/slurm.json`;
  if (!await Deno.stat(path).then(() => true, () => false)) return undefined;
  const next =
    "delete it, and what is left is submitted anew: tasks of an earlier submission that " +
    "are still in the queue do no harm, and scancel takes them out";
  return await readSweepFile(path, SLURM, next);
}

/** The tasks of these jobs that Slurm has still to do, or is doing. */
async function queuedParts(jobs: readonly string[]): Promise<Set<number>> {
  let lines: string;
  try {
    lines = await run("squeue", ["--noheader", "--array", "--format=%K", `--jobs=${jobs}`]);
  } catch (error) {
    if (!messageOf(error).includes("Invalid job id")) throw error;
    lines = ""; // Slurm has forgotten them: they ended long ago
  }
  return new Set(lines.split("\n").filter((line) => /^\d+$/.test(line.trim())).map(Number));
}

/** Runs a program of Slurm's. @throws InputError with what it said. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const expected = {
    doing: `running ${program}`,
    wanted: "a machine from which jobs can be submitted to Slurm",
    next: "--print-jobs gives the commands for any other scheduler",
  };
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(program, { args: [...args], stdin: "null" }).output();
  } catch (error) {
    throw new InputError({ ...expected, found: messageOf(error) }, { cause: error });
  }
  const said = new TextDecoder().decode(output.stderr).trim();
  if (!output.success) throw new InputError({ ...expected, found: show(said, 300) });
  return new TextDecoder().decode(output.stdout);
}
