import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { clustersOf, contributions, estimate } from "../../lib/metrics/clusters.ts";
import { differenceInterval, metricInterval, wilsonInterval } from "../../lib/metrics/interval.ts";
import { METRIC_NAMES } from "../../lib/metrics/metrics.ts";
import { studentQuantile } from "../../lib/metrics/student_t.ts";

/** `queries` queries of each of `count` users, in order. */
const users = (count: number, queries: number) =>
  Array.from({ length: count * queries }, (_, i) => Math.floor(i / queries));
const NORMAL = 1.959963984540054;

Deno.test("no hit, or only hits, of 790 queries leave more than a point", () => {
  const clusters = clustersOf(users(79, 10));
  const none = metricInterval(new Array(790).fill(400), clusters, "accuracy@1");
  const all = metricInterval(new Array(790).fill(1), clusters, "accuracy@1");
  const end = NORMAL ** 2 / (79 + NORMAL ** 2); // Wilson's, over the users
  assertEquals([none.low, all.high], [0, 1]);
  assertAlmostEquals(none.high, end, 1e-15);
  assertAlmostEquals(all.low, 1 - end, 1e-15);
});

Deno.test("an interval never ends outside of what a metric can be, nor shrinks to a point", () => {
  const shapes = [[1], [1, 1, 1], [1, 2], [1, 300, 300], [343], [2, 2, 2, 2], [1, 5, 6, 10, 11]];
  for (const shape of shapes) {
    for (const count of [1, 2, 3, 12]) {
      const ranks = Array.from({ length: count * 4 }, (_, i) => shape[i % shape.length]);
      for (const metric of METRIC_NAMES) {
        const { low, high } = metricInterval(ranks, clustersOf(users(count, 4)), metric);
        assert(low >= 0 && high <= 1 && high - low > 1e-3, `${shape} ${count} ${metric}`);
      }
    }
  }
});

Deno.test("on the logit scale the interval is Student's t, without skew", () => {
  // as many users with one hit of two as with none: half of them 0.5, half 0
  const ranks = users(40, 2).map((user, i) => user % 2 === 0 && i % 2 === 0 ? 1 : 9);
  const { low, high } = metricInterval(ranks, clustersOf(users(40, 2)), "accuracy@1");
  const mean = 0.25;
  const error = Math.sqrt(0.25 ** 2 * 40 / 39 / 40);
  const logit = (x: number) => Math.log(x / (1 - x));
  const reach = studentQuantile(0.975, 39) * error / (mean * (1 - mean));
  assertAlmostEquals(logit(low), logit(mean) - reach, 1e-12);
  assertAlmostEquals(logit(high), logit(mean) + reach, 1e-12);
});

Deno.test("uncertainty is counted over users: asking each of them again tells nothing", () => {
  const ranks = users(30, 3).map((user, i) => (user + i) % 3 === 0 ? 1 : 2 + user);
  const once = clustersOf(users(30, 3));
  // windows of a user that overlap: every query in four of them
  const windows = clustersOf([...users(30, 3), ...users(30, 3), ...users(30, 3), ...users(30, 3)]);
  const four = [...ranks, ...ranks, ...ranks, ...ranks];
  // counted as users of their own, they would halve the interval
  const asEpisodes = clustersOf(users(120, 3));
  for (const metric of METRIC_NAMES) {
    const { low, high } = metricInterval(ranks, once, metric);
    const overlapping = metricInterval(four, windows, metric);
    assertAlmostEquals(overlapping.low, low, 1e-12);
    assertAlmostEquals(overlapping.high, high, 1e-12);
    const wrong = metricInterval(four, asEpisodes, metric);
    assert(wrong.high - wrong.low < 0.6 * (high - low), metric);
  }
});

Deno.test("queries of a user may stand apart, and users have any number", () => {
  const of = users(12, 5);
  const ranks = of.map((user, i) => 1 + (7 * user + 3 * i) % 11);
  const order = of.map((_, i) => (i * 23) % of.length);
  const renamed = (user: number) => 1000 - 7 * user;
  assertEquals(
    metricInterval(order.map((i) => ranks[i]), clustersOf(order.map((i) => renamed(of[i]))), "mrr"),
    metricInterval(order.map((i) => ranks[i]), clustersOf(order.map((i) => of[i])), "mrr"),
  );
  const apart = metricInterval(
    order.map((i) => ranks[i]),
    clustersOf(order.map((i) => of[i])),
    "mrr",
  );
  const together = metricInterval(ranks, clustersOf(of), "mrr");
  assertAlmostEquals(apart.low, together.low, 1e-12);
  assertAlmostEquals(apart.high, together.high, 1e-12);
});

Deno.test("a few users with most of the queries count as few", () => {
  const heavy = [...users(2, 200), ...users(20, 1).map((user) => 2 + user)];
  const { effective } = estimate(
    contributions(heavy.map((_, i) => 1 + i % 2), clustersOf(heavy), "mrr"),
  );
  assertAlmostEquals(effective, 420 ** 2 / (2 * 200 ** 2 + 20), 1e-12);
});

Deno.test("a difference's interval: Student's t; never a point", () => {
  const counts = new Float64Array(25).fill(4);
  const sums = Float64Array.from(counts, (_, user) => user % 5 - 1);
  const error = Math.sqrt(2 / 16 / 25 * 25 / 24); // the variance of -1 to 3 is 2
  const { low, high } = differenceInterval({ sums, counts });
  assertAlmostEquals(low, 0.25 - studentQuantile(0.975, 24) * error, 1e-12);
  assertAlmostEquals(high, 0.25 + studentQuantile(0.975, 24) * error, 1e-12);
  const none = differenceInterval({ sums: new Float64Array(25), counts });
  const end = NORMAL ** 2 / (25 + NORMAL ** 2);
  assertAlmostEquals(none.high, end, 1e-15);
  assertEquals(none.low, -none.high);
  const alike = differenceInterval({ sums: new Float64Array(25).fill(4), counts });
  assertAlmostEquals(alike.low, 1 - 2 * end, 1e-15);
  assertEquals(alike.high, 1);
});

Deno.test("Wilson's interval keeps its ends", () => {
  assertEquals([wilsonInterval(0, 3).low, wilsonInterval(1, 3).high], [0, 1]);
});

Deno.test("an interval needs a query, and a rank for each", () => {
  assertThrows(() => metricInterval([], clustersOf([]), "mrr"), RangeError, "at least one query");
  assertThrows(() => metricInterval([1], clustersOf([0, 0]), "mrr"), RangeError, "1 ranks of 2");
});
