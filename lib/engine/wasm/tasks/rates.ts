/** Meta-SGD's inner rates, one a tensor: few enough that one thread moves them. */
import type { AdamConfig } from "../../engine.ts";

/** Byte addresses of float64 values, [tensors] each. */
export interface SharedRates {
  readonly values: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
}

/** One step of Adam. A rate may become negative, as in the original (Li et al. 2017). */
export function learnRates(
  buffer: ArrayBufferLike,
  { values, firstMoments, secondMoments }: SharedRates,
  gradients: Float64Array,
  { learningRate, beta1, beta2, epsilon }: AdamConfig,
  step: number,
): void {
  const view = (address: number) => new Float64Array(buffer, address, gradients.length);
  const rates = view(values);
  const first = view(firstMoments);
  const second = view(secondMoments);
  gradients.forEach((gradient, t) => {
    first[t] = beta1 * first[t] + (1 - beta1) * gradient;
    second[t] = beta2 * second[t] + (1 - beta2) * gradient ** 2;
    const size = learningRate / (1 - beta1 ** step);
    rates[t] -= size * first[t] / (Math.sqrt(second[t] / (1 - beta2 ** step)) + epsilon);
  });
}
