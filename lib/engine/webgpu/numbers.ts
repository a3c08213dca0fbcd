/**
 * A step's numbers beyond its plan: where activations are, how sums are split, what the optimiser
 * and dropout need to know.
 */
import { roundUp } from "../../kernels/webgpu/kernel.ts";
import { writeStep } from "../../kernels/webgpu/step_uniform.ts";
import type { AdamConfig } from "../engine.ts";
import type { EpochPlan, PlannedStep } from "./plan.ts";
import type { Program, Regions } from "./program.ts";

/** What the numbers depend on. */
export interface NumberedBy {
  readonly program: Program;
  readonly regions: Regions;
  readonly optimizer: AdamConfig;
  readonly seed: number;
}

/** What Adam's kernels are told of their step, the first of which is 1. */
export function adamFields({ learningRate, beta1, beta2, epsilon }: AdamConfig, step: number) {
  return {
    stepSize: learningRate / (1 - beta1 ** step),
    rootCorrection: 1 / Math.sqrt(1 - beta2 ** step),
    epsilon,
    oneMinusBeta1: 1 - beta1,
    beta2,
    oneMinusBeta2: 1 - beta2,
  };
}

/**
 * Writes the numbers of all steps of an epoch, of which batch b is the optimiser's step base + b +
 * 1.
 */
export function writeNumbers(
  { numbers, steps }: EpochPlan,
  base: number,
  { program, regions, optimizer, seed }: NumberedBy,
): void {
  for (const [b, step] of steps.entries()) {
    const number = base + b + 1;
    if (number < 1) continue; // batches before the one that is next
    writeStep(numbers, b, {
      ...chunks(step, program),
      ...regions.fields,
      number,
      seed,
      dropBelow: program.dropBelow,
      keep: program.keep,
      ...adamFields(optimizer, number),
    });
  }
}

/** Rows of a tile of weight_gradients.wgsl, at most. */
const TILE_ROWS = 16;

/** Rows of a slice of each kind of sum, in whole tiles. */
function chunks(
  { tokens, targets, windows }: PlannedStep,
  { stores: [{ layout: { slices, targetSlices } }] }: Program,
) {
  const chunk = (rows: number, parts: number) => roundUp(Math.ceil(rows / parts), TILE_ROWS);
  return {
    tokenChunk: chunk(tokens, slices),
    targetChunk: chunk(targets, slices),
    headChunk: chunk(targets, targetSlices),
    windowChunk: Math.ceil(windows / slices),
  };
}
