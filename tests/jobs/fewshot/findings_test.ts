/** The sentences of a few-shot run. */
import { assertEquals } from "@std/assert";
import { fewshotFindings } from "../../../lib/jobs/fewshot/findings.ts";
import type { Gain, Gains, Measured } from "../../../lib/jobs/fewshot/gains.ts";
import { computeMetrics } from "../../../lib/metrics/metrics.ts";

const ranks = Float64Array.of(1, 2);

function gain(difference: number, low: number, high: number, distinguishable: boolean): Gain {
  const interval = { low, high };
  return { difference, interval, p: 0.02, pHolm: 0.2, distinguishable, differing: 9, exact: false };
}

const NONE = gain(0, 0, 0, false);

/** A method whose cells have these values on validation, "no adaptation" first. */
function measured(name: string, values: readonly number[], own: Gain, over: Gain): Measured {
  const best = values.indexOf(Math.max(...values));
  const cells = values.map((value, i) => i === 0 ? { value } : { value, knobs: { weight: i } });
  const chosen = best === 0 ? undefined : { weight: best };
  return {
    trial: {
      name,
      title: name,
      selection: { metric: "mrr", cells, ...chosen && { chosen } },
      ranks,
      placebo: ranks,
      seconds: 1,
    },
    metrics: computeMetrics(ranks),
    gain: own,
    gainOverPlacebo: over,
    split: {},
  };
}

const gainsOf = (...all: readonly Measured[]): Gains => ({
  metric: "mrr",
  measured: all,
  zeroShot: { metrics: computeMetrics(ranks), split: {} },
  users: 20,
  ownSessionQueries: 0,
  adjustedFor: 2 * all.length,
});

Deno.test("what validation prefers stands first, and what each gain rests on", () => {
  const findings = fewshotFindings(
    gainsOf(
      measured(
        "support_counts",
        [0.4, 0.44, 0.45],
        gain(0.049, 0.015, 0.084, false),
        gain(0.05, 0.02, 0.08, true),
      ),
      measured("maml_warm", [0.4, 0.41], gain(0.011, -0.02, 0.042, false), gain(0, 0, 0, false)),
      measured("unseen", [0.4, 0.41], gain(0.012, 0.009, 0.015, true), gain(0, 0, 0, false)),
      measured(
        "fine_tune",
        [0.4, 0.43],
        gain(0.02, 0.01, 0.03, true),
        gain(0.03, 0.02, 0.04, true),
      ),
      measured("support_prefix", [0.4, 0.4], NONE, NONE),
    ),
    undefined,
  );
  assertEquals(findings, [
    "On validation support_counts is the best of 5 methods: MRR 0.4500, the base model as it is " +
    "0.4000.",
    "support_counts cannot be told from the base model: 4.9 points of MRR (95 % interval 1.5 to " +
    "8.4), which is within noise once 10 comparisons are adjusted for.",
    "maml_warm cannot be told from the base model: 1.1 points of MRR (95 % interval −2.0 to 4.2).",
    "unseen gains 1.2 points of MRR (95 % interval 0.9 to 1.5), which cannot be told from its " +
    "1.2 with another learner's support: the gain is not shown to be personal.",
    "fine_tune gains 2.0 points of MRR (95 % interval 1.0 to 3.0), and none with another " +
    "learner's support (−1.0).",
    "support_prefix gains nothing: on validation it does not beat the base model as it is.",
  ]);
  const [none] = fewshotFindings(
    gainsOf(
      measured("support_prefix", [0.4, 0.3], NONE, NONE),
      measured("unseen", [0.4, 0.4, 0.4], NONE, NONE),
    ),
    undefined,
  );
  assertEquals(none, "On validation no method beats the base model as it is (MRR 0.4000).");
});
