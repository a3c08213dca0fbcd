/** Losses as plain data. Each engine has one head a loss, found by its name. */

/** What training minimises over the targets of a batch. */
export interface Loss {
  readonly name: string;
}

/** Mean softmax cross-entropy over the whole catalogue: the notebook's loss. */
export const CROSS_ENTROPY: Loss = { name: "cross_entropy" };
