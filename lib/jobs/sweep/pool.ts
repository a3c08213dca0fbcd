/**
 * The pool of this machine: worker processes that are started again when they die. It says a line
 * for every piece of the sweep that comes to an end, and does nothing else: what is done and what
 * is left is in the sweep's folder, so that the pool may be killed, too.
 */
import { stripVTControlCharacters } from "node:util";
import { InputError, messageOf } from "../../errors/input_error.ts";
import { readBytes } from "../../files/input_file.ts";
import { decodeJson, isRecord } from "../../files/json.ts";
import type { SweepHome } from "../../runs/sweep_folder.ts";
import type { StopSignal } from "../../terminal/signals.ts";
import { duration, type Terminal } from "../../terminal/terminal.ts";
import { resumeLine } from "./again.ts";
import type { Planned } from "./plan.ts";
import { remainingMs, type Took } from "./remaining.ts";
import { hasEnded, type Outcomes, outcomesOf, titleOf, type Unit, unitsOf } from "./units.ts";

/** A worker of the pool. */
export interface PoolWorker {
  /** How it ended. */
  readonly status: Promise<{ readonly code: number; readonly signal: string | null }>;
  /** Lets it save what it has, and end. */
  dismiss(): Promise<void>;
}

/** What a pool is told. */
export interface PoolOptions {
  readonly workers: number;
  readonly start: () => PoolWorker;
  readonly terminal: Terminal;
  readonly signal: StopSignal;
}

/** Milliseconds between two looks at what has ended. */
const LOOK_MS = 100;
/** Workers that may refuse to work, one after the other, before the pool gives up. */
const MOST_REFUSALS = 3;

/** Processes for so many pieces on so many cores, where each takes `threads` of them. */
export function workersFor(pieces: number, threads: number, cores: number): number {
  return Math.max(1, Math.min(pieces, Math.floor(cores / threads)));
}

/**
 * Runs until every piece has ended, or the signal comes. Returns the names of the pieces that it
 * said had failed.
 */
export async function runPool(
  planned: Planned,
  options: PoolOptions,
): Promise<ReadonlySet<string>> {
  const { home, sweep } = planned;
  const { signal, workers } = options;
  const units = unitsOf(sweep);
  const failed = new Set<string>();
  const said = teller(planned, options, failed);
  let outcomes = await outcomesOf(home);
  await said(outcomes, true);
  const left = () => units.filter((unit) => !hasEnded(outcomes, unit)).length;
  const running = new Set<PoolWorker>();
  let refusals = 0;
  const hire = () => {
    const worker = options.start();
    running.add(worker);
    worker.status.then(({ code, signal: ended }) => {
      running.delete(worker);
      refusals = ended === null && (code === 1 || code === 2) ? refusals + 1 : 0;
    });
  };
  try {
    while (left() > 0 && signal.received() === undefined) {
      while (running.size < Math.min(workers, left()) && refusals < MOST_REFUSALS) hire();
      if (refusals >= MOST_REFUSALS && running.size === 0) {
        throw refused(home, units.length - left(), units.length);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      outcomes = await outcomesOf(home);
      await said(outcomes);
    }
  } finally {
    await Promise.all([...running].map((worker) => worker.dismiss()));
    await said(await outcomesOf(home));
  }
  return failed;
}

/**
 * A worker that is a process of its own. It hears by its input, a pipe from here, when to end;
 * `hear` is told each line that it says on stderr.
 */
export function processWorker(
  words: readonly string[],
  hear: (line: string) => void,
): PoolWorker {
  const [program, ...args] = words;
  const options = { args, stdin: "piped", stdout: "null", stderr: "piped" } as const;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, options).spawn();
  } catch (error) {
    throw new InputError({
      doing: "starting a worker of the sweep",
      found: messageOf(error),
      wanted: `${program} on the PATH`,
      next: "deno task sweep work does a sweep's pieces in one process",
    }, { cause: error });
  }
  const heard = hearLines(child.stderr, hear);
  const status = child.status.then(async (ended) => {
    await heard;
    return ended;
  });
  return {
    status,
    async dismiss() {
      await child.stdin.close().catch(() => {});
      await status;
    },
  };
}

/** Tells each line of a stream that is not blank. */
async function hearLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  hear: (line: string) => void,
): Promise<void> {
  let rest = "";
  const tell = (line: string) => {
    if (line.trim() !== "") hear(stripVTControlCharacters(line));
  };
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(tell);
  }
  tell(rest);
}

function refused(home: SweepHome, ended: number, all: number): InputError {
  return new InputError({
    doing: `working on the sweep ${home.tag}`,
    found: `${MOST_REFUSALS} workers in a row ended with an error; ${ended} of ${all} trials and ` +
      "runs are done",
    wanted: "workers that can read the data and write the sweep's folder",
    next: `what they said stands above; go on with ${resumeLine(home)}`,
  });
}

/**
 * Says a line for each piece that ended since the last look, and notes those that failed; `before`
 * the first, only counts.
 */
function teller(
  { home, sweep }: Planned,
  { terminal, workers }: PoolOptions,
  failed: Set<string>,
): (outcomes: Outcomes, before?: boolean) => Promise<void> {
  const units = unitsOf(sweep);
  const ended = new Set<string>();
  const took: Took[] = [];
  return async (outcomes, before = false) => {
    for (const unit of units) {
      if (ended.has(unit.name) || !hasEnded(outcomes, unit)) continue;
      ended.add(unit.name);
      const seconds = await secondsOf(home.folder, unit);
      if (seconds !== undefined) took.push({ unit, seconds });
      if (before) continue;
      const count = `(${ended.size}/${units.length})`;
      if (outcomes.failed.has(unit.name)) {
        failed.add(unit.name);
        terminal.warn(`${count} failed: ${titleOf(unit)}: ${await reasonOf(home.folder, unit)}`);
        continue;
      }
      const ms = remainingMs(took, units.filter(({ name }) => !ended.has(name)), workers);
      terminal.line([
        `${count} ${titleOf(unit)}${await scoreOf(home.folder, unit)}`,
        ...seconds === undefined ? [] : [`, ${duration(1000 * seconds)}`],
        ...ms === undefined || ms === 0 ? [] : [`; about ${duration(ms)} left`],
      ].join(""));
    }
    if (before && ended.size > 0) {
      terminal.line(`${ended.size} of ${units.length} are done; ${workers} at a time for the rest`);
    }
  };
}

/** Seconds that a piece took, where they are known. */
async function secondsOf(folder: string, { name }: Unit): Promise<number | undefined> {
  const times = await readOrNone(`${folder}/times/${name}.json`);
  return isRecord(times) && typeof times.seconds === "number" ? times.seconds : undefined;
}

/** What a trial scored. */
async function scoreOf(folder: string, { kind, name }: Unit): Promise<string> {
  const trial = kind === "trial" ? await readOrNone(`${folder}/trials/${name}.json`) : undefined;
  if (!isRecord(trial) || !isRecord(trial.validation)) return "";
  return `: validation ${trial.metric} ${
    Number(trial.validation[String(trial.metric)]).toFixed(4)
  }`;
}

async function reasonOf(folder: string, { name }: Unit): Promise<string> {
  const failure = await readOrNone(`${folder}/failed/${name}.json`);
  return isRecord(failure) ? String(failure.reason) : "its reason cannot be read";
}

async function readOrNone(path: string): Promise<unknown> {
  try {
    return decodeJson(await readBytes(path, { doing: `reading ${path}` }));
  } catch {
    return undefined;
  }
}
