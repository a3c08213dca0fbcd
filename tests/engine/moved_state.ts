import type { TrainingState } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import type { NeuralModel } from "../../lib/models/neural.ts";

/**
 * An early state, its biases and norms moved off the constants that they begin with: zeros hide
 * gradients.
 */
export function movedState(model: NeuralModel): TrainingState {
  const state = startingState(model, 5);
  for (const [name, { data }] of Object.entries(state.parameters)) {
    if (/bias|norm/.test(name)) {
      data.forEach((value, i) => data[i] = value + 0.3 * Math.sin(1 + 7 * i));
    }
  }
  return state;
}
