import { assertEquals } from "@std/assert";
import {
  binned,
  byEpisode,
  meanOver,
  merged,
  quantile,
  recallCurve,
  sharesOf,
} from "../../lib/report/groups.ts";

Deno.test("every query is in the bin of its value; empty bins are left out", () => {
  const groups = binned([1, 2, 3, 4, 4, 90], [0, 1, 2, 3, 5, 9]);
  assertEquals(groups, [
    { name: "1", queries: [0] },
    { name: "2", queries: [1] },
    { name: "3–4", queries: [2, 3, 4] },
    { name: "9+", queries: [5] },
  ]);
});

Deno.test("small bins are put together with a neighbour, and no query is lost", () => {
  const bins = (...sizes: number[]) =>
    binned(sizes.flatMap((size, i) => new Array<number>(size).fill([1, 2, 4, 9][i])), [
      1,
      2,
      3,
      5,
    ]);
  const sizes = (...of: number[]) =>
    merged(bins(...of), 10).map(({ name, queries }) => `${name}: ${queries.length}`);
  assertEquals(sizes(10, 12, 30, 11), ["1: 10", "2: 12", "3–4: 30", "5+: 11"]);
  assertEquals(sizes(3, 12, 30, 9), ["1–2: 15", "3+: 39"]);
  assertEquals(sizes(10, 4, 4, 4), ["1: 10", "2+: 12"]);
  assertEquals(sizes(4, 0, 5, 0), []);
  assertEquals(sizes(4, 0, 6, 0), ["1–4: 10"]);
});

Deno.test("means, shares and quantiles", () => {
  const ranks = [1, 2, 5, 6, 10, 11];
  assertEquals(meanOver(ranks, [0, 1], "accuracy@1"), 1 / 2);
  assertEquals(meanOver(ranks, [0, 2, 3], "recall@5"), 2 / 3);
  assertEquals(sharesOf(ranks, [1, 2, 6, 11]), [1 / 6, 2 / 6, 2 / 6, 1 / 6]);
  assertEquals([0, 0.25, 0.5, 1].map((p) => quantile(ranks, p)), [1, 2, 5, 11]);
  // the second episode has no query
  assertEquals(byEpisode(ranks, [0, 2, 2, 6], "accuracy@1"), [1 / 2, 0]);
});

Deno.test("the curve of Recall@k counts the ranks up to k and ends at 1", () => {
  const ranks = [3, 1, 7, 7, 20];
  const curve = recallCurve(ranks, 20);
  for (const { x, y } of curve) {
    assertEquals(
      y,
      ranks.filter((rank) => rank <= x).length / ranks.length,
    );
  }
  assertEquals([curve[0].x, curve.at(-1)], [1, { x: 20, y: 1 }]);
});
