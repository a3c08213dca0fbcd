/**
 * Losses as plain data, sent to threads as they are. Each engine has a head a loss, found by the
 * loss's name: it turns states and labels into the loss and its gradients.
 */

/** What training minimises over the targets of a batch; a loss with settings extends it. */
export interface Loss {
  readonly name: string;
}

/** Mean softmax cross-entropy over the whole catalogue: the notebook's loss. */
export const CROSS_ENTROPY: Loss = { name: "cross_entropy" };
