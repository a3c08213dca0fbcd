/**
 * The generative process of synthetic learners, versions "learners-1" and "learners-2". A learner
 * belongs to a term and follows two of its topics, one of them mostly; in version 2 the learner
 * also has a style, an order in which to walk through syllabuses, that lasts over all sessions. A
 * session opens one course after another; each next one is
 *
 * - browsed: any course of the catalogue by popularity, more so at the beginning of a session;
 * - a return to a course opened earlier in the session, the latest ones more than the first;
 * - the sequel of the current course in its topic's syllabus; or
 * - one of the programme, the few courses of the learner's topics that run in the term.
 *
 * A draw that gives the current course is drawn again, so no course follows itself. Lengths of
 * sessions and numbers of sessions are drawn apart from all that: what a learner opens next depends
 * on the session so far and on the learner's hidden term and topics alone, and the chance of every
 * next course can be computed (ceiling.ts).
 */
import type { ProcessConfig } from "./config.ts";
import type { Platform } from "./platform.ts";

/** Versions of the process: another one gives other bytes. */
export const PROCESS_VERSIONS = ["learners-1", "learners-2"] as const;

/** The version that a configuration belongs to: the first knows no styles. */
export function processVersion({ styles }: ProcessConfig): typeof PROCESS_VERSIONS[number] {
  return styles === 1 ? "learners-1" : "learners-2";
}

/** A learner's hidden term and topics. */
export interface Learner {
  readonly term: number;
  readonly main: number;
  readonly side: number;
}

/** Chances of the four kinds of next course after `items[0..length)`. */
export interface Kinds {
  readonly browse: number;
  readonly returns: number;
  readonly sequel: number;
  readonly programme: number;
}

/** Chances of the kinds; a first course has no return and no sequel, a second one no return. */
export function kindsAfter(length: number, config: ProcessConfig): Kinds {
  const browse = config.browseLater +
    (config.browseFirst - config.browseLater) * Math.exp(-length / config.browseEvents);
  const returns = length < 2 ? 0 : (1 - browse) * config.returns;
  const sequel = length < 1 ? 0 : (1 - browse) * config.sequels;
  return { browse, returns, sequel, programme: 1 - browse - returns - sequel };
}

/**
 * Chance of each place back of a return: place `length - 2` has weight 1, each one before it
 * `returnDecay` times the one after.
 */
export function returnChances(length: number, { returnDecay }: ProcessConfig): Float64Array {
  const chances = new Float64Array(Math.max(0, length - 1));
  let weight = 1;
  let sum = 0;
  for (let at = length - 2; at >= 0; at--, weight *= returnDecay) sum += chances[at] = weight;
  return chances.map((chance) => chance / sum);
}

/** Draws the next course after `items[0..length)`, other than the last of them. */
export function drawNext(
  platform: Platform,
  tables: Tables,
  learner: Learner,
  items: ArrayLike<number>,
  length: number,
  draw: () => number,
): number {
  const { config } = platform;
  const kinds = kindsAfter(length, config);
  const current = length > 0 ? items[length - 1] : undefined;
  while (true) {
    const kind = draw();
    const at = draw();
    let next: number;
    if (kind < kinds.browse) next = tables.catalogue(at);
    else if (kind < kinds.browse + kinds.returns) {
      next = items[placeOf(length, config.returnDecay, at)];
    } else if (kind < kinds.browse + kinds.returns + kinds.sequel) {
      next = platform.sequel[learner.term * config.courses + current!];
    } else {
      const topic = draw() < config.mainTopic ? learner.main : learner.side;
      next = tables.programme(learner.term, topic, at);
    }
    if (next !== current) return next;
  }
}

/** The inverse of the distribution that `returnChances` lists, in closed form. */
function placeOf(length: number, decay: number, u: number): number {
  const places = length - 1;
  const back = decay === 1
    ? Math.floor(u * places)
    : Math.floor(Math.log1p(-u * (1 - decay ** places)) / Math.log(decay));
  return places - 1 - Math.min(places - 1, back);
}

/** Draws by inversion, prepared once for a platform. */
export interface Tables {
  catalogue(u: number): number;
  interest(term: number, u: number): number;
  programme(term: number, topic: number, u: number): number;
}

/** Prepares the tables. */
export function tablesOf(
  { config: { courses, topics, terms }, catalogue, interest, programme }: Platform,
): Tables {
  const all = inverse(catalogue);
  const interests = Array.from(
    { length: terms },
    (_, term) => inverse(interest.subarray(term * topics, (term + 1) * topics)),
  );
  const programmes = Array.from(
    { length: terms * topics },
    (_, at) => inverse(programme.subarray(at * courses, (at + 1) * courses)),
  );
  return {
    catalogue: all,
    interest: (term, u) => interests[term](u),
    programme: (term, topic, u) => programmes[term * topics + topic](u),
  };
}

function inverse(chances: Float64Array): (u: number) => number {
  const ids: number[] = [];
  const ends: number[] = [];
  let sum = 0;
  chances.forEach((chance, id) => {
    if (chance > 0) {
      ids.push(id);
      ends.push(sum += chance);
    }
  });
  return (u) => {
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (u * sum < ends[middle]) high = middle;
      else low = middle + 1;
    }
    return ids[low];
  };
}
