/**
 * Sessions of names → answers, the same for every program: what happens to a name that no model
 * knows, and to a session of which nothing is left.
 */
import { POPULARITY } from "../../baselines/popularity.ts";
import { InputError } from "../../errors/input_error.ts";
import type { PlacedSession } from "./catalogue.ts";
import type { Ask, Recommendation } from "./recommend.ts";

/** What a name that the catalogue does not have does: it is an error, or it is left out. */
export const ON_UNKNOWN = ["error", "skip"] as const;
/** One of the two. */
export type OnUnknown = typeof ON_UNKNOWN[number];

/** The model that answers where a session says nothing. */
export const FALLBACK: string = POPULARITY.name;

/** The answer to a session. */
export interface SessionAnswer {
  /** Empty where no course of the session is known and no model answers instead. */
  readonly recommendations: readonly Recommendation[];
  /** The model that answered instead, because no course of the session is known. */
  readonly fallback?: string;
  /** The names that were left out, each once. */
  readonly unknown?: readonly string[];
}

/** Answers asks by a model; several at once. */
export type Answering = (asks: readonly Ask[]) => Promise<readonly (readonly Recommendation[])[]>;

/** Who answers. */
export interface Models {
  readonly main: Answering;
  /** Popularity, where the run has it. */
  readonly fallback?: Answering;
}

/** What is asked of every session. */
export type Wanted = Pick<Ask, "top" | "excludeSeen" | "history" | "method">;

/** Answers every session: those of which nothing is known by popularity, or not without it. */
export async function answerSessions(
  sessions: readonly PlacedSession[],
  { main, fallback }: Models,
  { top, excludeSeen, history, method }: Wanted,
): Promise<SessionAnswer[]> {
  const isKnown = ({ ids }: PlacedSession) => ids.length > 0;
  const asksOf = (part: readonly PlacedSession[]) =>
    part.map(({ ids }) => ({
      session: ids,
      top,
      excludeSeen,
      ...(history && { history, method }),
    }));
  const known = sessions.filter(isKnown);
  const [byMain, byFallback] = await Promise.all([
    known.length === 0 ? [] : main(asksOf(known)),
    known.length === sessions.length || fallback === undefined
      ? []
      : fallback(asksOf(sessions.filter((session) => !isKnown(session)))),
  ]);
  const answers = byMain.values();
  const others = byFallback.values();
  return sessions.map((session) => ({
    recommendations: (isKnown(session) ? answers : others).next().value ?? [],
    ...(isKnown(session) || fallback === undefined ? {} : { fallback: FALLBACK }),
    ...(session.unknown.length === 0 ? {} : { unknown: session.unknown }),
  }));
}

/** What is said of a session without a known course where the run has no popularity model. */
export function noFallback(where: string): InputError {
  return new InputError({
    doing: where,
    found: "the session has no course that the model knows",
    wanted: `at least one, or a run with a model ${FALLBACK}, which answers such a session`,
  });
}
