import { assertEquals } from "@std/assert";
import { dropOwn, ownCourses } from "../../lib/baselines/own_courses.ts";
import { sessionsOf } from "../../lib/dataset/sessions.ts";
import { pairRows, pairsOf } from "../dataset/tiny.ts";

/** Sessions of a hundred labels: so many repeat the course before, so many an earlier one. */
function sessions(repeats: number, returns: number) {
  const lists = [
    ...Array.from({ length: repeats }, () => [0, 0]),
    ...Array.from({ length: returns }, () => [1, 2, 1]), // two labels, one of them a return
    ...Array.from({ length: 100 - repeats - 2 * returns }, () => [3, 4]),
  ];
  const rows = lists.map((items) => ({ items, times: items.map((_, i) => i) }));
  return sessionsOf(pairsOf(pairRows(rows)));
}

Deno.test("auto answers a query's own courses where one label in twenty is such a course", () => {
  assertEquals(ownCourses("auto", sessions(5, 0), 5), "all");
  assertEquals(ownCourses("auto", sessions(4, 0), 5), "none");
  assertEquals(ownCourses("auto", sessions(0, 5), 5), "earlier");
  assertEquals(ownCourses("auto", sessions(0, 4), 5), "none");
  assertEquals(ownCourses("auto", sessions(2, 3), 5), "earlier"); // a repeat is a return too
  for (const own of ["all", "earlier", "none"] as const) {
    assertEquals(ownCourses(own, sessions(50, 20), 5), own);
  }
});

Deno.test("all, all but the last, or none of a query's courses keep their scores", () => {
  const dropped = (own: "all" | "earlier" | "none", prefix: number[]) => {
    const scores = Float64Array.of(9, 1, 2, 3, 4, 9);
    dropOwn(own, Int32Array.from(prefix), { scores, base: 1 });
    return [...scores];
  };
  assertEquals(dropped("all", [0, 2]), [9, 1, 2, 3, 4, 9]);
  assertEquals(dropped("earlier", [0, 2]), [9, 1, 2, 0, 4, 9]);
  assertEquals(dropped("none", [0, 2, 2]), [9, 0, 2, 0, 4, 9]);
  assertEquals(dropped("earlier", []), [9, 1, 2, 3, 4, 9]);
});
