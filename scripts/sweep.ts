/** `deno task sweep`: many runs, on this machine or a cluster. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { type ExitCode, runCommand } from "../lib/cli/command.ts";
import { messageOf } from "../lib/errors/input_error.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { checkResumed, sweepCommand, sweepConfig } from "../lib/jobs/sweep/config.ts";
import { gatherAll, openSweep, retry, sweepHere, workOn } from "../lib/jobs/sweep/job.ts";
import { commandsLeft, submit, submittedText } from "../lib/jobs/sweep/slurm.ts";
import { type Planned, planSweep } from "../lib/jobs/sweep/plan.ts";
import { onceEach } from "../lib/jobs/sweep/once.ts";
import { type PoolWorker, processWorker } from "../lib/jobs/sweep/pool.ts";
import { statusOf, statusText } from "../lib/jobs/sweep/status.ts";
import { GATHER_COMMAND, STATUS_COMMAND, WORK_COMMAND } from "../lib/jobs/sweep/verbs.ts";
import { programWords, workWords } from "../lib/jobs/sweep/worker_command.ts";
import { startedFrom } from "./compile/started_from.ts";
import type { SweepResults } from "../lib/runs/sweep_documents.ts";
import { complain, give, sayJson } from "../lib/terminal/say.ts";
import { listenForStop, SIGNAL_EXIT, type StopSignal } from "../lib/terminal/signals.ts";
import { quietTerminal, terminal as openTerminal } from "../lib/terminal/terminal.ts";

const COMMAND = sweepCommand(BASELINES);
/** The single file that holds this program; none where its task runs it. */
const FILE = startedFrom();
const PROGRAM = programWords("sweep", FILE, ["--quiet"]);

/** This process among those that share a folder. */
function me() {
  return { host: Deno.hostname(), worker: crypto.randomUUID() };
}

async function sweep(args: readonly string[]): Promise<ExitCode> {
  return await runCommand(COMMAND, args, async (parsed) => {
    const config = sweepConfig(parsed);
    const { resume, out, json, workers, slurm, printJobs, tasks } = config;
    const terminal = json || printJobs ? quietTerminal() : openTerminal();
    const signal = listenForStop((name) =>
      terminal.warn(`${name}: saving what is at work; once more to stop at once`)
    );
    if (resume !== undefined) checkResumed(parsed);
    const planned = resume === undefined
      ? await planSweep({
        config,
        terminal,
        signal,
        device: await chooseEngine(config.device),
        baselines: BASELINES,
      })
      : await openSweep(out, resume);
    if (resume !== undefined) await retry(planned, me(), terminal);
    if (printJobs) {
      for (const command of await commandsLeft(planned, tasks, PROGRAM)) give(command);
      return 0;
    }
    if (slurm !== undefined) {
      const submitted = await submit(planned, { options: slurm, tasks, program: PROGRAM });
      terminal.line(submittedText(planned, submitted));
      return 0;
    }
    const command = FILE ?? "deno";
    const isAlone = Deno.permissions.querySync({ name: "run", command }).state !== "granted";
    if (isAlone) terminal.warn(aloneText(planned.home.tag, command));
    const hear = onceEach(complain);
    const start = isAlone
      ? () => workerHere(planned, signal, hear)
      : () => processWorker([...PROGRAM, ...workWords(planned.home.tag, out)], hear);
    const end = await sweepHere(planned, { terminal, signal }, {
      workers: isAlone ? 1 : workers,
      start,
    });
    return "stopped" in end ? SIGNAL_EXIT[end.stopped] : ended(end.results, json);
  });
}

/** A worker in this process, which the sweep's signal ends. */
function workerHere(
  planned: Planned,
  signal: StopSignal,
  hear: (text: string) => void,
): PoolWorker {
  const share = { part: 0, parts: 1 };
  const work = workOn(planned, share, {
    baselines: BASELINES,
    terminal: quietTerminal(),
    signal,
    me: me(),
  });
  const status = work.then(() => ({ code: 0, signal: null }), (error) => {
    hear(messageOf(error));
    return { code: 1, signal: null };
  });
  return { status, dismiss: async () => void await status };
}

function aloneText(tag: string, command: string): string {
  return `${command} may not be started from here, so that one piece is done after the other; ` +
    `several processes at a time: deno task sweep work ${tag} as often as there are cores, or ` +
    `--allow-run=${command}`;
}

async function work(args: readonly string[]): Promise<ExitCode> {
  return await runCommand(
    WORK_COMMAND,
    args,
    async ({ values: { sweep, tied, out, ...share } }) => {
      const signal = listenForStop(() => {});
      const end = await workOn(await openSweep(out, sweep), share, {
        baselines: BASELINES,
        terminal: tied ? quietTerminal() : openTerminal(),
        signal: tied ? untilInputEnds(signal) : signal,
        me: me(),
      });
      if (end.stopped !== undefined) return SIGNAL_EXIT[end.stopped];
      if (tied || end.failed.length === 0) return 0; // the pool says what failed
      for (const { name } of end.failed) complain(`${name} failed: see deno task sweep status`);
      return 1;
    },
  );
}

async function status(args: readonly string[]): Promise<ExitCode> {
  return await runCommand(STATUS_COMMAND, args, async ({ values: { sweep, json, out } }) => {
    const planned = await openSweep(out, sweep);
    const pieces = await statusOf(planned, Deno.hostname());
    if (json) sayJson({ tag: planned.home.tag, pieces }, 2);
    else give(statusText(planned, pieces));
  });
}

async function gather(args: readonly string[]): Promise<ExitCode> {
  return await runCommand(GATHER_COMMAND, args, async ({ values: { sweep, json, out } }) => {
    const terminal = json ? quietTerminal() : openTerminal();
    const show = json ? terminal.line : give;
    return ended(await gatherAll(await openSweep(out, sweep), terminal, new Set(), show), json);
  });
}

/** The exit code of a sweep that was done: 1 where something of it failed. */
function ended(results: SweepResults, json: boolean): ExitCode {
  if (json) sayJson(results, 2);
  return results.failed.length > 0 ? 1 : 0;
}

/** A signal that comes, too, when this process's input ends: whoever started it is gone. */
function untilInputEnds(signal: StopSignal): StopSignal {
  let ended = false;
  (async () => {
    for await (const _ of Deno.stdin.readable);
    ended = true;
  })();
  return { ...signal, received: () => signal.received() ?? (ended ? "SIGTERM" : undefined) };
}

const [first = "", ...rest] = Deno.args;
const VERBS: Readonly<Record<string, (args: readonly string[]) => Promise<ExitCode>>> = {
  work,
  status,
  gather,
};
const verb = Object.hasOwn(VERBS, first) ? VERBS[first] : undefined;
Deno.exit(await (verb === undefined ? sweep(Deno.args) : verb(rest)));
