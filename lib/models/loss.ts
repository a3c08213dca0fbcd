/**
 * Losses as plain data, sent to threads as they are. Each engine has a head a loss, found by the
 * loss's name: it turns states and labels into the loss and its gradients.
 */
import { InputError } from "../errors/input_error.ts";

/** What training minimises over the targets of a batch; a loss with settings extends it. */
export interface Loss {
  readonly name: string;
}

/** Mean softmax cross-entropy over the whole catalogue: the notebook's loss. */
export const CROSS_ENTROPY: Loss = { name: "cross_entropy" };

/** A loss over a target's label and some courses that are drawn for it (`random/negatives.ts`). */
export interface SampledLoss extends Loss {
  /** Courses that are drawn for each target, with replacement, never its label. */
  readonly negatives: number;
}

/**
 * gBCE of gSASRec (Petrov & Macdonald, RecSys 2023, equation 12), the mean over a target's 1 + k
 * scores: (β·log(1 + exp(−r₊)) + Σⱼ log(1 + exp(rⱼ))) / (1 + k). Drawing too few negatives makes a
 * model overconfident, and β ≤ 1 takes that back. β = 1 is SASRec's binary cross-entropy.
 */
export interface BinaryLoss extends SampledLoss {
  readonly name: "bce" | "gbce";
  /**
   * The paper's t in [0, 1]: 0 is `bce`, 1 gives the probabilities of a model that is trained on
   * all negatives.
   */
  readonly calibration: number;
}

/**
 * BPR-max of GRU4Rec (Hidasi & Karatzoglou, CIKM 2018, section 3.2): −log Σⱼ sⱼ·σ(r₊ − rⱼ) +
 * λ·Σⱼ sⱼ·rⱼ², s being the softmax of the negatives' scores alone.
 */
export interface BprMaxLoss extends SampledLoss {
  readonly name: "bpr_max";
  /** λ: pulls the scores of likely negatives to zero. */
  readonly regularisation: number;
}

/** The losses that draw negatives. */
export type DrawingLoss = BinaryLoss | BprMaxLoss;

/** The losses by name, as a setting chooses them. */
export const LOSSES = ["cross_entropy", "bce", "gbce", "bpr_max"] as const;

/**
 * gBCE's β: α·(t·(1 − 1/α) + 1/α) with α = k / (n − 1), the share of negatives that is drawn, at
 * most 1.
 */
export function positiveWeight({ negatives, calibration }: BinaryLoss, nItems: number): number {
  const drawn = Math.min(1, negatives / (nItems - 1));
  return calibration * (drawn - 1) + 1;
}

/** @throws InputError where a loss draws negatives and there is no second course to draw. */
export function checkLoss(loss: Loss, nItems: number): void {
  if (!("negatives" in loss) || nItems > 1) return;
  throw new InputError({
    doing: `training with the loss ${loss.name}`,
    found: "a catalogue of one course",
    wanted: "a second one, to be drawn as a negative",
    next: "use the loss cross_entropy",
  });
}
