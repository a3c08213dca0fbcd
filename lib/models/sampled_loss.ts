/** The losses over one target's sampled scores and their gradients, in double precision. */
import { type BinaryLoss, type BprMaxLoss, positiveWeight } from "./loss.ts";

/** log(1 + exp(x)), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + exp(−x)). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** A target's scores: its label's, then its negatives'. They become their gradients. */
export type SampledScores = Float32Array | Float64Array;

/** Turns a target's scores into gradients, times `scale`, and returns its loss (not scaled). */
export type DifferentiateScores = (scores: SampledScores, scale: number) => number;

/** Of `bce` and `gbce` over a catalogue of `nItems` courses. */
export function binaryGradients(loss: BinaryLoss, nItems: number): DifferentiateScores {
  const beta = positiveWeight(loss, nItems);
  return (scores, scale) => {
    const share = scale / scores.length;
    let sum = beta * softplus(-scores[0]);
    scores[0] = beta * share * (sigmoid(scores[0]) - 1);
    for (let j = 1; j < scores.length; j++) {
      sum += softplus(scores[j]);
      scores[j] = share * sigmoid(scores[j]);
    }
    return sum / scores.length;
  };
}

/**
 * Of `bpr_max`. With s the softmax of the negatives' scores r, σⱼ = σ(r₊ − rⱼ), F = Σ s·σ, w =
 * s·σ/F and R = Σ s·r²: d(−log F)/drⱼ = sⱼ − wⱼ·σⱼ, d(−log F)/dr₊ = −Σ w·(1 − σ), dR/drⱼ = sⱼ·(2·rⱼ
 * + rⱼ² − R).
 */
export function bprMaxGradients({ regularisation }: BprMaxLoss): DifferentiateScores {
  return (scores, scale) => {
    const label = scores[0];
    let most = -Infinity;
    let mostWon = -Infinity; // of r + log σ, the exponents of s·σ
    for (let j = 1; j < scores.length; j++) {
      most = Math.max(most, scores[j]);
      mostWon = Math.max(mostWon, scores[j] - softplus(scores[j] - label));
    }
    let sum = 0;
    let won = 0;
    let squares = 0;
    for (let j = 1; j < scores.length; j++) {
      const r = scores[j];
      const weight = Math.exp(r - most);
      sum += weight;
      squares += weight * r * r;
      won += Math.exp(r - softplus(r - label) - mostWon);
    }
    squares /= sum;
    let dLabel = 0;
    for (let j = 1; j < scores.length; j++) {
      const r = scores[j];
      const s = Math.exp(r - most) / sum;
      const w = Math.exp(r - softplus(r - label) - mostWon) / won;
      const lost = sigmoid(r - label); // 1 − σ(r₊ − r)
      dLabel -= w * lost;
      scores[j] = scale *
        (s - w * (1 - lost) + regularisation * s * (2 * r + r * r - squares));
    }
    scores[0] = scale * dLabel;
    return Math.log(sum) + most - Math.log(won) - mostWon + regularisation * squares;
  };
}
