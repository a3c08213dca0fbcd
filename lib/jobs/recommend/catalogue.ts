/** Course names and their ids, with help for a name that is not there. */
import { indexNames, type NameIndex } from "../../errors/nearest.ts";
import { InputError, show } from "../../errors/input_error.ts";

/** The courses that a model knows. */
export interface Catalogue {
  /** Names by id. */
  readonly courses: readonly string[];
  /** Ids by name. */
  readonly ids: ReadonlyMap<string, number>;
  /** Finds near names; made when it is first asked for, which takes a second for 100,000 names. */
  readonly names: () => NameIndex;
}

/** A catalogue of the names by id. */
export function catalogueOf(courses: readonly string[]): Catalogue {
  let names: NameIndex | undefined;
  return {
    courses,
    ids: new Map(courses.map((course, id) => [course, id])),
    names: () => names ??= indexNames(courses),
  };
}

/** A session as a model is asked. */
export interface PlacedSession {
  /** Ids of the courses that the catalogue has, in the session's order. */
  readonly ids: Int32Array;
  /** The other names, each once. */
  readonly unknown: readonly string[];
}

/** Finds a session's courses in the catalogue; spaces around a name are no part of it. */
export function placeSession({ ids }: Catalogue, session: readonly string[]): PlacedSession {
  const found = session.map((course) => ids.get(course) ?? ids.get(course.trim()));
  return {
    ids: Int32Array.from(found.filter((id) => id !== undefined)),
    unknown: [...new Set(session.filter((_, i) => found[i] === undefined))],
  };
}

/** Names suggested for one that is unknown. */
export const SUGGESTED = 5;

/** What is said of a course that is not in the catalogue: the nearest names, and what to try. */
export function unknownCourse(
  { courses, names }: Catalogue,
  course: string,
  where: string,
  next = "the run's models/vocabulary.json lists every course",
): InputError {
  const near = names().nearest(course, SUGGESTED);
  return new InputError({
    doing: where,
    found: `the course ${show(course)} is not among the ${courses.length} that the model knows`,
    wanted: near.length === 0
      ? "names of the run's vocabulary; none is near this one"
      : `perhaps ${near.map((name) => show(name)).join(", ")}`,
    next,
  });
}

/**
 * The ids of a session's courses, in its order. `where` is for messages: "reading --courses".
 * @throws InputError for a session without courses, and for an unknown course, naming the nearest
 * ones.
 */
export function idsOf(
  catalogue: Catalogue,
  session: readonly string[],
  where: string,
): Int32Array {
  const { ids, unknown } = placeSession(catalogue, session);
  if (unknown.length > 0) throw unknownCourse(catalogue, unknown[0], where);
  if (ids.length > 0) return ids;
  throw new InputError({
    doing: where,
    found: "the session has no course",
    wanted: "at least one",
  });
}
