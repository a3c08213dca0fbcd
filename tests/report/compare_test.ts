import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { clustersOf } from "../../lib/metrics/clusters.ts";
import { holm } from "../../lib/metrics/holm.ts";
import { pairedDifference } from "../../lib/metrics/paired.ts";
import { compareRuns, queriesDiffer, verdictOf } from "../../lib/report/compare.ts";
import { renderComparison } from "../../lib/report/compare_page.ts";
import type { RunDocuments } from "../../lib/runs/run_documents.ts";
import { type SampleOptions, sampleRun, SKILL } from "./sample_run.ts";

const A = sampleRun({ tag: "A" });
const B = sampleRun({ tag: "B", skill: { ...SKILL, gru_global: 0.5, sasrec: 3.0 } });

Deno.test("differences are the second run minus the first, p-values adjusted for all", () => {
  const { differences, models, users, adjustedFor } = compareRuns([A, B]);
  assertEquals(models.length, 6);
  assertEquals(differences.length, 6 * 4);
  for (const { model, metric, difference, interval, p, first, second } of differences) {
    assertAlmostEquals(
      difference,
      B.results.baselines[model][metric] - A.results.baselines[model][metric],
      1e-12,
    );
    assertAlmostEquals(second - first, difference, 1e-12);
    const wanted = pairedDifference(
      B.queries.ranks[model],
      A.queries.ranks[model],
      clustersOf(Array.from({ length: 480 }, (_, i) => Math.floor(i / 10))),
      metric,
      A.config.seed,
    );
    assertEquals([interval, p], [wanted.interval, wanted.p]);
  }
  const differing = differences.filter(({ differing }) => differing > 0);
  assertEquals([users, adjustedFor, differing.length], [48, 8, 8]);
  assertEquals(differing.map(({ pHolm }) => pHolm), holm(differing.map(({ p }) => p)));
  for (const { pHolm, distinguishable } of differences) {
    assertEquals(distinguishable, pHolm <= 0.05);
  }
  const of = (model: string) =>
    differences.find((entry) => entry.model === model && entry.metric === "accuracy@1")!;
  assert(of("gru_global").difference < 0, "a model made much worse");
  assertEquals(of("popularity").difference, 0);
  assertEquals(["gru_global", "sasrec", "popularity"].map((model) => verdictOf(of(model))), [
    "distinguishable",
    "not distinguishable",
    "no difference",
  ]);
});

Deno.test("fewer than ten users give no verdict, in however many episodes", () => {
  const verdicts = (options: SampleOptions) => {
    const [left, right] = [SKILL, { ...SKILL, gru_global: 0 }].map((skill) =>
      sampleRun({ ...options, skill })
    );
    const { differences } = compareRuns([left, right]);
    return differences.filter(({ model }) => model === "gru_global").map(verdictOf);
  };
  assertEquals(verdicts({ episodes: 3 }), new Array(4).fill("too few episodes to tell"));
  assertEquals(verdicts({ episodes: 30, users: 9 }), new Array(4).fill("too few users to tell"));
  assertEquals(verdicts({ episodes: 30, users: 30 })[0], "distinguishable");
});

Deno.test("a run from before users were kept compares with one that has them", () => {
  const skill = { ...SKILL, gru_global: 2 };
  const [old, users] = [sampleRun({ tag: "old" }), sampleRun({ tag: "new", skill, users: 12 })];
  for (const runs of [[old, users], [users, old]]) assertEquals(compareRuns(runs).users, 12);
  assertEquals(compareRuns([old, old]).users, 48);
  const others = sampleRun({ tag: "others", users: 11 });
  assertStringIncludes(
    assertThrows(() => compareRuns([users, others]), InputError).message,
    "the user of episode number 11 is 11 in new, 0 in others",
  );
});

Deno.test("runs whose queries differ are refused, naming how", () => {
  const change = (part: Partial<RunDocuments["queries"]>): RunDocuments => ({
    ...B,
    queries: { ...B.queries, ...part },
  });
  const replaced = (values: readonly number[], at: number, value: number) =>
    values.map((x, i) => i === at ? value : x);
  const cases: [RunDocuments, string][] = [
    [
      change({ pair_ids: replaced(B.queries.pair_ids, 7, 1) }),
      "the pair of query 7 is 5007 in A, 1 in B",
    ],
    [change({ labels: replaced(B.queries.labels, 3, 419) }), "the label of query 3"],
    [
      change({ prefix_lengths: replaced(B.queries.prefix_lengths, 4, 999) }),
      "the prefix length of query 4",
    ],
    [
      change({ episode_ids: replaced(B.queries.episode_ids, 2, 99) }),
      "episode number 2 is 2 in A, 99 in B",
    ],
    [
      change({ episode_offsets: replaced(B.queries.episode_offsets, 2, 19) }),
      "the first query of episode number 2 is 20 in A, 19 in B",
    ],
    [
      { ...B, courses: B.courses.map((course, i) => i === 5 ? "renamed" : course) },
      'course 5 is "course 5" in A, "renamed" in B',
    ],
    [{ ...B, courses: B.courses.slice(1) }, "the number of courses is 420 in A, 419 in B"],
    [sampleRun({ tag: "B", episodes: 47 }), "the number of test episodes is 48 in A, 47 in B"],
    [sampleRun({ tag: "B", q: 5 }), 'K and Q are "5, 10" in A, "5, 5" in B'],
  ];
  for (const [other, how] of cases) {
    assertStringIncludes(assertThrows(() => compareRuns([A, other]), InputError).message, how);
  }
  assertEquals(queriesDiffer(A, B), undefined);
  assertThrows(() => compareRuns([A]), InputError, "two or more");
  assertThrows(
    () =>
      compareRuns([sampleRun({ skill: { random: 0 } }), sampleRun({ skill: { popularity: 1 } })]),
    InputError,
    "no model",
  );
});

Deno.test("the page shows each difference, its verdict, and what was done differently", () => {
  const third = sampleRun({
    tag: "<C>",
    epochs: 3,
    skill: { random: 0, gru_global: 3.4 },
    synthetic: true,
  });
  const comparison = compareRuns([A, B, third]);
  const page = renderComparison(comparison);
  assertEquals(comparison.differences.length, (6 + 2) * 4);
  assertEquals([...page.matchAll(/<figure id="difference-/g)].length, 8);
  assertEquals(comparison.settings.find(({ name }) => name === "epochs")?.values, [
    "10",
    "10",
    "3",
  ]);
  assertEquals(comparison.settings.find(({ name }) => name === "seed"), undefined);
  for (
    const part of [
      "SYNTHETIC DATA",
      "sasrec is only in A and B.",
      ">distinguishable<",
      ">no difference<",
      "&lt;C&gt;",
    ]
  ) {
    assertStringIncludes(page, part);
  }
  assert(!page.includes("<C>") && !/NaN|undefined/.test(page));
});

Deno.test("colours say the sign of a difference, filling says that it is more than noise", () => {
  const skill = { up: 0.5, down: 3.4, noise: 3.0 };
  const [first, other] = [skill, { ...skill, up: 3.4, down: 0.5 }].map((skill) =>
    sampleRun({ skill })
  );
  const { ranks } = other.queries;
  const noise = first.queries.ranks.noise.map((rank, query) => query % 160 === 0 ? 1 : rank);
  const queries = { ...other.queries, ranks: { ...ranks, noise } }; // three users differ
  const comparison = compareRuns([first, { ...other, queries }]);
  const { differences } = comparison;
  assertEquals(
    differences.filter(({ metric }) => metric === "mrr").map((row) => [row.model, verdictOf(row)]),
    [["down", "distinguishable"], ["noise", "not distinguishable"], ["up", "distinguishable"]],
  );
  const page = renderComparison(comparison);
  const mrr = page.slice(page.indexOf('<figure id="difference-1-mrr"'), page.indexOf('id="table"'));
  const drawing = mrr.slice(mrr.indexOf("<svg"), mrr.indexOf("</svg>"));
  const bars = [...drawing.matchAll(/fill="([^"]+)" stroke="(var\(--(?:up|down)\))"/g)];
  assertEquals(bars.map(([, fill, stroke]) => [fill, stroke]), [
    ["var(--up)", "var(--up)"],
    ["var(--card)", "var(--up)"],
    ["var(--down)", "var(--down)"],
  ]);
  assertStringIncludes(mrr, '<span class="tag up">distinguishable</span>');
  assertStringIncludes(mrr, '<span class="tag">not distinguishable</span>');
  const axes = [...page.matchAll(/<figure id="difference-[\s\S]*?<\/svg>/g)].map(([figure]) =>
    [...figure.matchAll(/>([+−]?\d(?:\.\d{1,2})?)<\/text>/g)].map(([, text]) => text).join(" ")
  );
  assertEquals(axes.length, 4);
  assertEquals(new Set(axes).size, 1, "all differences are drawn on one scale");
});

Deno.test("losses of the runs lie over each other; a small test is said to be one", () => {
  const few = { episodes: 9, skill: { random: 0, gru_global: 3 } };
  const page = renderComparison(
    compareRuns([sampleRun(few), sampleRun({ ...few, tag: "B", epochs: 4 })]),
  );
  assertStringIncludes(page, '<figure id="loss-gru-global">');
  assertStringIncludes(page, "Lines over 10 epochs. A from ");
  assert(!page.includes('id="loss-random"'), "what is not trained has no curve");
  assertStringIncludes(page, "Only 9 users in 9 test episodes: too few episodes to tell");
  const twelve = sampleRun({ episodes: 12 });
  assertStringIncludes(renderComparison(compareRuns([twelve, twelve])), "Only 12 test episodes");
  assert(!renderComparison(compareRuns([A, B])).includes("Keep in mind"));
});
