/** The dispatches of tasks that adapt: a wave of them begins, takes inner steps, answers. */
import type { TaskKernels } from "../../../kernels/webgpu/tasks/kernels.ts";
import type { Moved } from "../../../kernels/webgpu/tasks/layout.ts";
import { GRADIENT_USES, type PassNumbers } from "../../../kernels/webgpu/tasks/records.ts";
import type { InnerLoop } from "../../adaptation.ts";
import type { Arena } from "./arena.ts";
import type { PartSizes, Wave } from "./plan.ts";
import type { ScriptWriter } from "./script.ts";

/** Tasks in memory and how they adapt. */
export interface WaveWork {
  readonly script: ScriptWriter;
  readonly wave: Wave;
  readonly kernels: TaskKernels;
  /** What of a task lies in its memory: all, where gradients of all are wanted. */
  readonly moved: Moved;
  readonly inner: InnerLoop;
  readonly arena: Arena;
  /** Numbers that all passes share: where things are. */
  readonly base: PassNumbers;
  /** The largest support and the largest queries. */
  readonly sizes: readonly [PartSizes, PartSizes];
}

/** Adam inside as PyTorch's defaults have it; gradients.wgsl has them too. */
const BETA1 = 0.9;
const BETA2 = 0.999;

/** Begins a pass over the wave's tasks. */
export function passOf({ script, wave, base }: WaveWork, numbers: PassNumbers) {
  const { from, to } = wave;
  return script.pass(to - from, { ...base, firstTask: from, tasks: to - from, ...numbers });
}

/** The tasks' parameters become the start's. */
export function beginTasks(work: WaveWork): void {
  passOf(work, {})(work.kernels.begin, work.sizes[1]);
}

/** Inner step `step`, from 1; `more` goes to its pass's numbers. */
export function innerStep(work: WaveWork, step: number, more: PassNumbers = {}): void {
  const { kernels, moved, inner: { optimizer }, sizes: [support] } = work;
  const run = passOf(work, {
    part: 0,
    gradientUse: GRADIENT_USES[optimizer],
    innerStep: step,
    innerSize: 1 / (1 - BETA1 ** step),
    innerCorrection: 1 / Math.sqrt(1 - BETA2 ** step),
    ...more,
  });
  // states change with what is below the output layer alone
  if (moved === "all" || step === 1) run(kernels.forward, support);
  run(kernels.head, support);
  if (moved === "all") run(kernels.backward, support);
  run(kernels.gradients, support);
}

/** The gradient of a part's loss at the tasks' parameters, all of it kept at `keepTo`. */
export function keepGradient(work: WaveWork, part: 0 | 1, keepTo: number): void {
  const { kernels, sizes } = work;
  const run = passOf(work, { part, gradientUse: GRADIENT_USES.keep, keepTo });
  run(kernels.forward, sizes[part]);
  run(kernels.head, sizes[part]);
  run(kernels.backward, sizes[part]);
  run(kernels.gradients, sizes[part]);
}

/** The queries' logits, from float `answersAt` of the answers on. */
export function answerQueries(work: WaveWork, answersAt: number, statesAreThere: boolean): void {
  const { kernels, arena, sizes: [, queries] } = work;
  const run = passOf(work, { part: 1, recordsAt: arena.queryRecordsAt, answersAt });
  if (!statesAreThere) run(kernels.forward, queries);
  run(kernels.answers, queries);
}
