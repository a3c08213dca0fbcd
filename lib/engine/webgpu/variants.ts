/**
 * Which variants of a program there are to choose from, and the choice by their times. Pure.
 */
import { CROSS_ENTROPY } from "../../models/loss.ts";
import { batchCount, type Plan } from "../../samplers/sequences.ts";
import type { EngineOptions } from "../engine.ts";
import type { TimedVariant, Tuned, Variant } from "../tuning.ts";
import type { Gpu } from "./device.ts";
import type { Program } from "./program.ts";

/**
 * Steps that one submit carries: enough that submits cost little (a submit of 32 takes a processor
 * twice as long a step). `fit` asks for no more at once than about half a second's.
 */
export const STEPS_A_SUBMIT = 128;

/** Threads, besides as many as the device has, and steps a submit that are tried. */
const THREADS = [512, 256, 128, 64];
const STEPS = [STEPS_A_SUBMIT, 32, 8];

/** The variants on a device of so many threads a workgroup; the engine's own choice first. */
export function kernelVariants(most: number): Variant[] {
  const own: Variant = { threads: most, registers: true, stepsASubmit: STEPS_A_SUBMIT };
  return [
    own,
    ...THREADS.filter((threads) => threads < most).map((threads) => ({ ...own, threads })),
    { ...own, registers: false },
  ];
}

/** The first variant of every program, of those that make the same kernels. */
export function distinctVariants(
  variants: readonly Variant[],
  programOf: (variant: Variant) => Program,
): Variant[] {
  const first = new Map<string, Variant>();
  for (const variant of variants) {
    const { differentiate, update } = programOf(variant);
    const text = JSON.stringify([...differentiate, ...update].map(({ kernel }) => kernel.code));
    if (!first.has(text)) first.set(text, variant);
  }
  return [...first.values()];
}

/** A variant with the numbers of steps a submit that differ where `batches` are run. */
export function submitVariants(variant: Variant, batches: number): Variant[] {
  const smaller = STEPS.slice(1).filter((steps) => steps < batches);
  return [STEPS[0], ...smaller].map((stepsASubmit) => ({ ...variant, stepsASubmit }));
}

/** Whether a variant, read from a file, is one that a device of so many threads can have. */
export function isVariant({ threads, registers, stepsASubmit }: Variant, most: number): boolean {
  return STEPS.includes(stepsASubmit) &&
    kernelVariants(most).some((one) => one.threads === threads && one.registers === registers);
}

/** The fastest, of equals the first. @throws TypeError where none has a time. */
export function fastest(times: readonly TimedVariant[]): Variant {
  let best: TimedVariant | undefined;
  for (const one of times) {
    if (one.ms !== undefined && one.ms < (best?.ms ?? Infinity)) best = one;
  }
  if (best === undefined) throw new TypeError("no variant has a time");
  const { threads, registers, stepsASubmit } = best;
  return { threads, registers, stepsASubmit };
}

/** The middle value, of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Under what a choice is kept: all that decides the kernels and how much they have to do. */
export function tuningKey(
  { info, limits }: Pick<Gpu, "info" | "limits">,
  { model, loss = CROSS_ENTROPY }: Pick<EngineOptions, "model" | "loss">,
  plan: Plan,
): string {
  const windows = batchCount(plan) === 0 ? 0 : plan.offsets[1] - plan.offsets[0];
  return JSON.stringify({ info, limits, model, loss, windows });
}

/** A choice for people. */
export function describeVariant({ threads, registers, stepsASubmit }: Variant): string {
  return `at most ${threads} threads a workgroup, ` +
    `${registers ? "" : "matrices streamed, "}${stepsASubmit} steps a submit`;
}

/** A choice for people, with what its kernels gained. */
export function describeTuned({ chosen, times }: Tuned): string {
  // steps a submit are timed after the kernels, over other batches
  const own = times.find(({ threads, registers }) =>
    threads === chosen.threads && registers === chosen.registers
  );
  const told = (one?: TimedVariant) => one?.ms === undefined ? "?" : one.ms.toFixed(3);
  const timed = times.filter(({ ms }) => ms !== undefined).length;
  return `${describeVariant(chosen)} (${told(own)} ms a step, ${told(times[0])} by default; ` +
    `${timed} timed)`;
}
