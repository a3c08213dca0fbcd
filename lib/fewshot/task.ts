/**
 * The few-shot task: what is known of a learner (the support), and what is asked (the queries). A
 * query's label is no part of it, so that no method can see one.
 */
import { type Pairs, prefixOf, type Split } from "../dataset/dataset.ts";
import { InputError } from "../errors/input_error.ts";
import { type Queries, queriesOf } from "../evaluation/queries.ts";
import type { TaskPair } from "../samplers/task_windows.ts";

/** What is known of a learner. */
export interface Support {
  /** In order of time. */
  readonly pairs: readonly TaskPair[];
  /** The sessions of the pairs as far as the pairs show them, in order of their first label. */
  readonly sessions: readonly Int32Array[];
}

/** One question about the learner. */
export interface TaskQuery {
  readonly prefix: Int32Array;
  /** Which of the support's sessions its prefix goes on with; none for a new session. */
  readonly own?: number;
}

/** One learner's support and queries. */
export interface Task {
  readonly support: Support;
  readonly queries: readonly TaskQuery[];
}

/** The tasks of a split's episodes, and the labels that only the ranking sees. */
export interface Tasks {
  readonly tasks: readonly Task[];
  /** Labels, users and offsets of the queries, task after task. */
  readonly asked: Queries;
}

/**
 * The episodes of a split as tasks. @throws InputError when a support pair is later than a query of
 * its episode: it would tell the future.
 */
export function tasksOf(split: Split): Tasks {
  const { pairs, episodes } = split;
  const tasks = Array.from({ length: episodes.count }, (_, e) => {
    const support = inTime(
      pairs,
      episodes.supportRows.subarray(episodes.supportOffsets[e], episodes.supportOffsets[e + 1]),
    );
    const queries = episodes.queryRows.subarray(
      episodes.queryOffsets[e],
      episodes.queryOffsets[e + 1],
    );
    checkOrder(pairs, support, queries, episodes.episodeId[e]);
    const known = supportOf(Array.from(support, (row) => pairOf(pairs, row)));
    return {
      support: known,
      queries: Array.from(queries, (row) => askedOf(known, prefixOf(pairs, row))),
    };
  });
  return { tasks, asked: queriesOf(split) };
}

/** Rows in order of their labels' time; equal times by row. */
function inTime({ labelTime }: Pairs, rows: Int32Array): Int32Array {
  return rows.slice().sort((a, b) => labelTime[a] - labelTime[b] || a - b);
}

function checkOrder(
  { labelTime }: Pairs,
  support: Int32Array,
  queries: Int32Array,
  episode: number,
): void {
  const last = support.reduce((time, row) => Math.max(time, labelTime[row]), -Infinity);
  const early = queries.find((row) => labelTime[row] < last);
  if (early === undefined) return;
  throw new InputError({
    doing: `reading episode ${episode}`,
    found: `a support pair of the time ${last} and a query pair of ${labelTime[early]}`,
    wanted: "all support before all queries: later pairs would tell what is asked",
    next: "make the episodes again, or look whether support and query are mixed up",
  });
}

/** A pair of the data. */
export function pairOf(pairs: Pairs, row: number): TaskPair {
  return { prefix: prefixOf(pairs, row), label: pairs.label[row] };
}

/**
 * The support of pairs in order of time. A pair goes on with the longest session so far that its
 * prefix begins with; otherwise it begins one.
 */
export function supportOf(pairs: readonly TaskPair[]): Support {
  const sessions: Int32Array[] = [];
  for (const { prefix, label } of pairs) {
    const at = sessionOf(sessions, prefix) ?? sessions.push(new Int32Array(0)) - 1;
    const longer = new Int32Array(prefix.length + 1);
    longer.set(prefix);
    longer[prefix.length] = label;
    sessions[at] = longer;
  }
  return { pairs, sessions };
}

/**
 * The support of a learner's earlier sessions, the oldest first: their last `k` pairs, as many as
 * an episode's support has.
 */
export function supportOfSessions(sessions: readonly Int32Array[], k: number): Support {
  const newestFirst: TaskPair[] = [];
  // from the end: a history may be long, and its older pairs tell nothing
  for (const session of sessions.toReversed()) {
    for (let at = session.length - 1; at > 0 && newestFirst.length < k; at--) {
      newestFirst.push({ prefix: session.subarray(0, at), label: session[at] });
    }
  }
  return supportOf(newestFirst.reverse());
}

/** A query of a learner whose support is known. It is told of no other query. */
export function askedOf({ sessions }: Support, prefix: Int32Array): TaskQuery {
  const own = sessionOf(sessions, prefix);
  return own === undefined ? { prefix } : { prefix, own };
}

/** The longest session that a prefix begins with, of equal ones the last. */
function sessionOf(sessions: readonly Int32Array[], prefix: Int32Array): number | undefined {
  let found: number | undefined;
  sessions.forEach((session, at) => {
    const longer = found === undefined || session.length >= sessions[found].length;
    const begins = session.length <= prefix.length &&
      session.every((item, i) => item === prefix[i]);
    if (longer && begins) found = at;
  });
  return found;
}

/**
 * The same queries, each task with the support of the next one (the last with the first's): what a
 * method gains here it does not gain from knowing the learner.
 */
export function withPlacebo({ tasks, asked }: Tasks): Tasks {
  return {
    tasks: tasks.map(({ queries }, i) => ({
      support: tasks[(i + 1) % tasks.length].support,
      queries: queries.map(({ prefix }) => ({ prefix })),
    })),
    asked,
  };
}

/** [queries] whether the query's own session holds a support pair, so that its prefix tells it. */
export function inOwnSession({ tasks }: Tasks): boolean[] {
  return tasks.flatMap(({ queries }) => queries.map(({ own }) => own !== undefined));
}
