import { assert, assertEquals } from "@std/assert";
import { quantile } from "../../lib/prepare/quantiles.ts";

Deno.test("quantile: linear between neighbours, as numpy.quantile, to the last digit", () => {
  const bars = (values: number[]) =>
    [...Map.groupBy(values.toSorted((a, b) => a - b), (v) => v)].map(([value, all]) => ({
      value,
      count: all.length,
    }));
  assertEquals(quantile(bars([7]), 0.99), 7);
  assertEquals([0, 0.5, 1].map((share) => quantile(bars([4, 1, 3]), share)), [1, 3, 4]);
  assertEquals(quantile(bars([1, 2]), 0.5), 1.5);
  // NumPy's, which begins at the nearer neighbour; 1 + 9·0.8 is 8.2
  assertEquals(quantile(bars([1, 1, 10]), 0.9), 8.200000000000001);
  assertEquals(quantile(bars([1, 1, 1, 9]), 0.7), 1 + 8 * (0.7 * 3 - 2));
  assert(Number.isNaN(quantile([], 0.5)));
});
