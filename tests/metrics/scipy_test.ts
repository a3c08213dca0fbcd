/**
 * Intervals, p-values and adjustments equal what NumPy, SciPy and statsmodels give
 * (tests/fixtures/make_statistics.py).
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import reference from "../fixtures/statistics.json" with { type: "json" };
import { clustersOf } from "../../lib/metrics/clusters.ts";
import { holm } from "../../lib/metrics/holm.ts";
import { metricInterval } from "../../lib/metrics/interval.ts";
import { METRIC_NAMES } from "../../lib/metrics/metrics.ts";
import { pairedDifference } from "../../lib/metrics/paired.ts";
import { normalTail, studentQuantile } from "../../lib/metrics/student_t.ts";

assertEquals(reference.format, 1);

const near = (actual: number, wanted: number, what: string) =>
  assertAlmostEquals(actual, wanted, 1e-11 * Math.max(1, Math.abs(wanted)), what);

Deno.test("quantiles of Student's t equal SciPy's, of fractional degrees of freedom too", () => {
  assert(reference.t_quantiles.length >= 30);
  for (const [p, freedom, wanted] of reference.t_quantiles) {
    near(studentQuantile(p, freedom) / wanted, 1, `${p} at ${freedom}`);
  }
});

Deno.test("tails of the normal distribution equal SciPy's", () => {
  for (const [z, wanted] of reference.normal_tails) {
    assertAlmostEquals(normalTail(z) / wanted, 1, 1e-13, `${z}`);
  }
});

Deno.test("Holm's adjusted p-values equal statsmodels'", () => {
  for (const { p, adjusted } of reference.holm) {
    holm(p).forEach((value, i) => near(value, adjusted[i], `${i} of ${p.length}`));
  }
});

for (const { name, users, a, b, metrics } of reference.cases) {
  Deno.test(`intervals and p-values equal SciPy's: ${name}`, () => {
    const clusters = clustersOf(users);
    for (const metric of METRIC_NAMES) {
      const wanted = metrics[metric];
      const { low, high } = metricInterval(a, clusters, metric);
      near(low, wanted.interval[0], `${metric}, low`);
      near(high, wanted.interval[1], `${metric}, high`);
      const paired = pairedDifference(a, b, clusters, metric, 1);
      near(paired.difference, wanted.difference, `${metric}, difference`);
      near(paired.interval.low, wanted.difference_interval[0], `${metric}, difference's low`);
      near(paired.interval.high, wanted.difference_interval[1], `${metric}, difference's high`);
      if (wanted.exact) {
        assert(paired.exact, metric);
        near(paired.p, wanted.p, `${metric}, p`);
      } else {
        // both were drawn: 50,000 assignments here, 4,000,000 there
        assert(!paired.exact, metric);
        const error = Math.sqrt(wanted.p * (1 - wanted.p) * (1 / 50_000 + 1 / 4e6));
        assertAlmostEquals(paired.p, wanted.p, 4 * error + 1 / 50_000, `${metric}, p`);
      }
    }
  });
}
