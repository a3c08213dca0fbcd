import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import type { Evaluation } from "../../../lib/evaluation/evaluate.ts";
import { keyFindings } from "../../../lib/jobs/baselines/findings.ts";
import { resultsTable } from "../../../lib/jobs/baselines/say.ts";
import { statisticsFields, statisticsOf } from "../../../lib/jobs/statistics.ts";
import { computeMetrics } from "../../../lib/metrics/metrics.ts";
import { uniform } from "../../../lib/random/threefry.ts";

const words = new Uint32Array(2);
/** Ranks of `users` users, ten queries each, that hit with this chance. */
const hits = (users: number, chance: number, stream: number) =>
  Float64Array.from(
    { length: 10 * users },
    (_, i) => uniform(5, stream, i, words) < chance ? 1 : 2 + i % 200,
  );

/** Everything that a run says of these ranks; episodes of one user each, or in turns of `users`. */
function said(
  ranks: Record<string, Float64Array>,
  more: Partial<Evaluation> & { users?: number } = {},
) {
  const evaluations = Object.fromEntries(
    Object.entries(ranks).map(([name, list]): [string, Evaluation] => [
      name,
      { ranks: list, metrics: computeMetrics(list), tiedQueries: 0, ...more },
    ]),
  );
  const queries = Object.values(ranks)[0].length;
  const episodes = queries / 10;
  const statistics = statisticsOf(evaluations, {
    users: Int32Array.from(
      { length: queries },
      (_, i) => Math.floor(i / 10) % (more.users ?? episodes),
    ),
    episodeOffsets: Int32Array.from({ length: episodes + 1 }, (_, e) => 10 * e),
  }, 1);
  const findings = keyFindings({ evaluations, statistics, nItems: 343, baselines: BASELINES });
  return {
    findings,
    all: findings.join("\n"),
    table: resultsTable(evaluations, statistics, undefined),
    fields: statisticsFields(evaluations, statistics),
  };
}

Deno.test("the first of several, and who cannot be told from it", () => {
  const { findings: [leader], table, fields } = said({
    random: hits(60, 0.01, 1),
    gru_global: hits(60, 0.35, 2),
    sasrec_last_item: hits(60, 0.33, 3),
  });
  assertStringIncludes(leader, "gru_global has the highest Accuracy@1 of 3 models: ");
  assert(/ 0\.\d{4} \(95 % interval 0\.\d{4} to 0\.\d{4}\) of 600 queries in 60/.test(leader));
  assert(leader.endsWith("; sasrec_last_item is not distinguishable from it."), leader);
  assertEquals(fields.best_within_noise["accuracy@1"], ["gru_global", "sasrec_last_item"]);
  const row = (name: string) => table.split("\n").find((line) => line.startsWith(name))!;
  assert(row("gru_global").includes("*") && row("sasrec_last_item").includes("*"), table);
  assert(!row("random").includes("*"));
});

Deno.test("a lone model is not marked as the best", () => {
  const { table } = said({ gru_global: hits(60, 0.35, 2) });
  assert(!table.includes("*"), table);
  assert(table.endsWith("Below: 95 % intervals over 60 users"), table);
});

Deno.test("a lead says its interval, both p-values and a verdict", () => {
  const { findings } = said({
    popularity: hits(60, 0.03, 1),
    gru_global: hits(60, 0.35, 2),
    sessionknn: hits(60, 0.33, 3),
  });
  const [leader, lead] = findings;
  assertStringIncludes(leader, "sessionknn is not distinguishable from it");
  const [number, p] = ["−?\\d\\.\\d{4}", "p = \\d\\.\\d{3}"];
  const wanted = `^gru_global leads sessionknn by ${number} in Accuracy@1 ` +
    `\\(95 % interval ${number} to ${number}, ${p}; ${p} after Holm's adjustment for the ` +
    "run's 12 comparisons\\): not distinguishable\\.$";
  assert(new RegExp(wanted).test(lead), lead);
  const clear = said({ popularity: hits(60, 0.03, 1), gru_global: hits(60, 0.35, 2) });
  assert(clear.findings[0].endsWith("; all others are distinguishable from it."), clear.all);
  assert(clear.findings[1].endsWith("comparisons): distinguishable."), clear.all);
});

Deno.test("no hit at all is no best model; a tie for first place is a tie", () => {
  const none = said({ random: hits(20, 0, 1), popularity: hits(20, 0, 2).map((rank) => rank + 1) });
  assertStringIncludes(
    none.findings[0],
    "No model ranks the right course first in any of 200 queries in 20 test episodes, so none is " +
      "the best by Accuracy@1; the highest MRR is ",
  );
  assert(none.findings[0].endsWith(", of random."), none.all);
  assert(!none.all.includes("leads") && !none.all.includes("highest Accuracy@1"), none.all);
  assertEquals(none.fields.best_within_noise["accuracy@1"], []);
  const ranks = hits(20, 0.4, 1);
  const tie = said({ gru_global: ranks, sasrec: ranks, random: hits(20, 0.01, 2) });
  assertStringIncludes(
    tie.findings[0],
    "gru_global and sasrec tie for the highest Accuracy@1 of 3",
  );
  assertStringIncludes(tie.findings[0], "all others are distinguishable from them");
  assertStringIncludes(
    tie.findings[1],
    "gru_global and sasrec are right first in the same number of queries of every user.",
  );
});

Deno.test("three test episodes are too few to tell, and so are nine users in many", () => {
  const few = said({ gru_global: hits(3, 1, 1), popularity: hits(3, 0, 2) });
  assertStringIncludes(few.findings[0], "; too few episodes to tell models apart.");
  assert(few.findings[1].endsWith("): too few episodes to tell."), few.all);
  assert(!/distinguishable|p =|p </.test(few.all), few.all);
  assert(!few.table.split("\n").slice(0, -1).join().includes("*"), few.table);
  assertStringIncludes(few.table, "over 3 users; too few episodes to tell which is best");
  const many = said({ gru_global: hits(40, 1, 1), popularity: hits(40, 0, 2) }, { users: 9 });
  assertStringIncludes(many.all, "too few users to tell");
  assertStringIncludes(many.table, "95 % intervals over 9 users");
});

Deno.test("a model that is known to be held back is explained where its gap is shown", () => {
  const others = { gru_global: hits(60, 0.35, 2), sasrec: hits(60, 0.15, 3) };
  const reason = "from the last column of the padded batch, mostly padding, while it is asked at";
  const [, gap] = said(others).findings;
  assertStringIncludes(
    gap,
    "): distinguishable. sasrec is held back: its training output is read, as in ",
  );
  assertStringIncludes(gap, reason);
  assert(gap.endsWith("; sasrec_last_item is the corrected model."), gap);
  const both = said({ ...others, sasrec_last_item: hits(60, 0.34, 4) });
  const beside = both.findings.find((finding) => finding.includes(reason))!;
  assert(/ sasrec trails because .*; sasrec_last_item, corrected, has 0\.\d{4}\.$/.test(beside));
  // the corrected model is not told from it: its gap has another cause
  const alike = said({ ...others, sasrec_last_item: hits(60, 0.16, 4) });
  const unproven = alike.findings.find((finding) => finding.includes(reason))!;
  assertStringIncludes(unproven, " sasrec is held back: ");
  assert(unproven.endsWith(", not distinguishable from it."), unproven);
  // told from it and worse: then it is neither the cause nor alike
  const worse = said({ ...others, sasrec_last_item: hits(60, 0.02, 4) });
  const beyond = worse.findings.find((finding) => finding.includes(reason))!;
  assert(
    / sasrec is held back: .*; sasrec_last_item, corrected, has 0\.\d{4}\.$/.test(beyond),
    beyond,
  );
  const ahead = said({ gru_global: hits(60, 0.1, 2), sasrec: hits(60, 0.5, 3) });
  assert(!ahead.all.includes(reason), "nothing is explained where it leads");
});

Deno.test("what ties do is said where they are many", () => {
  const metrics = { "accuracy@1": 0.031, "recall@5": 0.1, "recall@10": 0.2, mrr: 0.09 };
  const underTies = { meanRank: 45.61, metrics };
  const ranks = { popularity: hits(20, 0.1, 1) };
  const many = said(ranks, { tiedQueries: 3, underTies }).all;
  assertStringIncludes(many, "In 3 of 200 queries popularity gives the label the same score");
  assertStringIncludes(many, "expected 45.6 with ties in random order (Accuracy@1 ");
  assertStringIncludes(many, "expected 0.0310).");
  const few = said(ranks, { tiedQueries: 2, underTies }).all;
  assertStringIncludes(few, "In 2 of 200 queries");
  assert(!few.includes("expected"), few);
});

Deno.test("ties of many models are one sentence with the most that they move", () => {
  const names = ["popularity", "markov", "vsknn", "sknn"];
  const ranks = Object.fromEntries(names.map((name, i) => [name, hits(20, 0.25, i)]));
  const own = computeMetrics(ranks.markov);
  const underTies = { meanRank: 45.61, metrics: { ...own, "accuracy@1": 0.5 } };
  const { findings } = said(ranks, { tiedQueries: 7, underTies });
  const about = findings.filter((finding) => finding.includes("share their score"));
  const all = Object.values(ranks).map((list) => 0.5 - computeMetrics(list)["accuracy@1"]);
  assertEquals(about.length, 1);
  for (const name of names) assertStringIncludes(about[0], `${name} 7`);
  assertStringIncludes(about[0], `by more than ${Math.max(...all).toFixed(4)} against`);
  assert(!findings.some((finding) => finding.includes("gives the label the same score")));
});

Deno.test("the table has every metric's interval, in less than 80 columns", () => {
  const { table, fields } = said({
    random: hits(60, 0.01, 1),
    a_model_with_name: hits(60, 0.35, 2),
  });
  const lines = table.split("\n");
  const { low, high } = fields.intervals_95.random.mrr;
  assert(lines.some((line) => line.includes(`${low.toFixed(4)}–${high.toFixed(4)}`)), table);
  assert(lines.every((line) => line.length < 80), table);
  assertEquals((table.match(/0\.\d{4}–0\.\d{4}/g) ?? []).length, 8);
});
