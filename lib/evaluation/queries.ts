/**
 * What is asked of a model: queries as scorers see them, and the labels that only the ranking sees.
 */
import { prefixOf, type Split } from "../dataset/dataset.ts";

/** One question to a model: what comes next? It holds no label. */
export interface Query {
  /** The session's courses so far, in order; all of them, models truncate for themselves. */
  readonly prefix: Int32Array;
  /** When it is asked, in epoch seconds, where that is known. */
  readonly time?: number;
  /** The learner's earlier sessions in order of time, where they are known. */
  readonly history?: readonly Int32Array[];
}

/** The queries of an evaluation in its order: episode after episode, each one's by label time. */
export interface Queries {
  /** What models see. */
  readonly queries: readonly Query[];
  /** [queries] the course that came next. */
  readonly labels: Int32Array;
  /** [episodes + 1] each episode's queries. */
  readonly episodeOffsets: Int32Array;
  /**
   * [queries] whose they are, as an index into the split's users. Queries of one user are not
   * independent, nor are episodes of one user, which may even share queries.
   */
  readonly users: Int32Array;
}

/** Every query pair of a split's episodes, in file order. */
export function queriesOf({ pairs, episodes }: Split): Queries {
  const rows = episodes.queryRows;
  return {
    queries: Array.from(rows, (row) => ({
      prefix: prefixOf(pairs, row),
      time: pairs.labelTime[row],
    })),
    labels: rows.map((row) => pairs.label[row]),
    episodeOffsets: episodes.queryOffsets,
    users: rows.map((row) => pairs.user[row]),
  };
}
