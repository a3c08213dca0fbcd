/** The dispatches of an outer step: every task's outer gradient, their sum, the start's step. */
import type { OuterKernels } from "../../../kernels/webgpu/tasks/kernels.ts";
import type { OuterLoop } from "../../adaptation.ts";
import type { AdamConfig } from "../../engine.ts";
import { adamFields } from "../numbers.ts";
import { beginTasks, innerStep, keepGradient, passOf, type WaveWork } from "./inner_loop.ts";
import type { ScriptWriter } from "./script.ts";

/** A wave of an outer step. */
export interface OuterWave extends WaveWork {
  readonly outer: OuterLoop;
  readonly outerKernels: OuterKernels;
  /** Tasks of the whole step, and whether this wave is its first and its last. */
  readonly count: number;
  readonly first: boolean;
  readonly last: boolean;
}

/**
 * Length of s·α·v, the step by which gradients are compared: as the CPU's, long enough for float32
 * and short enough for the third derivative.
 */
const STEP_LENGTH = 0.02;

/** No sizes: for kernels whose dispatch is about the start. */
const WHOLE = { windows: 0, targets: 0, rows: 0 };

/** Adds the mean outer gradient of a wave's tasks to that of the waves before it. */
export function addOuterGradients(work: OuterWave): void {
  const { outer: { method, learnsRates }, outerKernels, inner, arena } = work;
  const carries = method === "second_order";
  beginTasks(work);
  for (let step = 1; step <= inner.steps; step++) {
    innerStep(work, step, carries ? { saves: 1, savedAt: savedAt(work, step) } : {});
  }
  if (carries) {
    keepGradient(work, 1, arena.carriedAt);
    for (let step = inner.steps; step >= 1; step--) carryBack(work, step);
  } else if (method === "first_order") keepGradient(work, 1, arena.gradientsAt);
  const run = passOf(work, {
    ...work.wave.table,
    sumFrom: carries ? arena.carriedAt : arena.gradientsAt,
    movement: +(method === "reptile"),
    addsUp: +!work.first,
    sumScale: work.last ? 1 / work.count : 1,
  });
  run(outerKernels.sum, WHOLE);
  if (learnsRates) run(outerKernels.rateSum, WHOLE);
}

/** Where the parameters before inner step `step` are kept. */
function savedAt({ arena }: OuterWave, step: number): number {
  return arena.savedAt + (step - 1) * arena.ownQuads;
}

/** Carries the gradient back through an inner step, by the gradients on both sides of its start. */
function carryBack(work: OuterWave, step: number): void {
  const { arena, outer, outerKernels, sizes: [support] } = work;
  const numbers = { savedAt: savedAt(work, step), stepLength: STEP_LENGTH };
  const forwards = passOf(work, { ...numbers, sign: 1 });
  forwards(outerKernels.length, support);
  forwards(outerKernels.along, support);
  keepGradient(work, 0, arena.otherAt);
  const back = passOf(work, { ...numbers, sign: -1 });
  back(outerKernels.along, support);
  keepGradient(work, 0, arena.gradientsAt);
  back(outer.learnsRates ? outerKernels.carryWithRates : outerKernels.carry, support);
}

/** Optimiser step `step` of the start, from 1. */
export function moveStart(
  script: ScriptWriter,
  { base, outerKernels: { update, rateUpdate } }: Pick<OuterWave, "base" | "outerKernels">,
  { outer, optimizer, step }: {
    readonly outer: OuterLoop;
    readonly optimizer: AdamConfig;
    readonly step: number;
  },
): void {
  const run = script.pass(0, {
    ...base,
    clipNorm: outer.clipNorm,
    ...adamFields(optimizer, step),
  });
  run(update, WHOLE);
  if (outer.learnsRates) run(rateUpdate, WHOLE);
}
