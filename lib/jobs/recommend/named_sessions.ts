/** Sessions as a file of them names them. */

/** A session by its own name. */
export interface NamedSession {
  readonly session: string;
  readonly courses: readonly string[];
  /** Lines that name no course although others of the session do. */
  readonly lines_without_course?: readonly number[];
}

/** A course that was taken; an empty one is none. */
export interface Step {
  /** From 1; of a list of JSON the element. */
  readonly line: number;
  readonly session: string;
  readonly course: string;
}

/** The sessions of steps, in order of first appearance. */
export function sessionsOfSteps(steps: readonly Step[]): NamedSession[] {
  return Array.from(Map.groupBy(steps, ({ session }) => session), ([session, own]) => {
    const without = own.filter(({ course }) => course === "").map(({ line }) => line);
    return {
      session,
      courses: own.map(({ course }) => course).filter((course) => course !== ""),
      // a session that names none at all is one without courses
      ...(without.length === 0 || without.length === own.length
        ? {}
        : { lines_without_course: without }),
    };
  });
}
