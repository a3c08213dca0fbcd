/**
 * Which of a query's own courses a rule or a neighbour model may answer. A neighbour has courses of
 * the query by construction, so they come out on top whether learners go back to courses or not.
 */
import type { Sessions } from "../dataset/sessions.ts";
import { choice, type Setting } from "../settings/settings.ts";
import type { Row } from "./baseline.ts";
import type { ModelFile } from "./model_files.ts";

/** Those that may be answered: all, all but the last, none. */
export type OwnCourses = "all" | "earlier" | "none";
const ANSWERS: readonly OwnCourses[] = ["all", "earlier", "none"];

/** The setting: "auto" goes by what learners in training do. */
export const OWN_COURSES: Setting<"auto" | OwnCourses> = choice(
  ["auto", ...ANSWERS],
  "which of the query's own courses are answered: all, all but its last, none; auto: as far as " +
    "one in twenty training labels is such a course",
  "auto",
);

/** Courses of a query are answered from this share of the training labels on. */
const WORTH_ANSWERING = 0.05;

/** What a setting comes to for the training sessions. */
export function ownCourses(
  setting: "auto" | OwnCourses,
  sessions: Sessions,
  nItems: number,
): OwnCourses {
  if (setting !== "auto") return setting;
  const { labels, repeats, returns } = countReturns(sessions, nItems);
  if (repeats >= WORTH_ANSWERING * labels) return "all";
  return returns >= WORTH_ANSWERING * labels ? "earlier" : "none";
}

/** Events after the first of their session: all, those like the one before, those there before. */
function countReturns({ count, offsets, items }: Sessions, nItems: number) {
  const seenIn = new Int32Array(nItems).fill(-1);
  let labels = 0;
  let repeats = 0;
  let returns = 0;
  for (let s = 0; s < count; s++) {
    seenIn[items[offsets[s]]] = s;
    for (let i = offsets[s] + 1; i < offsets[s + 1]; i++) {
      labels++;
      if (items[i] === items[i - 1]) repeats++;
      if (seenIn[items[i]] === s) returns++;
      seenIn[items[i]] = s;
    }
  }
  return { labels, repeats, returns };
}

/** Zeroes the scores of the courses of `prefix` that are not answered. */
export function dropOwn(own: OwnCourses, prefix: Int32Array, { scores, base }: Row): void {
  if (own === "all") return;
  const from = own === "none" ? 0 : Math.max(0, prefix.length - 1);
  for (let i = from; i < prefix.length; i++) scores[base + prefix[i]] = 0;
}

/** Reads the setting's outcome from a model's file. */
export function readOwn({ field, refuse }: ModelFile): OwnCourses {
  const own = ANSWERS.find((answer) => answer === field("own"));
  return own ?? refuse(`own is ${String(field("own"))}`, `one of ${ANSWERS.join(", ")}`);
}
