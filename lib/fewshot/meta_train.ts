/**
 * Meta-training: outer steps over tasks of training episodes, a look at the validation episodes
 * every so many steps, and the best start by their metric kept. All that decides what follows is in
 * `MetaProgress`, so that training goes on from one as if nothing had happened.
 */
import type { Adaptation, InnerLoop, MetaState, OuterLoop } from "../engine/adaptation.ts";
import { highestOf, scoreOfRanks } from "../evaluation/selection.ts";
import type { MetricName } from "../metrics/metrics.ts";
import { taskWindows } from "../samplers/task_windows.ts";
import type { TaskDraws } from "./meta_tasks.ts";
import type { Method } from "./method.ts";
import { visitRows, windowsOfTasks } from "./fine_tune.ts";
import { ranksOfCells } from "./ranks.ts";
import { portions } from "./method.ts";
import type { Tasks } from "./task.ts";
import { turnTaking } from "./turns.ts";

/** A checkpoint's value on the validation episodes. */
export interface Checked {
  readonly step: number;
  readonly value: number;
  /** Mean loss of the steps since the checkpoint before; none before the first step. */
  readonly loss?: number;
}

/** Where meta-training stands. */
export interface MetaProgress {
  readonly state: MetaState;
  /** Every checkpoint so far. */
  readonly checked: readonly Checked[];
  /** The state of the best of them: the first where several tie. */
  readonly best: MetaState;
  /** Losses of the steps since the last checkpoint. */
  readonly losses: readonly number[];
}

/** What is trained. */
export interface MetaTraining {
  readonly inner: InnerLoop;
  readonly outer: OuterLoop;
  /** Outer steps in all, and between two looks at the validation episodes. */
  readonly steps: number;
  readonly validateEvery: number;
  readonly metric: MetricName;
  readonly maxLen: number;
}

/** Outer steps a call of the engine at most, and its time: after it a signal is heard. */
const STEPS_AT_ONCE = 10;
const CALL_MS = 1000;

/**
 * Trains `adaptation` on to `steps`, or until `watch` answers "stop". @throws Diverged when a loss
 * is not finite.
 */
export async function metaTrain(
  adaptation: Adaptation,
  { inner, outer, steps, validateEvery, metric, maxLen }: MetaTraining,
  draws: TaskDraws,
  validation: Tasks,
  { from, watch = () => {} }: {
    readonly from?: MetaProgress;
    readonly watch?: (progress: MetaProgress) => Promise<"stop" | void> | "stop" | void;
  } = {},
): Promise<MetaProgress> {
  const valueOf = async () => {
    const method = adaptedMethod(adaptation, inner, maxLen);
    const [ranks] = await ranksOfCells(method, validation, [{}]);
    return scoreOfRanks(ranks)[metric];
  };
  let progress = from ?? await begin(adaptation, await valueOf());
  let atOnce = 1;
  while (progress.state.step < steps) {
    const at = progress.state.step;
    const next = Math.min(steps, at + atOnce, at - at % validateEvery + validateEvery);
    const begun = performance.now();
    const losses = await takeSteps(adaptation, { inner, outer, maxLen }, draws, at, next);
    const fit = Math.floor(CALL_MS * (next - at) / (performance.now() - begun));
    atOnce = Math.max(1, Math.min(STEPS_AT_ONCE, fit));
    const state = await adaptation.export();
    progress = { ...progress, state, losses: [...progress.losses, ...losses] };
    if (next % validateEvery === 0 || next === steps) {
      progress = withCheck(progress, await valueOf());
    }
    if (await watch(progress) === "stop") return progress;
  }
  return progress;
}

async function begin(adaptation: Adaptation, value: number): Promise<MetaProgress> {
  const state = await adaptation.export();
  return { state, best: state, checked: [{ step: state.step, value }], losses: [] };
}

function withCheck(progress: MetaProgress, value: number): MetaProgress {
  const { state, losses } = progress;
  const loss = losses.reduce((sum, one) => sum + one, 0) / losses.length;
  const checked = [...progress.checked, { step: state.step, value, loss }];
  const best = highestOf(checked.map((one) => one.value)) === checked.length - 1
    ? state
    : progress.best;
  return { state, checked, best, losses: [] };
}

/** The outer steps from+1 .. to. */
async function takeSteps(
  adaptation: Adaptation,
  { inner, outer, maxLen }: Pick<MetaTraining, "inner" | "outer" | "maxLen">,
  draws: TaskDraws,
  from: number,
  to: number,
): Promise<Float64Array> {
  const offsets = new Int32Array(to - from + 1);
  const episodes = Array.from({ length: to - from }, (_, i) => {
    const drawn = draws.draw(from + i + 1);
    offsets[i + 1] = offsets[i] + drawn.length;
    return [...drawn];
  }).flat();
  const windows = taskWindows(episodes.map(draws.pairs), maxLen, "shared");
  return await adaptation.trainOuter(windows, offsets, inner, outer);
}

/** The inner loop from an adaptation's start as a method of one cell. */
export function adaptedMethod(
  adaptation: Adaptation,
  inner: InnerLoop,
  maxLen: number,
): Pick<Method, "answer"> {
  return {
    async answer(tasks, _cells, visit) {
      const turn = turnTaking();
      for (const [from, to] of portions(tasks, adaptation.nItems)) {
        const part = tasks.slice(from, to);
        const [answers] = await adaptation.answer(windowsOfTasks(part, maxLen), inner, [
          inner.steps,
        ]);
        visitRows(
          part,
          adaptation.nItems,
          answers,
          (task, scores) => visit(0, from + task, scores),
        );
        await turn();
      }
    },
  };
}
