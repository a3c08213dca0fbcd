/**
 * The synthetic platform: courses with a topic, a place in its syllabus, the terms that run them,
 * and a long tail of popularity. Pure.
 */
import { permutation, streamKey, uniform } from "../../random/threefry.ts";
import type { ProcessConfig } from "./config.ts";

/**
 * A platform, made from a configuration and a seed. A hidden term stands for a term and a style: a
 * learner's style lasts as the term does, and both decide what the learner is offered and takes.
 */
export interface Platform {
  /** Its `terms` count the hidden ones: terms × styles, the styles of a term together. */
  readonly config: ProcessConfig;
  /** [courses] */
  readonly names: readonly string[];
  /** [courses] chance to be opened by someone who browses the catalogue. */
  readonly catalogue: Float64Array;
  /**
   * [terms × courses] the next course of the same topic's syllabus that runs in the term; the last
   * one leads to the first.
   */
  readonly sequel: Int32Array;
  /**
   * [terms × topics × courses] chance that a learner of that term and topic opens a course of the
   * programme.
   */
  readonly programme: Float64Array;
  /** [terms × topics] chance that a learner of that term follows the topic. */
  readonly interest: Float64Array;
}

const SUBJECTS = [
  "Algebra Anatomy Architecture Astronomy Biology Calculus Chemistry Circuits Composition",
  "Databases Design Drama Ecology Economics Ethics Finance Genetics Geology Geometry Graphics",
  "History Journalism Law Linguistics Literature Logic Management Marketing Mechanics",
  "Medicine Music Networks Nursing Optics Painting Philosophy Physics Poetry Politics",
  "Programming Psychology Robotics Sociology Statistics",
].join(" ").split(" ");

/** Makes the platform. */
export function makePlatform(asked: ProcessConfig, seed: number): Platform {
  const { courses, topics, styles } = asked;
  const config = { ...asked, terms: asked.terms * styles };
  const { terms } = config;
  const draw = drawer(seed, "synthetic/platform");
  const popularity = longTail(config);
  const syllabus = syllabuses(popularity, topics);
  const names: string[] = new Array(courses);
  const sequel = new Int32Array(terms * courses);
  syllabus.forEach((list, topic) =>
    list.forEach((course, at) => {
      const round = Math.floor(topic / SUBJECTS.length);
      const subject = `${SUBJECTS[topic % SUBJECTS.length]}${round === 0 ? "" : round + 1}`;
      names[course] = `made-up:${subject}-${String(at + 1).padStart(2, "0")}`;
    })
  );
  const programme = new Float64Array(terms * topics * courses);
  const interest = new Float64Array(terms * topics);
  const runs = popularity.map(() => Math.floor(draw() * asked.terms));
  const twice = popularity.map(() => draw() < config.twoTerms ? 1 : 0);
  const walks = syllabus.map((list, topic) =>
    Array.from({ length: styles }, (_, style) => walkOf(list, topic, style, asked, seed))
  );
  for (let term = 0; term < terms; term++) {
    const calendar = Math.floor(term / styles);
    for (let topic = 0; topic < topics; topic++) {
      const at = (term * topics + topic) * courses;
      const walk = walks[topic][term % styles];
      const offered = walk.filter((course) =>
        course === syllabus[topic][0] || runs[course] === calendar ||
        (twice[course] === 1 && (runs[course] + 1) % asked.terms === calendar)
      );
      // from the end: the next course on offer, at the end the first
      for (
        let place = walk.length - 1, next = 0, left = offered.length - 1;
        place >= 0;
        place--
      ) {
        const course = walk[place];
        sequel[term * courses + course] = offered[next];
        if (offered[left] === course) next = left--;
      }
      offered.forEach((course, place) => {
        programme[at + course] = config.focus ** place;
        interest[term * topics + topic] += popularity[course];
      });
      normalise(programme.subarray(at, at + courses));
    }
    normalise(interest.subarray(term * topics, (term + 1) * topics));
  }
  const catalogue = normalise(popularity.map((share) => share ** config.featured));
  return { config, names, catalogue, sequel, programme, interest };
}

/** The order in which a style walks through a topic's syllabus; a single one follows it. */
function walkOf(
  syllabus: readonly number[],
  topic: number,
  style: number,
  { styles }: ProcessConfig,
  seed: number,
): readonly number[] {
  if (styles === 1) return syllabus;
  const order = permutation(seed, streamKey(`synthetic/walks/${topic}/${style}`), syllabus.length);
  return Array.from(order, (place) => syllabus[place]);
}

/** A function that draws the next uniform number in [0, 1) of a named stream. */
export function drawer(seed: number, stream: string): () => number {
  const words = new Uint32Array(2);
  const key = streamKey(stream);
  let counter = 0;
  return () => uniform(seed, key, counter++, words);
}

/**
 * Popularity of courses by rank: the head as it is asked for, then ∝ 1/(rank + shift), with the
 * shift that makes the whole sum to 1 and lets the tail begin where the head ends. A platform too
 * small for that has a flatter tail.
 */
function longTail({ courses, head }: ProcessConfig): Float64Array {
  const top = head.slice(0, Math.max(0, courses - 1));
  const last = top.at(-1) ?? 1;
  const mass = 1 - top.reduce((sum, share) => sum + share, 0);
  const share = (rank: number, shift: number) =>
    rank < top.length ? top[rank] : last * (top.length + shift) / (rank + 1 + shift);
  const tail = (shift: number) => {
    let sum = 0;
    for (let rank = top.length; rank < courses; rank++) sum += share(rank, shift);
    return sum;
  };
  let low = -top.length + 1e-6;
  let high = 1e6;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (tail(middle) < mass) low = middle;
    else high = middle;
  }
  return normalise(Float64Array.from({ length: courses }, (_, rank) => share(rank, high)));
}

/**
 * Deals courses, the popular ones first, each to the topic with the least popularity so far: topics
 * are about equally large.
 */
function syllabuses(popularity: Float64Array, topics: number): number[][] {
  const filled = new Float64Array(topics);
  const lists: number[][] = Array.from({ length: topics }, () => []);
  popularity.forEach((share, course) => {
    let least = 0;
    for (let topic = 1; topic < topics; topic++) if (filled[topic] < filled[least]) least = topic;
    filled[least] += share;
    lists[least].push(course);
  });
  return lists;
}

function normalise(values: Float64Array): Float64Array {
  const sum = values.reduce((total, value) => total + value, 0);
  for (let i = 0; i < values.length; i++) values[i] /= sum;
  return values;
}
