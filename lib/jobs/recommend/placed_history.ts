/** A learner's earlier sessions by id: what of them is known, and whether they tell anything. */
import type { PlacedSession } from "./catalogue.ts";

/** A learner's earlier sessions as a model is asked. */
export interface PlacedHistory {
  /** Ids of the courses that the catalogue has, the oldest session first. */
  readonly sessions: readonly Int32Array[];
  /** The other names, each once. */
  readonly unknown: readonly string[];
}

/** The history of the sessions placed. */
export function placedHistory(placed: readonly PlacedSession[]): PlacedHistory {
  return {
    sessions: placed.map(({ ids }) => ids),
    unknown: [...new Set(placed.flatMap(({ unknown }) => unknown))],
  };
}

/** The session that is asked, with what was left out of its learner's history beside its own. */
export function withHistory(session: PlacedSession, { unknown }: PlacedHistory): PlacedSession {
  return { ...session, unknown: [...new Set([...session.unknown, ...unknown])] };
}

/** A pair takes two courses of one session; without one there is nothing to adapt to. */
export function holdsPair(history: readonly Int32Array[]): boolean {
  return history.some((session) => session.length > 1);
}

/** What decides whether a history was used. */
interface Answered {
  /** Undefined where none was given. */
  readonly history?: PlacedHistory;
  /** The method that uses it. */
  readonly method: string;
  /** The model that answered instead. */
  readonly fallback?: string;
}

/** The method that used the history: none where it holds no pair, or popularity answered. */
export function methodUsed({ history, method, fallback }: Answered): string | undefined {
  if (history === undefined || fallback !== undefined) return undefined;
  return holdsPair(history.sessions) ? method : undefined;
}
