/** The vocabulary file: `{course: id}`, ids 0..n-1. */
import { InputError, show } from "../errors/input_error.ts";
import { isRecord, parseJson } from "../files/json.ts";

/**
 * Course names by id. @throws InputError when it is not such an object or the ids are not 0..n-1,
 * each once; a course named twice in the file leaves a hole and is found by that.
 */
export function parseVocabulary(bytes: Uint8Array, path: string): string[] {
  const doing = `reading ${path}`;
  const wanted = 'an object {"course": id} with the ids 0 to n-1, each once';
  const value = parseJson(bytes, { doing, wanted });
  if (!isRecord(value)) throw new InputError({ doing, found: `it holds ${show(value)}`, wanted });
  const entries = Object.entries(value);
  const courses: string[] = new Array(entries.length);
  if (entries.length === 0) throw new InputError({ doing, found: "it names no course", wanted });
  for (const [course, id] of entries) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
      throw new InputError({
        doing,
        found: `course ${show(course)} has the id ${show(id)}`,
        wanted,
        next: typeof id === "string" && /^\d+$/.test(course)
          ? "turning it round: it seems to be {id: course}"
          : undefined,
      });
    }
    if (id >= entries.length) {
      throw new InputError({
        doing,
        found: `course ${
          show(course)
        } has the id ${id} among ${entries.length} courses: there is a hole`,
        wanted,
        next: id === entries.length
          ? "taking 1 from every id, here and in the pairs, if they count from 1"
          : undefined,
      });
    }
    if (courses[id] !== undefined) {
      throw new InputError({
        doing,
        found: `the courses ${show(courses[id])} and ${show(course)} share the id ${id}`,
        wanted,
      });
    }
    courses[id] = course;
  }
  return courses;
}
