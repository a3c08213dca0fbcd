/**
 * What an engine reads: windows over one pool of items, and the labels to predict from them.
 * Nothing is padded or copied per pair; the prefixes of one session are windows of the same stretch
 * of the pool.
 */

/**
 * Windows to score. Window i is items[start[i] .. start[i]+length[i]), already truncated, never
 * empty.
 */
export interface Windows {
  /** The pool of items, course ids. */
  readonly items: Int32Array;
  /** [windows] first item in the pool. */
  readonly start: Int32Array;
  /** [windows] number of items, 1..maxLen. */
  readonly length: Int32Array;
}

/**
 * Windows to train on. Each has one or more targets; with `pairs` batching one, at its last item.
 */
export interface Sequences extends Windows {
  /** [windows + 1] targets of window i are targetOffsets[i] .. targetOffsets[i+1]. */
  readonly targetOffsets: Int32Array;
  /** [targets] position in the window whose output predicts, ascending inside a window. */
  readonly targetPosition: Int32Array;
  /** [targets] the course to predict there. */
  readonly targetLabel: Int32Array;
}

/**
 * The batches of an epoch: batch b trains on the windows order[offsets[b] .. offsets[b+1]), and its
 * loss is the mean cross-entropy over all their targets. A window's place inside its batch is the
 * `row` of the dropout masks.
 */
export interface Plan {
  /** Window numbers, each once. */
  readonly order: Int32Array;
  /** [batches + 1] */
  readonly offsets: Int32Array;
}

/** Number of batches of a plan. */
export function batchCount(plan: Plan): number {
  return plan.offsets.length - 1;
}
