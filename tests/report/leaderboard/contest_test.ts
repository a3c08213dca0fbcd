import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { clustersOf } from "../../../lib/metrics/clusters.ts";
import { seedEstimate, seedSums } from "../../../lib/metrics/seeds.ts";
import { contestOf } from "../../../lib/report/leaderboard/contest.ts";
import { groupEvidence } from "../../../lib/report/leaderboard/evidence.ts";
import { evidenceOf, SPREAD } from "./shown.ts";

const METRICS = ["accuracy@1", "mrr"] as const;

Deno.test("seeds of a model are one contestant, with the estimator's mean, sd and interval", () => {
  const evidence = evidenceOf({ name: "demo" });
  const [shown, ...others] = groupEvidence(evidence);
  assertEquals(others, []);
  const contest = contestOf(shown, METRICS);
  assertEquals(contest.rows.map(({ contestant }) => contestant.trainings.length), [
    3,
    3,
    3,
    3,
    3,
    3,
  ]);
  const row = contest.rows.find(({ contestant }) => contestant.model === "markov")!;
  const ranks = evidence.filter(({ model }) => model === "markov").map((one) => one.ranks);
  const users = clustersOf(evidence[0].data.users);
  const wanted = seedEstimate(seedSums(ranks, users, "mrr"));
  const { mean, sd, interval } = row.scores.mrr;
  assertEquals({ mean, sd, interval }, wanted);
  assertEquals([row.fitSeconds, row.epochs], [5, undefined]);
  const best = contest.rows.filter(({ scores }) => scores.mrr.isBest).map(({ contestant }) =>
    contestant.model
  );
  assert(best.includes("gru_global") && !best.includes("random"), best.join());
  assert(contest.rows.at(-1)!.scores.mrr.pHolm! < 0.01);
  assertEquals(contest.adjustedFor, 2 * 15);
});

Deno.test("data of other files, K or Q are never mixed, and it is said why", () => {
  const shown = groupEvidence([
    ...evidenceOf({ name: "demo" }, [1]),
    ...evidenceOf({ name: "demo", fingerprint: "another hash" }, [2]),
    ...evidenceOf({ name: "demo", k: 3 }, [3]),
  ]);
  assertEquals(shown.length, 3);
  for (const { contestants, notes } of shown) {
    assertEquals(contestants.map(({ trainings }) => trainings.length), [1, 1, 1, 1, 1, 1]);
    assertStringIncludes(notes.join(), "Not mixed with other data of the same name");
  }
  assertStringIncludes(shown.map(({ notes }) => notes.join()).join(), "its files differ (another");
  assertStringIncludes(shown.map(({ notes }) => notes.join()).join(), "K=3, Q=10 there");
});

Deno.test("other settings are another contestant with what differs in its name", () => {
  const wide = evidenceOf({ name: "demo" }, [1, 2]).map((one) => ({
    ...one,
    settings: { ...one.settings, ...one.family === "neural" && { hiddenDim: 128 } },
  }));
  const [{ contestants }] = groupEvidence([...evidenceOf({ name: "demo" }, [1, 2]), ...wide]);
  assertEquals(contestants.map(({ label }) => label).toSorted(), [
    "gru_global (hiddenDim=128)",
    "gru_global (hiddenDim=64)",
    "markov",
    "popularity",
    "random",
    "sasrec_last_item (hiddenDim=128)",
    "sasrec_last_item (hiddenDim=64)",
    "vsknn",
  ]);
});

Deno.test("a seed counts once, by its newest training; other queries are refused", () => {
  const twice = evidenceOf({ name: "demo" }, [1, 2]).map((one) => ({
    ...one,
    seed: "7",
    ranks: one.ranks.map((rank) => one.run.startsWith("20260132") ? 1 : rank),
  }));
  const [shown] = groupEvidence(twice);
  assertEquals(shown.contestants.map(({ trainings }) => trainings.length), [1, 1, 1, 1, 1, 1]);
  assertEquals(new Set(shown.contestants[0].trainings[0].ranks), new Set([1]));
  assertStringIncludes(shown.notes.join(), `${Object.keys(SPREAD).length} left out`);
  const other = evidenceOf({ name: "demo", users: 41 });
  assertThrows(
    () => groupEvidence([...evidenceOf({ name: "demo" }), ...other]),
    InputError,
    "their queries are not",
  );
});

Deno.test("below ten users nothing is called best", () => {
  const { rows, tooFew } = contestOf(
    groupEvidence(evidenceOf({ name: "a", users: 9 }))[0],
    METRICS,
  );
  assertEquals(tooFew, "too few episodes to tell");
  assert(rows.every(({ scores }) => !scores.mrr.isBest));
});
