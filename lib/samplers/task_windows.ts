/**
 * Few-shot tasks as an engine's windows: each task's support and queries, pairs of one session in
 * one window, so that a pass serves them all.
 */
import type { Sequences } from "./sequences.ts";

/** A pair: what came after which courses. */
export interface TaskPair {
  /** Prefixes that are views of one pool and begin at the same place are of one session. */
  readonly prefix: Int32Array;
  readonly label: number;
}

/** A task's pairs: those to learn from and those to answer. */
export interface TaskPairs {
  readonly support: readonly TaskPair[];
  readonly queries: readonly TaskPair[];
}

/** The windows of tasks. */
export interface TaskWindows {
  readonly windows: Sequences;
  /**
   * [2 · tasks + 1] the windows of task t's support are parts[2t] .. parts[2t + 1], those of its
   * queries go on to parts[2t + 2].
   */
  readonly parts: Int32Array;
}

/** Number of tasks. */
export function taskCount({ parts }: TaskWindows): number {
  return (parts.length - 1) / 2;
}

/** A window that is being put together: the pairs that are targets of it. */
interface Draft {
  items: Int32Array;
  readonly targets: { readonly position: number; readonly label: number }[];
}

/**
 * Windows of at most `maxLen` items, the last ones of a prefix. `queries` "shared" puts those of
 * one session together, as training takes them; "apart" keeps one window a query, in order.
 */
export function taskWindows(
  tasks: readonly TaskPairs[],
  maxLen: number,
  queries: "shared" | "apart",
): TaskWindows {
  const drafts: Draft[] = [];
  const parts = new Int32Array(2 * tasks.length + 1);
  tasks.forEach((task, t) => {
    drafts.push(...draftsOf(task.support, maxLen, true));
    parts[2 * t + 1] = drafts.length;
    drafts.push(...draftsOf(task.queries, maxLen, queries === "shared"));
    parts[2 * t + 2] = drafts.length;
  });
  const length = Int32Array.from(drafts, ({ items }) => items.length);
  const start = new Int32Array(drafts.length);
  const targetOffsets = new Int32Array(drafts.length + 1);
  drafts.forEach(({ targets }, w) => {
    if (w > 0) start[w] = start[w - 1] + length[w - 1];
    targetOffsets[w + 1] = targetOffsets[w] + targets.length;
  });
  const items = new Int32Array(length.reduce((sum, n) => sum + n, 0));
  drafts.forEach((draft, w) => items.set(draft.items, start[w]));
  const targets = drafts.flatMap((draft) => draft.targets);
  return {
    windows: {
      items,
      start,
      length,
      targetOffsets,
      targetPosition: Int32Array.from(targets, ({ position }) => position),
      targetLabel: Int32Array.from(targets, ({ label }) => label),
    },
    parts,
  };
}

function draftsOf(pairs: readonly TaskPair[], maxLen: number, shared: boolean): Draft[] {
  const drafts: Draft[] = [];
  const byPlace = new Map<ArrayBufferLike, Map<number, Draft>>();
  for (const { prefix, label } of pairs) {
    const items = prefix.subarray(Math.max(0, prefix.length - maxLen));
    const target = { position: items.length - 1, label };
    const ofPool = byPlace.get(prefix.buffer) ?? new Map<number, Draft>();
    byPlace.set(prefix.buffer, ofPool);
    // a prefix that was cut starts from an empty state at its own first item
    const known = shared && prefix.length <= maxLen ? ofPool.get(prefix.byteOffset) : undefined;
    if (known === undefined) {
      const draft: Draft = { items, targets: [target] };
      drafts.push(draft);
      if (prefix.length <= maxLen) ofPool.set(prefix.byteOffset, draft);
    } else {
      known.targets.push(target);
      if (items.length > known.items.length) known.items = items;
    }
  }
  for (const { targets } of drafts) targets.sort((a, b) => a.position - b.position);
  return drafts;
}
