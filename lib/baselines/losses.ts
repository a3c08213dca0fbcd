/** What a neural baseline minimises, as settings. */
import { CROSS_ENTROPY, type DrawingLoss, type Loss, LOSSES } from "../models/loss.ts";
import { onlyWith } from "../settings/conditions.ts";
import { choice, integer, number, type Setting, type Values } from "../settings/settings.ts";

/** What may be set of the loss. */
export type LossSettings = {
  readonly loss: Setting<typeof LOSSES[number]>;
  readonly negatives: Setting<number>;
  readonly calibration: Setting<number>;
  readonly regularisation: Setting<number>;
};

/**
 * Those settings: cross-entropy over the whole catalogue, else the papers' values, but for the
 * number of negatives: 256 of gSASRec want thousands of steps.
 */
export const LOSS: LossSettings = {
  loss: choice(
    LOSSES,
    "what training minimises: over all courses, or over the label and drawn negatives",
    "cross_entropy",
  ),
  negatives: onlyWith(
    integer("courses drawn a target, for bce, gbce and bpr_max", 16, 1, 2048),
    { key: "loss", values: LOSSES.filter((name) => name !== "cross_entropy") },
  ),
  calibration: onlyWith(
    number("gbce's t: 0 is bce, 1 calibrates as if all negatives were seen", 0.75, 0, 1),
    { key: "loss", values: ["gbce"] },
  ),
  regularisation: onlyWith(
    number("bpr_max: weight of the squares of likely negatives' scores", 1, 0, 1000),
    { key: "loss", values: ["bpr_max"] },
  ),
};

/** The loss of those settings. */
export function lossOf(
  { loss, negatives, calibration, regularisation }: Values<LossSettings>,
): Loss {
  const drawing: Readonly<Record<DrawingLoss["name"], DrawingLoss>> = {
    bce: { name: "bce", negatives, calibration: 0 },
    gbce: { name: "gbce", negatives, calibration },
    bpr_max: { name: "bpr_max", negatives, regularisation },
  };
  return loss === "cross_entropy" ? CROSS_ENTROPY : drawing[loss];
}
