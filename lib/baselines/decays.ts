/**
 * Decays: how much less something counts the farther it lies back. The five of session-rec (Ludewig
 * & Jannach, "Evaluation of session-based recommendation algorithms", UMUAI 2018), under its names.
 */

/** Their names. */
export const DECAYS = ["div", "linear", "log", "quadratic", "same"] as const;
/** The name of a decay. */
export type Decay = typeof DECAYS[number];

/** What lies `step` ≥ 1 back counts this much. */
export const STEP_DECAY: Readonly<Record<Decay, (step: number) => number>> = {
  div: (step) => 1 / step,
  linear: (step) => step <= 100 ? 1 - 0.1 * step : 0,
  log: (step) => 1 / Math.log10(step + 1.7),
  quadratic: (step) => 1 / (step * step),
  same: () => 1,
};

/** The weight of place `place` ≥ 1 in a session of `length` courses is `weight / divisor`. */
export interface PlaceDecay {
  /** Whole numbers but for log, so that sums of them are exact and equal sums tie. */
  readonly weight: (place: number, length: number) => number;
  readonly divisor: (length: number) => number;
}

/** The same decays over places of a session: its last course counts 1. */
export const PLACE_DECAY: Readonly<Record<Decay, PlaceDecay>> = {
  div: { weight: (place) => place, divisor: (length) => length },
  linear: {
    weight: (place, length) => place <= 10 ? 10 - (length - place) : 0,
    divisor: () => 10,
  },
  log: { weight: (place, length) => 1 / Math.log10(length - place + 1.7), divisor: () => 1 },
  quadratic: { weight: (place) => place * place, divisor: (length) => length * length },
  same: { weight: () => 1, divisor: () => 1 },
};
