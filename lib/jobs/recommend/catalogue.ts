/** Course names and their ids, with help for a name that is not there. */
import { nearestFew } from "../../errors/nearest.ts";
import { InputError, show } from "../../errors/input_error.ts";

/** The courses that a model knows. */
export interface Catalogue {
  /** Names by id. */
  readonly courses: readonly string[];
  /** Ids by name. */
  readonly ids: ReadonlyMap<string, number>;
}

/** A catalogue of the names by id. */
export function catalogueOf(courses: readonly string[]): Catalogue {
  return { courses, ids: new Map(courses.map((course, id) => [course, id])) };
}

/** Names suggested for one that is unknown. */
const SUGGESTED = 5;

/**
 * The ids of a session's courses, in its order. `where` is for messages: "reading --courses".
 * @throws InputError for a session without courses, and for an unknown course, naming the nearest
 * ones.
 */
export function idsOf(
  { courses, ids }: Catalogue,
  session: readonly string[],
  where: string,
): Int32Array {
  if (session.length === 0) {
    throw new InputError({
      doing: where,
      found: "the session has no course",
      wanted: "at least one",
    });
  }
  return Int32Array.from(session, (course) => ids.get(course) ?? unknown(course));

  function unknown(course: string): never {
    const near = nearestFew(course, courses, SUGGESTED);
    throw new InputError({
      doing: where,
      found: `the course ${show(course)} is not among the ${courses.length} that the model knows`,
      wanted: near.length === 0
        ? "names of the run's vocabulary; none is near this one"
        : `perhaps ${near.map((name) => show(name)).join(", ")}`,
      next: "the run's models/vocabulary.json lists every course",
    });
  }
}
