/**
 * The support's labels by the likeness of states: a prototypical network that can work here, since
 * a pure one has at most as many labels as there are pairs (Snell et al. 2017; the mixture is the
 * continuous cache of Grave et al. 2017).
 */
import { softmax } from "./base.ts";
import { gridOf, mixed, type ReadPair, type UntrainedMethod } from "./method.ts";

/** λ and β. */
export type CacheKnobs = { readonly weight: number; readonly sharpness: number };

/** Cosine of two states; 0 where one is zero. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    squaresA += a[i] * a[i];
    squaresB += b[i] * b[i];
  }
  return product === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

/** The method. */
export const SUPPORT_CACHE: UntrainedMethod<
  CacheKnobs,
  { readonly pairs: readonly ReadPair[]; readonly knobs: CacheKnobs }
> = {
  name: "support_cache",
  title: "cache of the support's states",
  grid: gridOf<CacheKnobs>({
    weight: [0.02, 0.05, 0.1, 0.2, 0.3, 0.5],
    sharpness: [0, 2, 5, 10, 20],
  }),
  adapt: ({ pairs }, knobs) => ({ pairs, knobs }),
  score({ pairs, knobs: { weight, sharpness } }, { state, chances }) {
    const attention = softmax(pairs.map((pair) => sharpness * cosine(state, pair.state)));
    const shares = new Float64Array(chances.length);
    pairs.forEach(({ label }, i) => shares[label] += attention[i]);
    return mixed(chances, shares, weight);
  },
};
