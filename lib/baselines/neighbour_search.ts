/**
 * The search that all neighbour models share: the sessions that have a course in common with a
 * query, of them a sample, of those the k most similar. Cuts go by one rule: the more recent
 * session first, then the lower id, which is the order of session numbers in the index.
 */
import { permutation } from "../random/threefry.ts";
import { valueAt } from "./select.ts";
import type { Postings, SessionIndex } from "./session_index.ts";

/** A query as the search sees it: its distinct courses, the most recent first. */
export interface CurrentSession {
  /** Distinct courses. */
  count: number;
  /** Those of them among the last clicks that the model looks at; older ones only recall. */
  own: number;
  /** Clicks that the model looks at, repeats counted. */
  length: number;
  readonly item: Int32Array;
  /** How far each course's last click lies back, from 1; 0 for older ones. */
  readonly step: Int32Array;
  /** What each shared course adds to a session's sum. */
  readonly weight: Float64Array;
  /** [nItems] the step of each course; 0 for those that are not in the query. */
  readonly stepOf: Int32Array;
}

/** An empty session, for queries over `nItems` courses. */
export function currentSession(nItems: number): CurrentSession {
  return {
    count: 0,
    own: 0,
    length: 0,
    item: new Int32Array(nItems),
    step: new Int32Array(nItems),
    weight: new Float64Array(nItems),
    stepOf: new Int32Array(nItems),
  };
}

/** Reads a query's prefix; `lastClicks` > 0 looks at that many of its last courses. */
export function readSession(current: CurrentSession, prefix: Int32Array, lastClicks: number): void {
  const { item, step, weight, stepOf } = current;
  for (let i = 0; i < current.count; i++) stepOf[item[i]] = 0;
  const length = lastClicks > 0 ? Math.min(lastClicks, prefix.length) : prefix.length;
  let count = 0;
  let own = 0;
  for (let back = 1; back <= prefix.length; back++) {
    const course = prefix[prefix.length - back];
    if (stepOf[course] !== 0) continue;
    stepOf[course] = back;
    item[count] = course;
    step[count] = back;
    weight[count++] = 0;
    if (back <= length) own = count;
  }
  for (let i = own; i < count; i++) {
    step[i] = 0;
    stepOf[item[i]] = 0;
  }
  current.count = count;
  current.own = own;
  current.length = length;
}

/** Which of the sessions that share a course with a query are looked at. */
export interface Sampling {
  /** At most so many; 0 takes all. */
  readonly size: number;
  readonly by: "recent" | "random";
  readonly seed: number;
}

/** Memory of one search after the other. Slots 0 .. n-1 hold the sessions found last. */
export interface Search {
  /** [slots] session numbers. */
  readonly session: Int32Array;
  /** [slots] sums of the weights of the shared courses. */
  readonly shared: Float64Array;
  /** [slots] how far the most recent shared course lies back; 0 where only older ones are. */
  readonly match: Int32Array;
  /** [slots] for the caller: how similar a session is. */
  readonly similarity: Float64Array;
  /** [neighbours] slots of the nearest sessions, in the order of slots. */
  readonly near: Int32Array;
  /** Fills the slots with the sampled sessions of a query and says how many they are. */
  gather(current: CurrentSession): number;
  /** Finds the `k` most similar of the slots' sessions, above 0, and says how many they are. */
  nearest(found: number, k: number): number;
}

/** Opens a search over an index and its postings. */
export function openSearch(
  { offsets }: SessionIndex,
  postings: Postings,
  sampling: Sampling,
): Search {
  const sessions = offsets.length - 1;
  const limit = sampling.size > 0 ? sampling.size : sessions;
  const recent = sampling.by === "recent";
  const capacity = recent ? Math.min(sessions, 2 * limit) : sessions;
  const session = new Int32Array(capacity);
  const shared = new Float64Array(capacity);
  const match = new Int32Array(capacity);
  const similarity = new Float64Array(capacity);
  const near = new Int32Array(capacity);
  /** The slot of each session: valid where that slot holds the session. */
  const slotOf = new Int32Array(sessions);
  const integers = new Int32Array(capacity);
  const reals = new Float64Array(capacity);

  /** Keeps the `limit` most recent of the slots; returns the least recent session kept. */
  function keepRecent(found: number): number {
    for (let slot = 0; slot < found; slot++) integers[slot] = session[slot];
    const oldest = valueAt(integers, found, limit - 1);
    let kept = 0;
    for (let slot = 0; slot < found; slot++) {
      if (session[slot] <= oldest) move(slot, kept++);
    }
    return oldest;
  }

  function move(from: number, to: number): void {
    session[to] = session[from];
    shared[to] = shared[from];
    match[to] = match[from];
    slotOf[session[to]] = to;
  }

  /** Draws `limit` of the slots; the draw depends on the seed and the sessions found alone. */
  function keepRandom(found: number): void {
    let key = 0x811c9dc5;
    for (let slot = 0; slot < found; slot++) key = Math.imul(key ^ session[slot], 0x01000193);
    const drawn = permutation(sampling.seed, key >>> 0, found).slice(0, limit).sort();
    drawn.forEach(move);
  }

  function gather({ count, item, step, weight }: CurrentSession): number {
    let found = 0;
    let oldest = sessions;
    for (let i = 0; i < count; i++) {
      const add = weight[i];
      const back = step[i];
      const end = postings.offsets[item[i] + 1];
      for (let p = postings.offsets[item[i]]; p < end; p++) {
        const s = postings.sessions[p];
        if (s > oldest) break; // the rest of the list is older still
        const slot = slotOf[s];
        if (slot < found && session[slot] === s) {
          shared[slot] += add;
          continue;
        }
        if (found === capacity && recent && capacity > limit) {
          oldest = keepRecent(found);
          found = limit;
          if (s > oldest) break;
        }
        slotOf[s] = found;
        session[found] = s;
        shared[found] = add;
        match[found++] = back;
      }
    }
    if (found <= limit) return found;
    if (recent) keepRecent(found);
    else keepRandom(found);
    return limit;
  }

  function nearest(found: number, k: number): number {
    let positive = 0;
    for (let slot = 0; slot < found; slot++) {
      if (similarity[slot] > 0) reals[positive++] = similarity[slot];
    }
    const least = positive > k ? valueAt(reals, positive, positive - k) : 0;
    let above = 0;
    let equal = 0;
    for (let slot = 0; slot < found; slot++) {
      if (similarity[slot] > least) above++;
      else if (similarity[slot] === least) integers[equal++] = session[slot];
    }
    const room = least > 0 ? k - above : 0;
    const oldest = room > 0 ? valueAt(integers, equal, room - 1) : -1;
    let kept = 0;
    for (let slot = 0; slot < found; slot++) {
      const equals = similarity[slot] === least && session[slot] <= oldest;
      if (similarity[slot] > least || equals) near[kept++] = slot;
    }
    return kept;
  }

  return { session, shared, match, similarity, near, gather, nearest };
}
