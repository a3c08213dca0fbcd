/** A training state to the device. */
import type { TrainingState } from "../engine.ts";
import type { Gpu } from "./device.ts";
import { packMoments, packWeights } from "./parameters.ts";
import type { Program } from "./program.ts";
import type { Runner } from "./runner.ts";

/** The state's weights and moments to the stores. */
export function uploadState(
  gpu: Gpu,
  program: Program,
  runner: Runner,
  state: TrainingState,
): void {
  const { queue } = gpu.device;
  program.stores.forEach(({ layout }, i) => {
    const { weights, moments } = runner.stores[i];
    queue.writeBuffer(weights, 0, packWeights(layout, state.parameters));
    queue.writeBuffer(moments, 0, packMoments(layout, state.firstMoments, state.secondMoments));
  });
}
