/**
 * A data set in memory: typed arrays, columns not rows. The prefixes of one session are nested, so
 * a session's items are kept once, in a pool, and a pair is a stretch of it: prefix of pair i =
 * items[prefixStart[i] .. prefixStart[i] + prefixLength[i]).
 */

/** Pairs (prefix of courses in one session → next course) of one split, in file order. */
export interface Pairs {
  /** Number of pairs. */
  readonly count: number;
  /** Unique over the split; int64 in files, exact here up to 2^53. */
  readonly pairId: Float64Array;
  /** Distinct users of the split in code-point order. */
  readonly users: readonly string[];
  /** [pairs] index into `users`. */
  readonly user: Int32Array;
  /** The sessions' items, one after the other. */
  readonly items: Int32Array;
  /** [pairs] first item of the prefix in `items`. */
  readonly prefixStart: Int32Array;
  /** [pairs] its number of items, at least 1. */
  readonly prefixLength: Int32Array;
  /** [pairs] the course that came next. */
  readonly label: Int32Array;
  /** [pairs] when it came, in epoch seconds; where `ordered`, its place in the log's order. */
  readonly labelTime: Float64Array;
  /** The log had no times, only an order: no difference of two label times means anything. */
  readonly ordered?: boolean;
}

/** What a pairs file's metadata say of its column `label_ts_epoch`. */
export const LABEL_TIMES = {
  seconds: "epoch seconds",
  places: "places in the log's order",
} as const;

/**
 * Episodes of one split: a user's K support pairs, then Q query pairs; pairs as row numbers of the
 * split.
 */
export interface Episodes {
  /** Number of episodes. */
  readonly count: number;
  /** [episodes] the file's ids. */
  readonly episodeId: Float64Array;
  /** [episodes] index into the split's `Pairs.users`. */
  readonly user: Int32Array;
  /** [episodes + 1] */
  readonly supportOffsets: Int32Array;
  /** Rows of the support pairs, in the order of the file's lists. */
  readonly supportRows: Int32Array;
  /** [episodes + 1] */
  readonly queryOffsets: Int32Array;
  /** Rows of the query pairs, each episode's sorted by label time, ties in file order. */
  readonly queryRows: Int32Array;
}

/** Pairs and episodes of users that no other split has. */
export interface Split {
  readonly pairs: Pairs;
  readonly episodes: Episodes;
}

/** The names of the splits, in the order in which everything lists them. */
export const SPLITS = ["train", "val", "test"] as const;
/** One of train, val and test. */
export type SplitName = typeof SPLITS[number];

/**
 * What a synthetic data set says of itself, in its folder (`synthetic.json`) and in everything made
 * from it.
 */
export interface SyntheticMark {
  readonly synthetic: true;
  readonly preset: string;
  readonly seed: number;
  /** Version of the generative process; the same preset, seed and version give the same bytes. */
  readonly process_version: string;
  /** What differs from the preset, such as the number of users. */
  readonly changes?: Readonly<Record<string, number>>;
}

/** A whole data set. */
export interface Dataset {
  /** The folder it was read from. */
  readonly path: string;
  readonly k: number;
  readonly q: number;
  /** Course names by id. */
  readonly courses: readonly string[];
  readonly splits: Readonly<Record<SplitName, Split>>;
  /** Present when the data are synthetic. */
  readonly synthetic?: SyntheticMark;
  /**
   * Not every file carries the mark: something was replaced or added, and the process that the mark
   * names did not make all of these data.
   */
  readonly partlyMarked?: boolean;
  /** The log had no times: label times are places (see `Pairs.ordered`). */
  readonly ordered?: boolean;
}

/**
 * Order of Unicode code points, which is Python's order of texts (JavaScript's own differs beyond
 * U+FFFF).
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      const surrogateX = x >= 0xd800 && x <= 0xdfff;
      const surrogateY = y >= 0xd800 && y <= 0xdfff;
      // a surrogate stands for a code point above U+FFFF
      if (surrogateX === surrogateY) return x - y;
      return surrogateX ? 1 : -1;
    }
  }
  return a.length - b.length;
}

/** The items of one pair's prefix: a view, not a copy. */
export function prefixOf(pairs: Pairs, row: number): Int32Array {
  return pairs.items.subarray(
    pairs.prefixStart[row],
    pairs.prefixStart[row] + pairs.prefixLength[row],
  );
}
