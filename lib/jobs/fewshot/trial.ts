/** Tries methods: their knobs chosen on validation episodes, then the test episodes once. */
import type { Base } from "../../fewshot/base.ts";
import { choose, type Selection } from "../../fewshot/choose.ts";
import type { Knobs, Method } from "../../fewshot/method.ts";
import { ranksOfCells, zeroShotRanks } from "../../fewshot/ranks.ts";
import { type Tasks, withPlacebo } from "../../fewshot/task.ts";
import type { MetricName } from "../../metrics/metrics.ts";
import { Interrupted, type StopSignal } from "../../terminal/signals.ts";
import type { Job } from "../job.ts";
import { knobsText } from "../../fewshot/fine_tune.ts";

/** A method's ranks on the test episodes, with what validation chose. */
export interface Trial {
  readonly name: string;
  readonly title: string;
  readonly selection: Selection;
  readonly ranks: Float64Array;
  /** With the next episode's support. */
  readonly placebo: Float64Array;
  /** The meta-trained start as it is. */
  readonly noInnerLoop?: Float64Array;
  readonly seconds: number;
}

/** What all methods are tried on. */
export interface Ground {
  readonly base: Base;
  readonly metric: MetricName;
  readonly validation: Tasks;
  readonly test: Tasks;
  /** The base model's own ranks. */
  readonly zeroShot: { readonly validation: Float64Array; readonly test: Float64Array };
}

/** Where a trial speaks, and by what it is stopped. */
export type Trying = Pick<Job<unknown>, "terminal" | "signal">;

/** Asks the base model all episodes. @throws Interrupted when told to stop. */
export async function groundOf(
  base: Base,
  metric: MetricName,
  { validation, test }: Pick<Ground, "validation" | "test">,
  trying: Trying,
): Promise<Ground> {
  const known = validation.tasks.length;
  const zeroShot = await watched(trying, "zero-shot", known + test.tasks.length, async (did) => ({
    validation: await zeroShotRanks(base, validation, did),
    test: await zeroShotRanks(base, test, (tasks) => did(known + tasks)),
  }));
  return { base, metric, validation, test, zeroShot };
}

/**
 * Chooses a method's knobs and ranks the test episodes with them. @throws Interrupted when told to
 * stop.
 */
export async function tryMethod(method: Method, ground: Ground, trying: Trying): Promise<Trial> {
  const { name, title } = method;
  const { metric, validation: tasks, zeroShot } = ground;
  const begin = performance.now();
  const selection = await watched(
    trying,
    name,
    tasks.tasks.length,
    (did) => choose(method, { tasks, zeroShot: zeroShot.validation, metric }, did),
  );
  const { chosen } = selection;
  const { test: same } = zeroShot;
  const answered = chosen === undefined ? { ranks: same, placebo: same } : await onTest(
    trying,
    name,
    ground.test,
    (tasks, did) => ranksWith(method, tasks, chosen, did),
  );
  const seconds = (performance.now() - begin) / 1000;
  trying.terminal.line(`   ${name.padEnd(20)} ${knobsText(chosen)}   ${seconds.toFixed(1)} s`);
  return { name, title, selection, ...answered, seconds };
}

/** Hears how many tasks are done. */
export type TasksDone = (tasks: number) => void;

/** Ranks the test episodes, with their own support and with the next episode's. */
export async function onTest(
  trying: Trying,
  name: string,
  test: Tasks,
  rank: (tasks: Tasks, did: TasksDone) => Promise<Float64Array>,
): Promise<Pick<Trial, "ranks" | "placebo">> {
  const { length } = test.tasks;
  return await watched(trying, `${name} on the test episodes`, 2 * length, async (did) => ({
    ranks: await rank(test, did),
    placebo: await rank(withPlacebo(test), (tasks) => did(length + tasks)),
  }));
}

/** The ranks of one cell's answers. */
export async function ranksWith(
  method: Pick<Method, "answer">,
  tasks: Tasks,
  knobs: Knobs,
  did?: TasksDone,
): Promise<Float64Array> {
  const [ranks] = await ranksOfCells(method, tasks, [knobs], did);
  return ranks;
}

/** Shows how far `work` over `total` tasks has come. @throws Interrupted when told to stop. */
async function watched<T>(
  { terminal, signal }: Trying,
  title: string,
  total: number,
  work: (did: TasksDone) => Promise<T>,
): Promise<T> {
  const bar = terminal.progress(title, total);
  bar.update(0);
  try {
    return await work((tasks) => {
      heed(signal);
      bar.update(tasks);
    });
  } finally {
    bar.end();
  }
}

function heed(signal: StopSignal): void {
  const name = signal.received();
  if (name !== undefined) throw new Interrupted(name);
}
