/**
 * How many workgroups the stages of a step are. A device takes 65,535 along a dimension unless it
 * says otherwise, and implementations report more than that late and to the side.
 */
import type { StepCounts, StepSizes } from "../../kernels/webgpu/step_uniform.ts";
import type { Gpu } from "./device.ts";
import { limitError } from "./errors.ts";
import type { Stage, Store } from "./program.ts";

/** A step's sizes as the kernels over a store see them. */
export function sizesOver({ shard }: Store, counts: StepCounts): StepSizes {
  return { ...counts, shardItems: shard.items, storeSize: shard.parameters };
}

/**
 * Checks the stages of a step of these sizes. @throws InputError for a kernel that would need more
 * workgroups along a dimension than the device takes.
 */
export function checkDispatches(
  gpu: Gpu,
  stores: readonly Store[],
  stages: readonly Stage[],
  counts: StepCounts,
): void {
  const limit = "maxComputeWorkgroupsPerDimension";
  for (const { kernel, store } of stages) {
    const groups = kernel.dispatch(sizesOver(stores[store], counts));
    const needed = Math.max(...groups.map((n) => n ?? 1));
    if (needed <= gpu.limits[limit]) continue;
    throw limitError(gpu, {
      doing: `dispatching the kernel ${kernel.name} over a batch of ${counts.windows} windows`,
      what: "its number of workgroups",
      needed,
      limit,
      next: "start anew with a smaller batch size, or with --device wasm",
    });
  }
}
