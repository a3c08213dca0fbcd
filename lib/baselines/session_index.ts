/**
 * Sessions as neighbour models look them up: the most recent first, each course of a session once,
 * and from every course the list of its sessions. A session's number is its place in recency, so
 * that "the more recent" is "the lower number" and a course's most recent sessions begin its list.
 */
import type { Sessions } from "../dataset/sessions.ts";

/** Indexed sessions. */
export interface SessionIndex {
  readonly nItems: number;
  /** Training sessions, also those that are not kept because no query can reach them. */
  readonly sessions: number;
  /** [nItems] events of each course in all training sessions, repeats counted. */
  readonly events: Int32Array;
  /** [kept + 1] where each kept session's courses begin. */
  readonly offsets: Int32Array;
  /** The courses of each kept session, each once, by their last place in it, the last one first. */
  readonly items: Int32Array;
  /** The last place of each of those courses in its session, from 1. */
  readonly places: Int32Array;
  /** [kept] the time of each session's last event, in epoch seconds: never rising. */
  readonly times: Float64Array;
}

/** Sessions by course. */
export interface Postings {
  /** [nItems + 1] */
  readonly offsets: Int32Array;
  /** Session numbers of each course, the most recent first. */
  readonly sessions: Int32Array;
}

/**
 * Indexes sessions; equal times go to the earlier session of `sessions`. With `reach` > 0 only
 * sessions are kept that are among the `reach` most recent ones of one of their courses: of the
 * `reach` most recent sessions that share a course with a query, every one is.
 */
export function indexSessions(sessions: Sessions, nItems: number, reach = 0): SessionIndex {
  const { count, offsets, items, times } = sessions;
  const events = new Int32Array(nItems);
  for (const item of items) events[item]++;
  const end = Float64Array.from({ length: count }, (_, s) => times[offsets[s + 1] - 1]);
  const order = Int32Array.from(end, (_, s) => s).sort((a, b) => end[b] - end[a] || a - b);
  const limit = reach > 0 ? reach : Infinity;
  const listed = new Int32Array(nItems);
  const seenIn = new Int32Array(nItems).fill(-1);
  const keptOffsets = new Int32Array(count + 1);
  const keptItems = new Int32Array(items.length);
  const keptPlaces = new Int32Array(items.length);
  const keptTimes = new Float64Array(count);
  let kept = 0;
  let filled = 0;
  for (const s of order) {
    const begin = filled;
    let reachable = false;
    for (let i = offsets[s + 1] - 1; i >= offsets[s]; i--) {
      const item = items[i];
      if (seenIn[item] === s) continue;
      seenIn[item] = s;
      keptItems[filled] = item;
      keptPlaces[filled++] = i - offsets[s] + 1;
      if (listed[item] < limit) reachable = true;
    }
    if (!reachable) {
      filled = begin;
      continue;
    }
    for (let i = begin; i < filled; i++) listed[keptItems[i]]++;
    keptTimes[kept++] = end[s];
    keptOffsets[kept] = filled;
  }
  return {
    nItems,
    sessions: count,
    events,
    offsets: keptOffsets.slice(0, kept + 1),
    items: keptItems.slice(0, filled),
    places: keptPlaces.slice(0, filled),
    times: keptTimes.slice(0, kept),
  };
}

/** The sessions of every course, with `reach` > 0 its `reach` most recent ones. */
export function postingsOf({ nItems, offsets, items }: SessionIndex, reach = 0): Postings {
  const limit = reach > 0 ? reach : Infinity;
  const lengths = new Int32Array(nItems);
  for (const item of items) if (lengths[item] < limit) lengths[item]++;
  const starts = new Int32Array(nItems + 1);
  for (let item = 0; item < nItems; item++) starts[item + 1] = starts[item] + lengths[item];
  const sessions = new Int32Array(starts[nItems]);
  const next = starts.slice();
  for (let s = 0; s < offsets.length - 1; s++) {
    for (let i = offsets[s]; i < offsets[s + 1]; i++) {
      const item = items[i];
      if (next[item] < starts[item + 1]) sessions[next[item]++] = s;
    }
  }
  return { offsets: starts, sessions };
}

/**
 * What is wrong with an index that came from a file, or nothing: its lists must have the lengths
 * and values that `indexSessions` gives them, so that no look-up leaves them.
 */
export function indexFault(index: SessionIndex): string | undefined {
  const { nItems, sessions, events, offsets, items, places, times } = index;
  const kept = offsets.length - 1;
  if (kept < 0 || kept > sessions || times.length !== kept) {
    return `${offsets.length} offsets and ${times.length} times of ${sessions} sessions`;
  }
  if (events.length !== nItems || places.length !== items.length) {
    return `${events.length} counts of ${nItems} courses, ${places.length} places of ` +
      `${items.length} entries`;
  }
  if (offsets[0] !== 0 || offsets[kept] !== items.length) return "offsets that do not span items";
  const listed = new Int32Array(nItems);
  const seenIn = new Int32Array(nItems).fill(-1);
  for (let s = 0; s < kept; s++) {
    const begin = offsets[s];
    const end = offsets[s + 1];
    if (begin >= end || end > items.length) return `session ${s} from ${begin} to ${end}`;
    if (!Number.isFinite(times[s]) || times[s] > (times[s - 1] ?? Infinity)) {
      return `session ${s} at ${times[s]}, after ${times[s - 1]}`;
    }
    for (let i = begin; i < end; i++) {
      const item = items[i];
      if (!(item >= 0 && item < nItems) || seenIn[item] === s) return `course ${item} in ${s}`;
      if (!(places[i] >= 1 && (i === begin || places[i] < places[i - 1]))) {
        return `place ${places[i]} in session ${s}`;
      }
      seenIn[item] = s;
      listed[item]++;
    }
  }
  const short = events.findIndex((count, item) => count < listed[item]);
  return short < 0 ? undefined : `${events[short]} events of course ${short}`;
}

/**
 * [nItems] the natural logarithm of sessions over events: 0 for courses without an event, below 0
 * for those with more events than there are sessions.
 */
export function inverseFrequency({ sessions, events }: SessionIndex): Float64Array {
  return Float64Array.from(events, (count) => count === 0 ? 0 : Math.log(sessions / count));
}
