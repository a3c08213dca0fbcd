/**
 * VMIS-kNN equals a reference that looks at every session: each course lists its m most recent
 * ones; of all that a query's courses list, the m most recent are compared.
 */
import { assert, assertEquals } from "@std/assert";
import type { TinySession } from "../dataset/tiny.ts";
import { assertClose } from "../close.ts";
import { fitSettings } from "./fit_settings.ts";
import { madeUpLog } from "./made_up_log.ts";

interface Reference {
  readonly nItems: number;
  readonly sessions: readonly TinySession[];
  readonly k: number;
  readonly m: number;
}

const later = (sessions: readonly TinySession[]) => (a: number, b: number) =>
  sessions[b].times.at(-1)! - sessions[a].times.at(-1)! || a - b;

function reference(prefix: Int32Array, { nItems, sessions, k, m }: Reference): number[] {
  const courses = [...new Set(prefix)];
  const place = (course: number) => prefix.lastIndexOf(course) + 1;
  const listed = courses.flatMap((course) =>
    sessions.map((_, s) => s).filter((s) => sessions[s].items.includes(course))
      .sort(later(sessions)).slice(0, m)
  );
  const compared = [...new Set(listed)].sort(later(sessions)).slice(0, m);
  const shared = (s: number) => courses.filter((course) => sessions[s].items.includes(course));
  const similarity = (s: number) =>
    // whole numbers: equal similarities are equal
    shared(s).reduce((sum, course) => sum + place(course), 0);
  const near = compared.sort((a, b) => similarity(b) - similarity(a) || later(sessions)(a, b));
  const events = sessions.flatMap(({ items }) => items);
  const scores = new Array(nItems).fill(0);
  for (const s of near.slice(0, k)) {
    const step = prefix.length + 1 - Math.max(...shared(s).map(place));
    for (const course of new Set(sessions[s].items)) {
      const rarity = Math.log(events.length / events.filter((other) => other === course).length);
      scores[course] += similarity(s) / courses.length * (1 - 0.1 * step) *
        (rarity > 0 ? rarity : 1);
    }
  }
  return scores;
}

Deno.test("VMIS-kNN equals the reference on the same index rule", () => {
  let cut = 0;
  for (let seed = 0; seed < 8; seed++) {
    const { nItems, sessions, pairs, queries } = madeUpLog(seed, 20 + 20 * seed);
    for (const [k, m] of [[3, 5], [8, 20], [500, 500]]) {
      const score = fitSettings("vmis_knn", { nItems, pairs }, { k, m, own: "all" });
      queries.forEach((query, i) => {
        const wanted = reference(query.prefix, { nItems, sessions, k, m });
        assertClose(
          score([query]),
          wanted,
          `seed ${seed}, k ${k}, m ${m}, query ${i}`,
          1e-13,
          1e-12,
        );
        const all = reference(query.prefix, { nItems, sessions, k, m: 1e9 });
        if (all.some((value, course) => Math.abs(value - wanted[course]) > 1e-9)) cut++;
      });
    }
  }
  assert(cut > 300, `the index rule mattered in ${cut} queries`);
});

Deno.test("long sessions can be left out of the index, and of a course's rarity", () => {
  const { nItems, sessions, pairs, queries } = madeUpLog(4, 80);
  const short = sessions.filter(({ items }) => items.length <= 4);
  assert(short.length < sessions.length);
  const score = fitSettings("vmis_knn", { nItems, pairs }, {
    k: 6,
    m: 10,
    maxSessionLength: 4,
    own: "all",
  });
  for (const query of queries) {
    const wanted = reference(query.prefix, { nItems, sessions: short, k: 6, m: 10 });
    assertClose(score([query]), wanted, `${query.prefix}`, 1e-13, 1e-12);
  }
  assertEquals(score([{ prefix: Int32Array.of(nItems - 1) }]).length, nItems);
});
