/** What the learner took before, counted: shares of the support's courses beside the softmax. */
import { gridOf, mixed, type UntrainedMethod } from "./method.ts";
import type { Support } from "./task.ts";

/** λ, γ, and what is counted. */
export type CountsKnobs = {
  readonly weight: number;
  readonly decay: number;
  readonly counted: "labels" | "prefixes too";
};

/** A course of a prefix counts half of a label. */
const PREFIX_WEIGHT = 0.5;

/**
 * [nItems] shares of the support's courses: each label counts γ to the number of pairs after it;
 * each course of its prefixes, if they count, half as much as the newest pair that shows it.
 */
export function shares(
  { pairs }: Support,
  nItems: number,
  { decay, counted }: Pick<CountsKnobs, "decay" | "counted">,
): Float64Array {
  const counts = new Float64Array(nItems);
  const shown = new Set<number>();
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { prefix, label } = pairs[i];
    const age = decay ** (pairs.length - 1 - i);
    counts[label] += age;
    if (counted === "labels") continue;
    for (const item of prefix) {
      if (!shown.has(item)) counts[item] += PREFIX_WEIGHT * age;
      shown.add(item);
    }
  }
  const sum = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => count / sum);
}

/** The method. */
export const SUPPORT_COUNTS: UntrainedMethod<
  CountsKnobs,
  { readonly weight: number; readonly shares: Float64Array }
> = {
  name: "support_counts",
  title: "counts of the support's courses",
  grid: gridOf<CountsKnobs>({
    weight: [0.02, 0.05, 0.1, 0.2, 0.3, 0.5],
    decay: [1, 0.8, 0.5],
    counted: ["labels", "prefixes too"],
  }),
  adapt: (support, knobs) => ({
    weight: knobs.weight,
    shares: shares(support, support.pairs[0].logits.length, knobs),
  }),
  score: ({ weight, shares }, { chances }) => mixed(chances, shares, weight),
};
