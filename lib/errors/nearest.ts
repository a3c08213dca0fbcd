/**
 * The names that an unknown one may have meant, for "did you mean": those within a slip's distance,
 * and those of which it is a part (`Algebra-01` of `made-up:Algebra-01`) or that are a part of it.
 * The work is bounded, however many names there are and whatever is asked.
 */
import { distance } from "./distance.ts";
import { type Candidates, letterCounts } from "./letter_counts.ts";
import { partSearch } from "./part_search.ts";

/** Names that can be searched. */
export interface NameIndex {
  /** Up to `few` names, the likeliest first; none where none is near. */
  nearest(name: string, few: number): string[];
}

/** The nearest candidate (ties to the first), or none when even that is too far to be a slip. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  return nearestFew(name, candidates, 1)[0];
}

/** Up to `few` of the candidates, the likeliest first. */
export function nearestFew(name: string, candidates: readonly string[], few: number): string[] {
  return indexNames(candidates).nearest(name, few);
}

/** How far a part's place in the order is from a slip's: after one slip, before two. */
const PART = 1.5;
/** Steps that a search may spend on comparing letters: a few milliseconds. */
const WORK = 150_000;

const NO_CANDIDATES: Candidates = { near: [], holding: [] };

/** A name that may have been meant: its distance, and for a part the letters that it lacks. */
interface Found {
  readonly id: number;
  readonly distance: number;
  readonly missing: number;
}

/** Makes names searchable. */
export function indexNames(names: readonly string[]): NameIndex {
  const keys = names.map((name) => name.toLowerCase());
  const longest = keys.reduce((most, { length }) => Math.max(most, length), 0);
  const candidates = letterCounts(keys);
  const parts = partSearch(keys);
  return {
    nearest(name, few) {
      const limit = Math.max(2, Math.floor(name.length / 3));
      if (few < 1 || name.length > 6 * longest + limit) return [];
      const key = name.toLowerCase();
      // a longer one than this is neither near nor a part
      const isLong = key.length - limit > longest;
      const { near, holding } = isLong ? NO_CANDIDATES : candidates(key, limit);
      const found: Found[] = [
        ...slips(key, keys, near, few),
        ...parts(key, holding, few).map((part) => ({ ...part, distance: PART })),
      ];
      found.sort((a, b) => a.distance - b.distance || a.missing - b.missing || a.id - b.id);
      return [...new Set(found.map(({ id }) => id))].slice(0, few).map((id) => names[id]);
    },
  };
}

/**
 * The names within as many edits as there are buckets, those that cannot be among the `few` nearest
 * left out. `buckets[d]` lists names that are d edits away or more.
 */
function slips(
  key: string,
  keys: readonly string[],
  buckets: readonly (readonly number[])[],
  few: number,
): Found[] {
  const found: Found[] = [];
  const best: number[] = []; // the few smallest distances so far, in order
  const work = { left: WORK };
  const most = () => best.length < few ? buckets.length - 1 : best[few - 1];
  for (let least = 0; least < buckets.length && least <= most(); least++) {
    for (const id of buckets[least]) {
      if (work.left <= 0) return found;
      const edits = distance(key, keys[id], most(), work);
      if (edits > most()) continue;
      found.push({ id, distance: edits, missing: 0 });
      best.push(edits);
      best.sort((a, b) => a - b);
      best.length = Math.min(best.length, few);
    }
  }
  return found;
}
