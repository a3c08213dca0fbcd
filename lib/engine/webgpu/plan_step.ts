/**
 * One step of an epoch's plan, laid into the epoch's words. Everything is sorted by counting, over
 * scratch arrays that all steps share: an epoch is planned while the device waits for nothing else.
 */
import { NO_LABEL, TARGET, wholeGroups, WINDOW } from "../../kernels/webgpu/plan_records.ts";
import type { Sequences } from "../../samplers/sequences.ts";

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
interface GatheredWindows {
  readonly start: Int32Array;
  readonly length: Int32Array;
  readonly firstTarget: Int32Array;
  readonly targets: Int32Array;
  /** Each window's first target, counted through the batch. */
  readonly firstPlace: Int32Array;
}

/** Where a step's parts begin, and their sizes. */
export interface LaidStep {
  readonly windowsAt: number;
  readonly targetsAt: number;
  readonly targets: number;
  readonly tokensAt: number;
  /** Rows of activations. */
  readonly tokens: number;
  readonly longest: number;
  readonly distinctAt: number;
  readonly distinct: number;
  readonly segmentsAt: number;
  readonly sortedAt: number;
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

/** Lays the step of a batch. @throws RangeError for an item that the model does not have. */
export function layStep(
  draft: Draft,
  sequences: Sequences,
  batch: Int32Array,
  shape: PlanShape,
): LaidStep {
  const windows = layWindows(draft, sequences, batch, shape);
  const items = layItems(draft, windows, shape);
  return { ...windows, ...items };
}

/** Room for n words; where it begins. */
function take(draft: Draft, n: number): number {
  const at = draft.size;
  draft.size += n;
  return at;
}

/** Brings a batch's windows together; how many items and targets they have. */
function gather(
  batch: GatheredWindows,
  { start, length, targetOffsets }: Sequences,
  windows: Int32Array,
) {
  let itemCount = 0;
  let targets = 0;
  for (let i = 0; i < windows.length; i++) {
    const window = windows[i];
    const n = length[window];
    const firstTarget = targetOffsets[window];
    const count = targetOffsets[window + 1] - firstTarget;
    batch.start[i] = start[window];
    batch.length[i] = n;
    batch.firstTarget[i] = firstTarget;
    batch.targets[i] = count;
    batch.firstPlace[i] = targets;
    itemCount += n;
    targets += count;
  }
  return { itemCount, targets };
}

/** Windows, targets and items of a step, and how many of which item (`tokensOf`, `found`). */
function layWindows(
  draft: Draft,
  sequences: Sequences,
  windows: Int32Array,
  { items: known, padding, padded, windowsAWorkgroup }: PlanShape,
) {
  const { words, rowOf, tokensOf, found, batch } = draft;
  const { items, targetPosition, targetLabel } = sequences;
  const { itemCount, targets } = gather(batch, sequences, windows);
  const order = byLength(draft, windows.length, windowsAWorkgroup);
  const longest = batch.length[order[0]];
  const windowsAt = take(draft, order.length * WINDOW.size);
  const targetsAt = take(draft, wholeGroups(targets) * TARGET.size);
  const tokensAt = take(draft, itemCount);
  let others = 0; // distinct items but the padding
  let row = 0;
  let token = 0;
  let target = 0;
  for (let i = 0; i < order.length; i++) {
    const place = order[i];
    if (place < 0) continue; // a window of no rows
    const at = windowsAt + i * WINDOW.size;
    const n = batch.length[place];
    const rows = padded ? longest : n;
    const firstTarget = batch.firstTarget[place];
    const count = batch.targets[place];
    words[at + WINDOW.at.firstRow] = row;
    words[at + WINDOW.at.firstToken] = token;
    words[at + WINDOW.at.items] = n;
    words[at + WINDOW.at.rows] = rows;
    words[at + WINDOW.at.firstTarget] = target;
    words[at + WINDOW.at.targets] = count;
    words[at + WINDOW.at.place] = place;
    const from = batch.start[place];
    for (let t = 0; t < n; t++) {
      const item = items[from + t];
      if (!(item >= 0 && item < known)) {
        throw new RangeError(`window ${windows[place]} has item ${item}, the model has ${known}`);
      }
      if (tokensOf[item]++ === 0 && item !== padding) found[others++] = item;
      words[tokensAt + token] = item;
      rowOf[token++] = row + t;
    }
    for (let t = 0; t < count; t++) {
      const position = padded ? longest - 1 : targetPosition[firstTarget + t];
      const to = targetsAt + target++ * TARGET.size;
      words[to + TARGET.at.row] = row + position;
      words[to + TARGET.at.label] = targetLabel[firstTarget + t];
      words[to + TARGET.at.position] = position;
      words[to + TARGET.at.place] = batch.firstPlace[place] + t;
    }
    row += rows;
  }
  for (; target < wholeGroups(targets); target++) {
    words[targetsAt + target * TARGET.size + TARGET.at.label] = NO_LABEL;
  }
  return { windowsAt, targetsAt, targets, tokensAt, itemCount, others, tokens: row, longest };
}

/**
 * The distinct items of a step, and their tokens' rows, item by item. The tokens, which are items
 * so far, become places among the distinct ones.
 */
function layItems(
  draft: Draft,
  { tokensAt, itemCount, others }: { tokensAt: number; itemCount: number; others: number },
  { padding }: PlanShape,
) {
  const { words, slotOf, rowOf, nextOfItem, tokensOf } = draft;
  const distinct = 1 + others;
  const distinctAt = take(draft, distinct);
  const segmentsAt = take(draft, distinct + 1);
  tokensOf[padding] = 0; // no gradient, no segment
  words[distinctAt] = padding;
  layFound(draft, words.subarray(distinctAt + 1, distinctAt + distinct));
  let tokens = 0;
  for (let slot = 0; slot < distinct; slot++) {
    const item = words[distinctAt + slot];
    slotOf[item] = slot;
    nextOfItem[slot] = tokens;
    tokens += tokensOf[item];
    words[segmentsAt + slot + 1] = tokens;
    tokensOf[item] = 0;
  }
  const sortedAt = take(draft, tokens);
  for (let t = 0; t < itemCount; t++) {
    const slot = words[tokensAt + t] = slotOf[words[tokensAt + t]];
    if (slot > 0) words[sortedAt + nextOfItem[slot]++] = rowOf[t];
  }
  return { distinctAt, distinct, segmentsAt, sortedAt };
}

/** A catalogue of up to so many times the items found is walked through to have them in order. */
const WALKED = 16;

/** The items found in a step, ascending. */
function layFound({ tokensOf, found }: Draft, to: Uint32Array): void {
  if (tokensOf.length > WALKED * to.length) {
    to.set(found.subarray(0, to.length));
    to.sort();
    return;
  }
  let at = 0;
  for (let item = 0; item < tokensOf.length; item++) {
    if (tokensOf[item] > 0) to[at++] = item;
  }
}

/**
 * Places in the batch, longest window first and then, with several windows a workgroup, forwards
 * and backwards in turns; −1 fills up.
 */
function byLength(
  { nextOfLength, sorted, order, batch: { length } }: Draft,
  windows: number,
  windowsAWorkgroup: number,
): Int32Array {
  const most = nextOfLength.length - 2;
  nextOfLength.fill(0);
  for (let i = 0; i < windows; i++) nextOfLength[most - length[i] + 1]++;
  for (let n = 1; n < nextOfLength.length; n++) nextOfLength[n] += nextOfLength[n - 1];
  for (let i = 0; i < windows; i++) sorted[nextOfLength[most - length[i]]++] = i;
  if (windowsAWorkgroup === 1) return sorted.subarray(0, windows);
  const workgroups = Math.ceil(windows / windowsAWorkgroup);
  const placed = order.subarray(0, workgroups * windowsAWorkgroup).fill(-1);
  for (let i = 0; i < windows; i++) {
    const round = Math.floor(i / workgroups);
    const at = i % workgroups;
    const workgroup = round % 2 === 0 ? at : workgroups - 1 - at;
    placed[workgroup * windowsAWorkgroup + round] = sorted[i];
  }
  return placed;
}
