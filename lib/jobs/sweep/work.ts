/**
 * A worker: takes pieces of a sweep that nobody has, one after the other, until its own have come
 * to an end. Whoever needs a choice that is not made yet helps with the trials it hangs on, so that
 * any order of workers, and one alone, gets through.
 */
import { InputError, messageOf } from "../../errors/input_error.ts";
import { writeJson } from "../../files/atomic.ts";
import { type Claim, claim } from "./claims.ts";
import { FAILURE, TIMES, TRIAL_RESULT, type TrialRecord } from "../../runs/sweep_documents.ts";
import { checked } from "../../runs/document_parts.ts";
import { Interrupted, type StopName } from "../../terminal/signals.ts";
import type { Bench } from "./bench.ts";
import { metricOf, readTrial } from "./choose.ts";
import { runChosen } from "./chosen_run.ts";
import { logTerminal } from "./log_terminal.ts";
import { runTrial } from "./trial.ts";
import { hasEnded, type Outcomes, outcomesOf, titleOf, type Unit, unitsOf } from "./units.ts";

/** Owners of a piece that may die before it counts as failed. */
const MOST_DEATHS = 5;
/** Milliseconds between two looks at what others have: longer for who has waited longer. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** What a pause adds to a wait, at most, as a share of it. */
const WAIT_SHARE = 0.2;

/** How a worker ended. */
export interface WorkEnd {
  readonly stopped?: StopName;
  /** Its own pieces that failed. */
  readonly failed: readonly Unit[];
}

/** Works until every one of `own` has ended, or the signal comes. */
export async function work(bench: Bench, own: readonly Unit[]): Promise<WorkEnd> {
  const all = unitsOf(bench.sweep);
  let worked = performance.now();
  for (;;) {
    const outcomes = await outcomesOf(bench.home);
    if (own.every((unit) => hasEnded(outcomes, unit))) {
      return { failed: own.filter(({ name }) => outcomes.failed.has(name)) };
    }
    const did = await takeOne(bench, readyOf(own, all, outcomes));
    const stopped = bench.signal.received();
    if (stopped !== undefined) return { stopped, failed: [] };
    if (did) worked = performance.now();
    else await pause(performance.now() - worked);
  }
}

/** Waits a little for others; a crowd that waits long does not ask the file server all the time. */
async function pause(waited: number): Promise<void> {
  const share = WAIT_SHARE * waited * (0.5 + Math.random());
  const ms = Math.max(FIRST_PAUSE_MS, Math.min(share, LONGEST_PAUSE_MS));
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * What can be done now for `own`: those pieces themselves, or the trials that they wait for:
 * settings are chosen once all trials have ended.
 */
function readyOf(own: readonly Unit[], all: readonly Unit[], outcomes: Outcomes): Unit[] {
  const left = own.filter((unit) => !hasEnded(outcomes, unit));
  const trials = all.filter((unit) => unit.kind === "trial" && !hasEnded(outcomes, unit));
  if (trials.length === 0) return left;
  const ready = left.filter(({ kind }) => kind === "trial");
  const waits = left.length > ready.length;
  return [...new Set([...ready, ...waits ? trials : []])];
}

/** Does the first piece that nobody has. False where others have them all. */
async function takeOne(bench: Bench, units: readonly Unit[]): Promise<boolean> {
  for (const unit of units) {
    if (bench.signal.received() !== undefined) return false;
    const claimed = await claim(`${bench.home.folder}/claims/${unit.name}`, bench.me);
    if (claimed === undefined) continue;
    bench.heart.beatFor(claimed);
    try {
      // it may have ended since the folder was looked at
      if (!hasEnded(await outcomesOf(bench.home), unit)) await doUnit(bench, unit, claimed);
    } finally {
      bench.heart.beatFor(undefined);
      await claimed.release();
    }
    return true;
  }
  return false;
}

/** Does a piece, and writes what came of it; nothing where it was stopped. */
async function doUnit(bench: Bench, unit: Unit, claimed: Claim): Promise<void> {
  const { home: { folder }, me, sweep } = bench;
  if (claimed.deaths >= MOST_DEATHS) {
    const reason = `the process that did it was killed, or died, ${claimed.deaths} times`;
    return await writeFailure(bench, unit, { reason });
  }
  bench.terminal.line(titleOf(unit));
  const begin = performance.now();
  const log = logTerminal();
  let result: "done" | "done before" | "stopped";
  try {
    result = await runUnit({ ...bench, terminal: log.terminal }, unit, claimed);
  } catch (error) {
    if (error instanceof Interrupted || !await claimed.holds()) return;
    if (isOfTheFolder(error, folder)) throw error;
    await log.write(`${folder}/logs/${unit.name}.log`);
    return await writeFailure(bench, unit, failureOf(error));
  }
  if (result === "stopped" || !await claimed.holds()) return;
  await log.write(`${folder}/logs/${unit.name}.log`);
  const seconds = result === "done" ? (performance.now() - begin) / 1000 : null;
  const attempts = claimed.deaths + 1;
  const times = { unit: unit.name, seconds, host: me.host, threads: sweep.threads, attempts };
  await writeJson(`${folder}/times/${unit.name}.json`, checked(TIMES, times, "times"));
}

async function runUnit(
  bench: Bench,
  unit: Unit,
  claimed: Claim,
): Promise<"done" | "done before" | "stopped"> {
  if (unit.kind === "run") return await runChosen(bench, unit, claimed);
  const path = `${bench.home.folder}/trials/${unit.name}.json`;
  if (await isWhole(bench, unit.trial)) return "done before";
  const result = await runTrial(bench, unit);
  if (result === undefined) return "stopped";
  await writeJson(path, checked(TRIAL_RESULT, result, "the trial"));
  await Deno.remove(`${bench.home.folder}/checkpoints/${unit.name}`, { recursive: true })
    .catch(() => {});
  return "done";
}

/** Whether a trial's result is there: its worker may have died before it could say so. */
async function isWhole({ home, sweep }: Bench, trial: TrialRecord): Promise<boolean> {
  return await readTrial(home, trial, metricOf(sweep)).then(() => true, (error) => {
    if (error instanceof InputError) return false;
    throw error;
  });
}

async function writeFailure(
  { home: { folder } }: Bench,
  { name }: Unit,
  why: { readonly reason: string; readonly detail?: string },
): Promise<void> {
  const failure = checked(FAILURE, { unit: name, ...why }, "the failure");
  await writeJson(`${folder}/failed/${name}.json`, failure);
}

/** A fault of the user's making is a sentence; a defect of ours keeps its stack. */
function failureOf(error: unknown): { readonly reason: string; readonly detail?: string } {
  if (error instanceof InputError) return { reason: error.message };
  return { reason: messageOf(error), detail: Deno.inspect(error) };
}

/** Whether the sweep's own folder cannot be written: no piece of it is to blame. */
function isOfTheFolder(error: unknown, folder: string): boolean {
  return error instanceof InputError && error.fault.doing.startsWith(`writing ${folder}`);
}
