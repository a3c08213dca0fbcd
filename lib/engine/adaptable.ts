/** Which models adapt to few-shot tasks, whatever adapts them. */
import { InputError } from "../errors/input_error.ts";
import { architectureOf, type NeuralModel } from "../models/neural.ts";

/** Whether the items' table is the output layer's weights too: tasks keep the two apart. */
export function isTied(model: NeuralModel): boolean {
  const { itemTable, outputLayer } = architectureOf(model);
  return outputLayer(model).weight === itemTable;
}

/**
 * @throws InputError for a model that is read out once a window, which depends on those beside it
 * or takes a pass a pair, and for one whose item table is its output layer too.
 */
export function checkAdaptable(model: NeuralModel): void {
  const { title, oneTargetAWindow } = architectureOf(model);
  const tied = isTied(model);
  if (!tied && !oneTargetAWindow(model)) return;
  throw new InputError({
    doing: `adapting ${title} to support pairs`,
    found: tied ? "a model with one table for items and output" : "a model read once a window",
    wanted: "one with an output layer of its own that reads every position, such as gru_global",
    next: "--methods untrained",
  });
}
