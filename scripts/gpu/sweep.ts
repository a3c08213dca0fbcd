/**
 * The same training under other choices that the engine could make: threads a workgroup, which
 * decide between weights in registers and streamed ones, windows a workgroup and tiles; and steps a
 * submit.
 */
import { messageOf } from "../../lib/errors/input_error.ts";
import type { Pairs } from "../../lib/dataset/dataset.ts";
import type { Gpu } from "../../lib/engine/webgpu/device.ts";
import { modelsOver } from "../bench/webgpu.ts";
import { timeFit } from "./timeline.ts";

/** One choice and what it costs. */
export interface SweepRow {
  readonly model: string;
  readonly threads: number;
  readonly stepsASubmit: number;
  readonly msAStep: number;
  /** Why it was not run; else empty. */
  readonly error: string;
}

const THREADS = [1024, 512, 256, 128, 64];
const STEPS = [32, 128, 512];

/** Trains each model under each choice; threads at the usual steps a submit, and the reverse. */
export async function sweep(
  { limits }: Pick<Gpu, "limits">,
  { pairs, courses, batch, models }: {
    readonly pairs: Pairs;
    readonly courses: number;
    readonly batch: number;
    readonly models: readonly string[];
  },
): Promise<SweepRow[]> {
  const most = limits.maxComputeInvocationsPerWorkgroup;
  const choices = [
    ...THREADS.filter((n) => n <= most).map((threads) => ({ threads, stepsASubmit: 128 })),
    ...STEPS.filter((n) => n !== 128).map((stepsASubmit) => ({ threads: most, stepsASubmit })),
  ];
  const rows: SweepRow[] = [];
  for (const name of models) {
    const model = modelsOver(courses)[name];
    for (const { threads, stepsASubmit } of choices) {
      const request = {
        allowSoftware: true,
        limits: { maxComputeInvocationsPerWorkgroup: threads },
        stepsASubmit,
      };
      let msAStep = NaN;
      let error = "";
      try {
        const { total, steps } = await timeFit({ model, pairs, batch, epochs: 2, request });
        msAStep = total / steps;
      } catch (thrown) {
        error = messageOf(thrown);
      }
      rows.push({ model: name, threads, stepsASubmit, msAStep, error });
    }
  }
  return rows;
}
