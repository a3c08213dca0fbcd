/** The programs of a sweep as functions. */
import type { Baseline } from "../../baselines/baseline.ts";
import { chooseEngine, type Device } from "../../engine/device.ts";
import { counted } from "../../errors/counted.ts";
import { InputError } from "../../errors/input_error.ts";
import { removeFile } from "../../files/atomic.ts";
import { resumeLine, verbLine } from "./again.ts";
import { type Claimant, forgive } from "./claims.ts";
import { SWEEP, type SweepResults } from "../../runs/sweep_documents.ts";
import { findSweep, readSweepFile } from "../../runs/sweep_folder.ts";
import type { StopName, StopSignal } from "../../terminal/signals.ts";
import { checkTrackers } from "../../track/trackers.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { choiceFault, choiceOf, isChosen } from "./choose.ts";
import { damageOf, mendOf, ofAnotherChoice } from "./damage.ts";
import { dataReader } from "./data.ts";
import { gather, resultsText } from "./gather.ts";
import { startHeart } from "./heart.ts";
import { onceEach } from "./once.ts";
import type { Planned } from "./plan.ts";
import { type PoolOptions, runPool, workersFor } from "./pool.ts";
import { finalModels } from "./rests.ts";
import { trackersOf } from "./sweep_config.ts";
import { statusOf } from "./status.ts";
import { hasEnded, outcomesOf, unitsOf } from "./units.ts";
import { work, type WorkEnd } from "./work.ts";
import type { Share } from "./worker_command.ts";

/** Whom a sweep's program speaks to, and what stops it. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly signal: StopSignal;
}

/** A sweep that was planned before. @throws InputError when there is none, or it is damaged. */
export async function openSweep(root: string, tag: string): Promise<Planned> {
  const home = await findSweep(root, tag);
  const path = `${home.folder}/sweep.json`;
  const next = "restore it, or begin a new sweep; the runs below its folder stay what they are";
  const sweep = await readSweepFile(path, SWEEP, next);
  if (sweep.tag === home.tag) return { home, sweep };
  throw new InputError({
    doing: `reading ${path}`,
    found: `it is of the sweep ${sweep.tag}`,
    wanted: "the folder that a sweep made",
    next: "if it was renamed, give it that name again",
  });
}

/** How a sweep on this machine ended. */
export type SweepEnd = { readonly results: SweepResults } | { readonly stopped: StopName };

/** Does what is left of a sweep with processes of this machine, and gathers its results. */
export async function sweepHere(
  planned: Planned,
  { terminal, signal }: Surroundings,
  { workers, start }: Pick<PoolOptions, "workers" | "start">,
): Promise<SweepEnd> {
  const { home, sweep } = planned;
  const units = unitsOf(sweep);
  const cores = navigator.hardwareConcurrency;
  const most = sweep.device === "webgpu" ? 1 : workersFor(units.length, sweep.threads, cores);
  const count = workers || most;
  terminal.line(
    `Sweep ${home.tag}: ${counted(sweep.trials.length, "trial")}, ${
      counted(sweep.runs.length, "run")
    }; ` +
      `${counted(count, "process")} of ${counted(sweep.threads, "thread")} on ${
        counted(cores, "core")
      }; device: ${sweep.device}`,
  );
  const failed = await runPool(planned, { workers: count, start, terminal, signal });
  const stopped = signal.received();
  if (stopped !== undefined) {
    terminal.warn(`stopped by ${stopped}; go on with: ${resumeLine(home)}`);
    return { stopped };
  }
  return { results: await gatherAll(planned, terminal, failed) };
}

/**
 * Gathers the results of a sweep whose pieces have all ended, and says which failed, except for
 * those that were `told`; `show` hears of the results.
 * @throws InputError naming those that have not ended, or are damaged.
 */
export async function gatherAll(
  planned: Planned,
  terminal: Terminal,
  told: ReadonlySet<string> = new Set(),
  show: (text: string) => void = terminal.line,
): Promise<SweepResults> {
  const { home, sweep } = planned;
  const outcomes = await outcomesOf(home);
  const left = unitsOf(sweep).filter((unit) => !hasEnded(outcomes, unit));
  if (left.length > 0) {
    throw new InputError({
      doing: `gathering the sweep ${home.tag}`,
      found: `${left.length} of its trials and runs have not ended, ${left[0].name} the first`,
      wanted: "all of them",
      next: `${verbLine("status", home)} tells them, and ` +
        `${resumeLine(home)} does what is missing`,
    });
  }
  let damaged = await damageOf(planned);
  if (damaged.length === 0) {
    await choiceOf(home, sweep); // trials may have been done since the last one
    damaged = await ofAnotherChoice(planned);
  }
  if (damaged.length > 0) {
    throw new InputError({
      doing: `gathering the sweep ${home.tag}`,
      found: `${damaged.map(({ unit, reason }) => `${unit.name}: ${reason}`).join("; ")}`,
      wanted: "the files as they were written",
      next: [...new Set(damaged.map((one) => mendOf(one, planned)))].join("; "),
    });
  }
  const results = await gather(planned, terminal);
  if (results.rows.length > 0) {
    const title = `Sweep results (test set), settings chosen by validation ${results.metric}`;
    terminal.line(`\n== ${title}\n`);
    show(resultsText(results));
  }
  for (const { unit, reason } of results.failed) {
    if (!told.has(unit)) terminal.warn(`${unit} failed: ${reason}`);
  }
  terminal.line(`\nSweep ${home.tag}: ${home.folder}`);
  return results;
}

/**
 * Lets what failed or died be tried again: runs always, trials while no finished run rests on a
 * choice of their model's settings.
 * Finished pieces whose results are gone or damaged are told, and done again.
 */
export async function retry(
  { home, sweep }: Planned,
  me: Claimant,
  { warn }: Pick<Terminal, "warn">,
): Promise<void> {
  checkTrackers(trackersOf(sweep));
  const fault = await choiceFault(home);
  if (fault !== undefined) {
    warn(`${home.folder}/choice.json is damaged, and is made again of the trials: ${fault}`);
  }
  for (const damage of await damageOf({ home, sweep })) {
    const { unit: { name }, reason, inTheWay } = damage;
    if (inTheWay === undefined) await removeFile(`${home.folder}/times/${name}.json`);
    const mend = inTheWay === undefined ? "it is done again" : mendOf(damage, { home, sweep });
    warn(`${reason}; ${mend}`);
  }
  const isFinal = await isChosen(home) ? await finalModels({ home, sweep }) : () => false;
  const { failed } = await outcomesOf(home);
  for (const unit of unitsOf(sweep)) {
    const { kind, name } = unit;
    if (!failed.has(name) || (kind === "trial" && isFinal(unit.trial))) continue;
    await forgive(`${home.folder}/claims/${name}`, me);
    await removeFile(`${home.folder}/failed/${name}.json`);
  }
  for (const { name, state } of await statusOf({ home, sweep }, me.host)) {
    if (state === "dead") await forgive(`${home.folder}/claims/${name}`, me);
  }
}

/** Does a share of a sweep. */
export async function workOn(
  planned: Planned,
  { part, parts }: Share,
  { baselines, terminal, signal, me }: Surroundings & {
    readonly baselines: readonly Baseline[];
    readonly me: Claimant;
  },
): Promise<WorkEnd> {
  const { sweep } = planned;
  if (Number(part) >= parts) {
    throw new InputError({
      doing: "reading --part",
      found: `it is ${part} of --parts ${parts}`,
      wanted: `a share from 0 to ${parts - 1}`,
    });
  }
  checkTrackers(trackersOf(sweep));
  const own = unitsOf(sweep).filter((_, place) => place % parts === Number(part));
  const heart = startHeart();
  try {
    return await work({
      ...planned,
      baselines,
      device: await chooseEngine(sweep.device as Device),
      terminal,
      signal,
      me,
      heart,
      readData: dataReader(sweep),
      warn: onceEach(terminal.warn),
    }, own);
  } finally {
    heart.end();
  }
}
