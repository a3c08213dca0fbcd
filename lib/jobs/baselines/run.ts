/**
 * The main job: data → models → episodes → ranks → metrics → run folder. Every artifact is written
 * when it is known, so that an interrupted run leaves what it had.
 */
import { dataCard } from "../../dataset/data_card.ts";
import { InputError, SettingsError } from "../../errors/input_error.ts";
import { readDataset } from "../../dataset/read_dataset.ts";
import { ceilingScorer } from "../../evaluation/ceiling.ts";
import { stateOf } from "../../runs/order.ts";
import { PUBLISHED } from "../../runs/publish.ts";
import type { TrackedEnd } from "../../track/tracker.ts";
import { checkTrackers } from "../../track/trackers.ts";
import { Interrupted, type StopName } from "../../terminal/signals.ts";
import type { Job } from "../job.ts";
import { warnOfThreads } from "../threads.ts";
import type { BaselinesConfig } from "./config.ts";
import { evaluateModels } from "./evaluate_models.ts";
import { finishRun, type RunResult } from "./finish.ts";
import { sayEstimate } from "./estimate.ts";
import type { RunHome } from "./home.ts";
import { readInitialWeights } from "./initial_weights.ts";
import { type OpenRun, openRun } from "./open_run.ts";
import { ORDINARY } from "./ordinary.ts";
import type { Unfinished } from "./resume.ts";
import { sayData } from "./say.ts";
import { checkSizes, trainModels } from "./train.ts";
import { checkValidation } from "./validation.ts";

/** How a run ended. */
export type RunEnd = { readonly finished: RunResult } | {
  readonly stopped: StopName;
  readonly runTag: string;
};

/**
 * Runs everything that the job asks for on the data folder `data`. Nothing is written before the
 * inputs have passed; a signal or an error leaves a folder from which `--resume` goes on.
 * `unfinished` is the run to go on with; by default the one that `--resume` names. `home` is a
 * project by default.
 */
export async function runBaselines(
  job: Job<BaselinesConfig>,
  data: string,
  unfinished?: Unfinished,
  home: RunHome = ORDINARY,
): Promise<RunEnd> {
  const { config, terminal, device } = job;
  await home.settle(job);
  const readDone = terminal.stage(`Data: ${data}`);
  const { dataset, inputs } = await readDataset(data, config.k, config.q);
  const initial = await readInitialWeights(config, job.baselines, dataset.courses.length);
  checkValidation(config, dataset);
  checkTrackers(config.track);
  await checkSizes(job, dataset);
  const ceiling = ceilingScorer(dataset);
  const card = await dataCard(dataset);
  sayData(job.terminal, dataset, card);
  for (const note of initial.notes) terminal.warn(note);
  readDone();
  terminal.line(`\nDevice: ${device.device} (${device.why})`);
  warnOfThreads(terminal, config.threads, device);

  const run = await openRun(
    { ...job, config: { ...config, data } },
    { dataset, card, inputs: [...inputs, ...initial.inputs], notes: initial.notes },
    unfinished ?? await home.takeUp(config),
    home,
  );
  const { runTag } = run.record.identity;
  const goOn = home.resumeCommand(runTag, config.out);
  let end: TrackedEnd = "failed";
  const stoppedBy = (stopped: StopName): RunEnd => {
    end = "stopped";
    terminal.warn(`stopped by ${stopped}; go on with: ${goOn}`);
    return { stopped, runTag };
  };
  try {
    await sayEstimate(job, run);
    await run.tracker.begin();
    const trained = await trainModels(job, run, initial.parameters);
    const evaluated = trained && await evaluateModels(job, dataset, trained, ceiling);
    await checkThere(run);
    const stopped = job.signal.received();
    if (stopped !== undefined) return stoppedBy(stopped);
    const finished = await finishRun(job, run, trained!, evaluated!);
    end = "finished";
    return { finished };
  } catch (error) {
    await checkThere(run, error);
    if (error instanceof Interrupted) return stoppedBy(error.signal);
    terminal.warn(
      error instanceof SettingsError
        ? `the run ${runTag} is unfinished, and its settings cannot finish it`
        : await howToGoOn(run, goOn),
    );
    throw error;
  } finally {
    await run.tracker.end(end);
    run.held.release();
  }
}

/**
 * @throws InputError when the run's folder was removed or moved: there is nothing to go on from.
 */
async function checkThere({ held, record: { identity } }: OpenRun, cause?: unknown): Promise<void> {
  if (await held.isThere()) return;
  throw new InputError({
    doing: `working on the run ${identity.runTag}`,
    found: `its folder ${identity.root}/${identity.outDir} is gone: it was removed or moved`,
    wanted: "the run's folder until the run ends",
    next: "start the run again; what was fitted and not yet saved is lost",
  }, { cause });
}

/** What the user does after an error; `goOn` is the command. */
async function howToGoOn({ record: { identity, home } }: OpenRun, goOn: string): Promise<string> {
  const { root, runTag } = identity;
  const then = `after fixing the cause, go on with: ${goOn}`;
  return home.publishes && await stateOf(root, runTag) === "finished"
    ? `the run ${runTag} is finished, but its copies in ${PUBLISHED} and results are not made; ` +
      then
    : `the run ${runTag} is unfinished; ${then}`;
}
