/** A fitted model as everything that asks it sees it. */
import type { Scores } from "../metrics/rank.ts";
import type { Query } from "./queries.ts";

/** Scores queries. It never sees a label, except where it ranks on its device. */
export interface Scorer {
  /** Courses of the catalogue. */
  readonly nItems: number;
  /** Scores [queries × nItems], row after row; the higher, the likelier next. */
  score(queries: readonly Query[]): Scores | Promise<Scores>;
  /** 1-based ranks of the labels, where the scores are better left on the device. */
  rank?(queries: readonly Query[], labels: Int32Array): Promise<ArrayLike<number>>;
  /** Scores are logits: their softmax is the model's chance of each course. */
  readonly logits?: boolean;
  /**
   * Scores are drawn from a stream that goes on from query to query, as the notebook has it:
   * whoever wants the beginning of the stream opens the scorer anew.
   */
  readonly streams?: boolean;
}
