/**
 * The ceiling against sums over everything hidden, written out, and against the draws of the
 * generator.
 */
import { assert, assertAlmostEquals } from "@std/assert";
import { nextChances, observe, priorBelief } from "../../../lib/dataset/synthetic/ceiling.ts";
import { drawer, makePlatform, type Platform } from "../../../lib/dataset/synthetic/platform.ts";
import { PRESETS } from "../../../lib/dataset/synthetic/presets.ts";
import {
  drawNext,
  kindsAfter,
  type Learner,
  tablesOf,
} from "../../../lib/dataset/synthetic/process.ts";

const small = makePlatform({
  ...PRESETS.demo,
  courses: 6,
  topics: 2,
  terms: 2,
  head: [0.3, 0.2],
  mainTopic: 0.7,
  twoTerms: 0.5,
}, 7);

/** The same with three styles, whose orders of a syllabus differ. */
const styled = makePlatform({ ...small.config, styles: 3 }, 7);

/**
 * The next course's distribution for a known learner, from the definition: draw a kind, draw a
 * course, keep what is not the current one.
 */
function ofLearner(
  { config, catalogue, programme, sequel }: Platform,
  { term, main, side }: Learner,
  items: number[],
): number[] {
  const { courses, topics, mainTopic, returnDecay } = config;
  const kinds = kindsAfter(items.length, config);
  const current = items.at(-1);
  const chances: number[] = new Array(courses).fill(0);
  for (let course = 0; course < courses; course++) {
    chances[course] += kinds.browse * catalogue[course];
    chances[course] += kinds.programme * mainTopic *
      programme[(term * topics + main) * courses + course];
    chances[course] += kinds.programme * (1 - mainTopic) *
      programme[(term * topics + side) * courses + course];
  }
  const weights = items.slice(0, -1).map((_, at) => returnDecay ** (items.length - 2 - at));
  const all = weights.reduce((a, b) => a + b, 0);
  weights.forEach((weight, at) => chances[items[at]] += kinds.returns * weight / all);
  if (current !== undefined) chances[sequel[term * courses + current]] += kinds.sequel;
  if (current !== undefined) chances[current] = 0;
  const kept = chances.reduce((a, b) => a + b, 0);
  return chances.map((chance) => chance / kept);
}

/**
 * The same, the learner summed out: Σ P(learner) P(items | learner) P(next | items, learner) /
 * P(items). `earlier` is another session of the learner.
 */
function summedOut(platform: Platform, items: number[], earlier: number[] = []): number[] {
  const { config: { terms, topics, courses }, interest } = platform;
  const joint: number[] = new Array(courses).fill(0);
  let evidence = 0;
  for (let term = 0; term < terms; term++) {
    for (let main = 0; main < topics; main++) {
      for (let side = 0; side < topics; side++) {
        const learner = { term, main, side };
        let chance = interest[term * topics + main] * interest[term * topics + side] / terms;
        for (const session of [earlier, items]) {
          session.forEach((course, t) =>
            chance *= ofLearner(platform, learner, session.slice(0, t))[course]
          );
        }
        evidence += chance;
        ofLearner(platform, learner, items).forEach((next, course) =>
          joint[course] += chance * next
        );
      }
    }
  }
  return joint.map((chance) => chance / evidence);
}

Deno.test("the ceiling is the sum over all that is hidden, for sessions of up to four", () => {
  const { courses } = small.config;
  let compared = 0;
  const visit = (items: number[]) => {
    const belief = items.reduce((so, course) => observe(small, so, course), priorBelief(small));
    const chances = nextChances(small, belief);
    summedOut(small, items).forEach((wanted, course) =>
      assertAlmostEquals(chances[course], wanted, 1e-12, `${items} → ${course}`)
    );
    compared++;
    if (items.length === 4) return;
    for (let course = 0; course < courses; course++) {
      if (course !== items.at(-1)) visit([...items, course]);
    }
  };
  visit([]);
  assert(compared === 1 + 6 + 6 * 5 + 6 * 25 + 6 * 125);
});

Deno.test("styles are summed out too, and a learner's earlier session is believed first", () => {
  const { courses } = styled.config;
  assert(styled.config.terms === 6, "of two terms, three styles each");
  for (const [earlier, items] of [[[], [0, 4]], [[3, 1], [2]], [[0, 2, 5], [1, 3]], [[4], []]]) {
    let belief = priorBelief(styled);
    for (const session of [earlier, items]) {
      belief = { ...belief, items: [] };
      for (const course of session) belief = observe(styled, belief, course);
    }
    const chances = nextChances(styled, belief);
    summedOut(styled, items, earlier).forEach((wanted, course) =>
      assertAlmostEquals(chances[course], wanted, 1e-12, `${earlier}; ${items} → ${course}`)
    );
    assert(chances.length === courses);
  }
});

Deno.test("a style has an order of its own in every topic, and the term's courses", () => {
  const { config: { terms, topics, courses }, programme, sequel } = styled;
  const shares = (term: number, topic: number) =>
    programme.subarray((term * topics + topic) * courses, (term * topics + topic + 1) * courses);
  for (let term = 0; term < terms; term += 3) {
    for (let topic = 0; topic < topics; topic++) {
      const offered = (of: Float64Array) => of.map((share) => share > 0 ? 1 : 0).join();
      const [first, second, third] = [0, 1, 2].map((style) => shares(term + style, topic));
      assert(offered(first) === offered(second) && offered(second) === offered(third));
    }
  }
  const walks = new Set(
    [0, 1, 2].map((style) => sequel.subarray(style * courses, (style + 1) * courses).join()),
  );
  assert(walks.size > 1, "styles walk alike");
});

Deno.test("what the generator draws has the distribution that the ceiling sums over", () => {
  const tables = tablesOf(small);
  const draw = drawer(11, "test");
  const draws = 40_000;
  for (const items of [[], [3], [0, 1], [2, 0, 1, 0, 5]]) {
    for (const learner of [{ term: 0, main: 0, side: 1 }, { term: 1, main: 1, side: 1 }]) {
      const counts = new Float64Array(small.config.courses);
      const wanted = ofLearner(small, learner, items);
      for (let i = 0; i < draws; i++) {
        counts[drawNext(small, tables, learner, items, items.length, draw)]++;
      }
      wanted.forEach((chance, course) => {
        const deviation = Math.sqrt(draws * chance * (1 - chance));
        assert(
          Math.abs(counts[course] - draws * chance) <= 4.5 * deviation,
          `${items} → ${course}: ${counts[course] / draws}, not ${chance}`,
        );
      });
    }
  }
});

Deno.test("chances sum to 1 after long sessions, also with one topic and one term", () => {
  for (const changes of [{}, { topics: 1, terms: 1, courses: 3 }]) {
    const platform = makePlatform({ ...PRESETS.demo, ...changes }, 3);
    const draw = drawer(5, "test");
    const tables = tablesOf(platform);
    const items: number[] = [];
    let belief = priorBelief(platform);
    for (let t = 0; t < 200; t++) {
      items.push(drawNext(platform, tables, { term: 0, main: 0, side: 0 }, items, t, draw));
      belief = observe(platform, belief, items[t]);
    }
    const chances = nextChances(platform, belief);
    assertAlmostEquals(chances.reduce((a, b) => a + b, 0), 1, 1e-9);
    assert(chances[items.at(-1)!] === 0 && chances.every((chance) => chance >= 0));
  }
});
