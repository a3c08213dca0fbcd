/** Tasks as the kernels' words: parts, windows, targets, tokens and rows of the item table. */
import { PART, TASK_TARGET, TASK_WINDOW } from "../../../kernels/webgpu/tasks/records.ts";
import type { PassNumbers } from "../../../kernels/webgpu/tasks/records.ts";
import { taskCount, type TaskWindows } from "../../../samplers/task_windows.ts";

/** Sizes of the largest part. */
export interface PartSizes {
  readonly windows: number;
  readonly tokens: number;
  readonly targets: number;
  readonly rows: number;
}

/** Tasks that are in memory together. */
export interface Wave {
  readonly from: number;
  readonly to: number;
  /** Targets of their queries. */
  readonly queries: number;
  /** Where the plan has, by row of the table, the tasks that have it; with `tables` only. */
  readonly table: PassNumbers;
}

/** Tasks as words. */
export interface TaskPlan {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Where what is in them. */
  readonly places: PassNumbers;
  readonly waves: readonly Wave[];
}

/** The largest support and the largest queries. */
export function largestParts({ windows, parts }: TaskWindows): readonly [PartSizes, PartSizes] {
  const most = [0, 1].map(() => ({ windows: 0, tokens: 0, targets: 0, rows: 0 }));
  for (let part = 0; part < parts.length - 1; part++) {
    const [from, to] = [parts[part], parts[part + 1]];
    const one = most[part % 2];
    const items = new Set<number>();
    let tokens = 0;
    // a task's rows are those of both parts
    for (let w = part % 2 === 0 ? from : parts[part - 1]; w < to; w++) {
      for (const item of itemsOf(windows, w)) items.add(item);
      if (w >= from) tokens += windows.length[w];
    }
    one.windows = Math.max(one.windows, to - from);
    one.tokens = Math.max(one.tokens, tokens);
    one.targets = Math.max(one.targets, windows.targetOffsets[to] - windows.targetOffsets[from]);
    one.rows = Math.max(one.rows, items.size);
  }
  return [most[0], most[1]];
}

/** The bounds of waves of at most `most` tasks, none across a bound of `offsets`. */
export function waveBounds(offsets: ArrayLike<number>, most: number): [number, number][] {
  const bounds: [number, number][] = [];
  for (let i = 0; i + 1 < offsets.length; i++) {
    for (let from = offsets[i]; from < offsets[i + 1]; from += most) {
      bounds.push([from, Math.min(offsets[i + 1], from + most)]);
    }
  }
  return bounds;
}

/** What the plan needs to know of the model and of the work. */
export interface PlanShape {
  /** Rows of the item table, and the one that is padding and has no gradient. */
  readonly tableRows: number;
  readonly paddingRow: number;
  /** Whether waves list the tasks of each row. */
  readonly tables: boolean;
}

/** Writes the words of all tasks. */
export function planTasks(
  tasks: TaskWindows,
  bounds: readonly (readonly [number, number])[],
  { tableRows, paddingRow, tables }: PlanShape,
): TaskPlan {
  const { windows, parts } = tasks;
  const count = taskCount(tasks);
  const words: number[] = new Array(2 * count * PART.size).fill(0);
  const rowsOfTasks: number[][] = [];
  const tokensOfItems: number[] = [];
  for (let task = 0; task < count; task++) {
    const rows: number[] = [];
    const rowOf = new Map<number, number>();
    const sizes = [0, 1].map((part) => {
      const [from, to] = [parts[2 * task + part], parts[2 * task + part + 1]];
      const first = tokensOfItems.length;
      for (let w = from; w < to; w++) {
        for (const item of itemsOf(windows, w)) {
          if (!rowOf.has(item)) rowOf.set(item, rows.push(item) - 1);
          tokensOfItems.push(rowOf.get(item)!);
        }
      }
      return { from, to, first, end: tokensOfItems.length, rows: rows.length };
    });
    const itemsAt = words.length;
    words.push(...rows);
    sizes.forEach(({ from, to, first, end, rows: known }, part) => {
      const record = (2 * task + part) * PART.size;
      const segmentsAt = words.length;
      const sorted = tokensByRow(tokensOfItems.slice(first, end), known, rowOf.get(paddingRow));
      for (const offset of sorted.offsets) words.push(offset);
      const values = {
        windows: to - from,
        firstWindow: from,
        tokens: end - first,
        firstToken: first,
        targets: windows.targetOffsets[to] - windows.targetOffsets[from],
        firstTarget: windows.targetOffsets[from],
        rows: known,
        itemsAt,
        segmentsAt,
        sortedAt: words.length,
        answersAt: 0,
      };
      for (const token of sorted.tokens) words.push(token);
      for (const [name, offset] of Object.entries(PART.at)) {
        words[record + offset] = values[name as keyof typeof values];
      }
    });
    rowsOfTasks.push(rows);
  }
  const places = { partsAt: 0, ...writeWindows(words, tasks), tokensAt: words.length };
  for (const row of tokensOfItems) words.push(row);
  const waves = bounds.map(([from, to]) => {
    let queries = 0;
    for (let task = from; task < to; task++) {
      const record = (2 * task + 1) * PART.size;
      words[record + PART.at.answersAt] = queries;
      queries += words[record + PART.at.targets];
    }
    const table = tables ? writeTable(words, rowsOfTasks.slice(from, to), tableRows) : {};
    return { from, to, queries, table };
  });
  return { words: Uint32Array.from(words), places, waves };
}

/** The items of a task's rows, in their order. */
export function rowsOfTask({ words }: TaskPlan, task: number): Uint32Array {
  const queries = (2 * task + 1) * PART.size;
  const at = words[queries + PART.at.itemsAt];
  return words.subarray(at, at + words[queries + PART.at.rows]);
}

function itemsOf(
  { items, start, length }: TaskWindows["windows"],
  window: number,
): Int32Array {
  return items.subarray(start[window], start[window] + length[window]);
}

/** Tokens in the order of their rows; those of padding are left out, so that it has no gradient. */
function tokensByRow(rowOfToken: readonly number[], rows: number, padding: number | undefined) {
  const of: number[][] = Array.from({ length: rows }, () => []);
  rowOfToken.forEach((row, token) => {
    if (row !== padding) of[row].push(token);
  });
  const offsets = [0];
  for (const tokens of of) offsets.push(offsets[offsets.length - 1] + tokens.length);
  return { offsets, tokens: of.flat() };
}

/** The records of windows and targets, whose tokens are counted within their part. */
function writeWindows(words: number[], { windows, parts }: TaskWindows) {
  const windowsAt = words.length;
  const firstTokens: number[] = [];
  for (let part = 0; part < parts.length - 1; part++) {
    let token = 0;
    for (let w = parts[part]; w < parts[part + 1]; w++) {
      const target = windows.targetOffsets[w];
      const record = new Array(TASK_WINDOW.size).fill(0);
      record[TASK_WINDOW.at.firstToken] = token;
      record[TASK_WINDOW.at.items] = windows.length[w];
      record[TASK_WINDOW.at.firstTarget] = target - windows.targetOffsets[parts[part]];
      record[TASK_WINDOW.at.targets] = windows.targetOffsets[w + 1] - target;
      words.push(...record);
      firstTokens.push(token);
      token += windows.length[w];
    }
  }
  const targetsAt = words.length;
  firstTokens.forEach((first, w) => {
    for (let i = windows.targetOffsets[w]; i < windows.targetOffsets[w + 1]; i++) {
      const position = windows.targetPosition[i];
      const record = new Array(TASK_TARGET.size).fill(0);
      record[TASK_TARGET.at.token] = first + position;
      record[TASK_TARGET.at.label] = windows.targetLabel[i];
      record[TASK_TARGET.at.position] = position;
      words.push(...record);
    }
  });
  return { windowsAt, targetsAt };
}

/** By row of the item table: the tasks that have it, and as which of their rows. */
function writeTable(words: number[], rowsOfTasks: readonly number[][], tableRows: number) {
  const offsets = new Uint32Array(tableRows + 1);
  for (const row of rowsOfTasks.flat()) offsets[row + 1]++;
  for (let row = 0; row < tableRows; row++) offsets[row + 1] += offsets[row];
  const entries = new Uint32Array(2 * offsets[tableRows]);
  const next = offsets.slice();
  rowsOfTasks.forEach((rows, task) =>
    rows.forEach((row, own) => {
      const at = 2 * next[row]++;
      entries[at] = task;
      entries[at + 1] = own;
    })
  );
  const tableAt = words.length;
  for (const offset of offsets) words.push(offset);
  const tableTasksAt = words.length;
  for (const word of entries) words.push(word);
  return { tableAt, tableTasksAt };
}
