import { assertEquals } from "@std/assert";
import { choose } from "../../../lib/jobs/sweep/choose.ts";
import type { SweepDocument, TrialResult } from "../../../lib/runs/sweep_documents.ts";

const trial = (name: string, size: number, seed: number, data = "a") => ({
  name,
  model: "gru_global",
  settings: { hiddenDim: size },
  seed,
  data,
});
const trials = [
  trial("t1", 8, 1),
  trial("t2", 8, 2),
  trial("t3", 16, 1),
  trial("t4", 16, 2),
  trial("t5", 32, 1),
  trial("t6", 32, 2),
  trial("t7", 8, 1, "b"),
];
const SWEEP = {
  flags: { select: "mrr", popularity: {} },
  models: ["popularity", "gru_global"],
  data: [{ name: "a" }, { name: "b" }],
  trial_seeds: [1, 2],
  trials,
} as unknown as SweepDocument;
const results = (mrr: readonly number[]) =>
  new Map(
    mrr.map((value, i) => {
      const result: Partial<TrialResult> = { validation: { mrr: value } };
      return [trials[i].name, result as TrialResult];
    }),
  );
const failed = (...names: string[]) =>
  new Map(names.map((unit) => [unit, { unit, reason: `${unit} did not end` }]));

Deno.test("the highest mean over seeds is chosen, the first of equals, for each data set", () => {
  const { metric, chosen } = choose(SWEEP, {
    results: results([0.2, 0.4, 0.25, 0.35, 0.5, 0, 0.1]),
    failures: failed(),
  });
  assertEquals(metric, "mrr");
  assertEquals(chosen.map(({ data, model, settings }) => [data, model, settings]), [
    ["a", "popularity", {}],
    ["a", "gru_global", { hiddenDim: 8 }],
    ["b", "popularity", {}],
    ["b", "gru_global", { hiddenDim: 8 }],
  ]);
  const [first, , third] = chosen[1].candidates;
  assertEquals([first.mean, third.mean], [(0.2 + 0.4) / 2, 0.25]);
  assertEquals(first.sd, Math.sqrt((0.1 ** 2 + 0.1 ** 2) / 1));
  // the seed does not decide it: one trial is every seed's
  const [{ seeds, mean, sd }] = chosen[3].candidates;
  assertEquals([seeds, mean, sd], [[1, 2], 0.1, 0]);
});

Deno.test("settings with a failed trial are not chosen, a model of failed ones is not run", () => {
  const { chosen, failed: told } = choose(SWEEP, {
    results: results([0.2, 0.2, 0.9, 0.9, 0.3, 0.3]),
    failures: failed("t4", "t7"),
  });
  assertEquals(chosen.map(({ data, model, settings }) => [data, model, settings]), [
    ["a", "popularity", {}],
    ["a", "gru_global", { hiddenDim: 32 }],
    ["b", "popularity", {}],
  ]);
  assertEquals(told.map(({ data, settings, reason }) => [data, settings, reason]), [
    ["a", { hiddenDim: 16 }, "t4 did not end"],
    ["b", { hiddenDim: 8 }, "t7 did not end"],
  ]);
});
