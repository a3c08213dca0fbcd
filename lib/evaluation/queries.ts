/**
 * The queries of an evaluation: every query pair of a split's episodes, episode after episode in
 * file order, each one's by label time.
 */
import { type Pairs, prefixOf, type Split } from "../dataset/dataset.ts";
import type { Windows } from "../samplers/sequences.ts";

/** Queries in evaluation order. */
export interface Queries {
  readonly pairs: Pairs;
  /** [queries] row in `pairs`. */
  readonly rows: Int32Array;
  /** [episodes + 1] */
  readonly episodeOffsets: Int32Array;
  /** [queries] */
  readonly labels: Int32Array;
}

/** The queries of a split. */
export function queriesOf({ pairs, episodes }: Split): Queries {
  const rows = episodes.queryRows;
  return {
    pairs,
    rows,
    episodeOffsets: episodes.queryOffsets,
    labels: rows.map((row) => pairs.label[row]),
  };
}

/** The whole prefix of a query. */
export function queryPrefix({ pairs, rows }: Queries, query: number): Int32Array {
  return prefixOf(pairs, rows[query]);
}

/** Queries from..to-1 as windows of at most `maxLen` items, the last ones kept. */
export function queryWindows(
  { pairs, rows }: Queries,
  from: number,
  to: number,
  maxLen: number,
): Windows {
  const part = rows.subarray(from, to);
  const length = Int32Array.from(part, (row) => Math.min(maxLen, pairs.prefixLength[row]));
  return {
    items: pairs.items,
    start: Int32Array.from(
      part,
      (row, i) => pairs.prefixStart[row] + pairs.prefixLength[row] - length[i],
    ),
    length,
  };
}
