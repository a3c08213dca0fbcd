/**
 * One step of an epoch's plan, laid into the epoch's words. Everything is sorted by counting, over
 * scratch arrays that all steps share: an epoch is planned while the device waits for nothing else.
 */
import { NO_LABEL, TARGET, wholeGroups, WINDOW } from "../../kernels/webgpu/plan_records.ts";
import type { Sequences } from "../../samplers/sequences.ts";
import { type Draft, type GatheredWindows, type PlanShape, take } from "./plan_draft.ts";
import { layItems, layStretches } from "./plan_items.ts";

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
  readonly stretchesAt: number;
  readonly stretches: number;
  readonly furtherStretches: number;
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
  return { ...windows, ...items, ...layStretches(draft, items) };
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
