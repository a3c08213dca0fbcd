/** Tries methods: their knobs chosen on validation episodes, then the test episodes once. */
import type { Base } from "../../fewshot/base.ts";
import { choose, type Selection } from "../../fewshot/choose.ts";
import type { Knobs, Method } from "../../fewshot/method.ts";
import { ranksOfCells, zeroShotRanks } from "../../fewshot/ranks.ts";
import { type Tasks, withPlacebo } from "../../fewshot/task.ts";
import type { MetricName } from "../../metrics/metrics.ts";
import type { Terminal } from "../../terminal/terminal.ts";
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

/** Asks the base model all episodes. */
export async function groundOf(
  base: Base,
  metric: MetricName,
  validation: Tasks,
  test: Tasks,
): Promise<Ground> {
  return {
    base,
    metric,
    validation,
    test,
    zeroShot: {
      validation: await zeroShotRanks(base, validation),
      test: await zeroShotRanks(base, test),
    },
  };
}

/** Chooses a method's knobs and ranks the test episodes with them. */
export async function tryMethod(
  method: Method,
  ground: Ground,
  terminal: Terminal,
): Promise<Trial> {
  const { name, title } = method;
  const { metric, validation, test, zeroShot } = ground;
  const begin = performance.now();
  const bar = terminal.progress(name, validation.tasks.length);
  const selection = await choose(
    method,
    { tasks: validation, zeroShot: zeroShot.validation, metric },
    bar.update,
  );
  bar.end();
  const { chosen } = selection;
  const ranks = chosen === undefined ? zeroShot.test : await ranksWith(method, test, chosen);
  const placebo = chosen === undefined
    ? zeroShot.test
    : await ranksWith(method, withPlacebo(test), chosen);
  const seconds = (performance.now() - begin) / 1000;
  terminal.line(`   ${name.padEnd(20)} ${knobsText(chosen)}   ${seconds.toFixed(1)} s`);
  return { name, title, selection, ranks, placebo, seconds };
}

async function ranksWith(
  method: Pick<Method, "answer">,
  tasks: Tasks,
  knobs: Knobs,
): Promise<Float64Array> {
  const [ranks] = await ranksOfCells(method, tasks, [knobs]);
  return ranks;
}
