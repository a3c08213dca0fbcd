/** What every engine says of a loss that is not finite. */
import { SettingsError } from "../errors/input_error.ts";

/** Which batches a list of losses belongs to. */
export interface TrainedBatches {
  /** The first batch's number in its plan, from 0. */
  readonly batch: number;
  /** The first batch's optimiser step, from 1. */
  readonly step: number;
  /** What they were trained on, for people. */
  readonly device: string;
}

/** Passes on finite losses. @throws SettingsError naming the first batch with another. */
export function checkLosses(
  losses: Float64Array,
  { batch, step, device }: TrainedBatches,
): Float64Array {
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad < 0) return losses;
  throw new SettingsError({
    doing: `training batch ${batch + bad} (step ${step + bad}) on ${device}`,
    found: `the loss is ${losses[bad]}`,
    wanted: "a finite loss",
    next:
      "start a new run with a lower --learning-rate, or without the weights of --init; --resume " +
      "would go on with these settings and end here again",
  });
}
