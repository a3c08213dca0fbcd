/** How often each course is among the first ten, counted query by query. */
import { LIST_LENGTH } from "../metrics/lists.ts";
import { type Scores, topK } from "../metrics/rank.ts";
import type { QueryGroup } from "./groups.ts";

/**
 * [groups][courses] in how many of a group's queries a course stands among the first ten. It takes
 * as much memory however many queries there are.
 */
export type Tally = readonly Int32Array[];

/** Counts lists into a tally. */
export interface TallyCounter {
  readonly tally: Tally;
  /** Counts the first ten of the row scores[offset .. offset + courses), without `seen`. */
  add(query: number, scores: Scores, offset: number, seen?: ReadonlySet<number>): void;
}

/** A counter of nothing yet: of `queries` queries in their groups, of `nItems` courses. */
export function tallyCounter(
  groups: readonly QueryGroup[],
  queries: number,
  nItems: number,
): TallyCounter {
  const tally = groups.map(() => new Int32Array(nItems));
  const partitions = [...new Set(groups.map(({ by }) => by))].map((by) => {
    const groupOf = new Uint8Array(queries); // each query is in one group of a partition
    groups.forEach((group, g) => {
      if (group.by === by) { for (const query of group.queries) groupOf[query] = g; }
    });
    return groupOf;
  });
  return {
    tally,
    add(query, scores, offset, seen) {
      const list = topK(scores, offset, nItems, LIST_LENGTH, seen);
      for (const groupOf of partitions) {
        const counts = tally[groupOf[query]];
        for (const item of list) counts[item]++;
      }
    },
  };
}
