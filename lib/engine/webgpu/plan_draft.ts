/** An epoch's plan under construction: its words, and scratch arrays that all steps share. */

/** How a model wants its windows. */
export interface PlanShape {
  /** Rows of the embedding table. */
  readonly items: number;
  /** The row that is padding: the first of the distinct items, and without a gradient. */
  readonly padding: number;
  /** Windows that one workgroup takes: long ones are paired with short ones. */
  readonly windowsAWorkgroup: number;
  /**
   * Every window as long as the batch's longest, read at its last column (SASRec's `last_column`
   * while training).
   */
  readonly padded: boolean;
}

/** Words under construction, written one after the other, and what planning a step needs. */
export interface Draft {
  /** They begin as zeros. */
  readonly words: Uint32Array;
  size: number;
  /** Tokens of each item in the step; zeros between two steps. */
  readonly tokensOf: Uint32Array;
  /** Each item's place among the distinct ones of the step. */
  readonly slotOf: Uint32Array;
  /** The distinct items of the step without the padding, as they came. */
  readonly found: Uint32Array;
  /** The row of activations of each token. */
  readonly rowOf: Uint32Array;
  /** Where the next window of each length goes, longest first; the next token of each item. */
  readonly nextOfLength: Uint32Array;
  readonly nextOfItem: Uint32Array;
  /** Places in the batch by length, and as the workgroups take them; −1 fills up. */
  readonly sorted: Int32Array;
  readonly order: Int32Array;
  /** The batch's windows, brought together: their numbers lie far apart in a shuffled epoch. */
  readonly batch: GatheredWindows;
}

/** What a batch's windows are, by their places in it. */
export interface GatheredWindows {
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly firstTarget: Int32Array;
  readonly targets: Int32Array;
  /** Each window's first target, counted through the batch. */
  readonly firstPlace: Int32Array;
}

/** Sizes that bound every step of an epoch. */
export interface EpochSizes {
  readonly windows: number;
  readonly targets: number;
  readonly tokens: number;
  readonly batches: number;
  /** The largest of a batch. */
  readonly mostWindows: number;
  readonly mostTokens: number;
  readonly longest: number;
}

/** An empty draft. */
export function startDraft(
  words: Uint32Array,
  { mostWindows, mostTokens, longest }: EpochSizes,
  { items, windowsAWorkgroup }: PlanShape,
): Draft {
  const distinct = Math.min(items, mostTokens + 1);
  return {
    words,
    size: 0,
    tokensOf: new Uint32Array(items),
    slotOf: new Uint32Array(items),
    found: new Uint32Array(distinct),
    rowOf: new Uint32Array(mostTokens),
    nextOfLength: new Uint32Array(longest + 2),
    nextOfItem: new Uint32Array(distinct),
    sorted: new Int32Array(mostWindows),
    order: new Int32Array(mostWindows + windowsAWorkgroup),
    batch: {
      start: new Int32Array(mostWindows),
      length: new Int32Array(mostWindows),
      firstTarget: new Int32Array(mostWindows),
      targets: new Int32Array(mostWindows),
      firstPlace: new Int32Array(mostWindows),
    },
  };
}

/** Room for n words; where it begins. */
export function take(draft: Draft, n: number): number {
  const at = draft.size;
  draft.size += n;
  return at;
}
