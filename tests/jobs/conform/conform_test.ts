/**
 * Rules and neighbours against session-rec's own ranks. The log cannot be committed: skipped,
 * aloud, where ../shared is missing. What the comparison itself does is tested on a log of ours.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fixture from "../../fixtures/session_models.json" with { type: "json" };
import { InputError } from "../../../lib/errors/input_error.ts";
import { conform, type Verdict, verdictTable } from "../../../lib/jobs/conform/job.ts";
import { quietTerminal } from "../../../lib/terminal/terminal.ts";
import { writeFolder } from "../../dataset/tiny.ts";
import { conformFiles, gzip, TEST, TRAIN, tsv } from "./log_of_ours.ts";

const folder = new URL("../../../../shared/data/rsc15_100k", import.meta.url).pathname;
const there = await Deno.stat(`${folder}/expected/session_rec.json`).then(() => true, () => false);

Deno.test({
  name: there
    ? "every rank of session-rec's eight classes, fourteen configurations, 3,003 queries"
    : "session-rec's ranks: skipped, ../shared/data/rsc15_100k is not there",
  ignore: !there,
  fn: async () => {
    const verdicts = await conform(folder, quietTerminal());
    assertEquals(verdicts.map(({ missed, unjudged }) => missed + unjudged), Array(14).fill(0));
    for (const verdict of verdicts) {
      const { name, queries, untied, same, withinTie, tied, tiedSame, withinRange } = verdict;
      assertEquals([queries, untied + tied], [3003, 3003], name);
      assertEquals([same + withinTie, tiedSame + withinRange], [untied, tied], name);
      assert(withinTie <= 15, `${name}: ${withinTie} labels within a tie of sums`);
      assert(Math.abs(verdict.mrr - verdict.originalMrr) < 0.0012, name);
    }
    const tied = Object.fromEntries(verdicts.map(({ name, tied }) => [name, tied]));
    assertEquals(tied.vsknn_default, 1768, "similarities tie across the cut in 59 % of queries");
    assertEquals([tied.ar, tied.markov, tied.vstan, tied.vsknn_all_neighbours], [0, 0, 0, 0]);
  },
});

const encode = (text: string) => new TextEncoder().encode(text);
const MARKOV = { class: "MarkovModel", params: {}, ranks: [1] };

async function written(models: unknown, more: Readonly<Record<string, Uint8Array>> = {}) {
  const files = await conformFiles(models);
  return await writeFolder({ ...files, ...more } as typeof files);
}

const judged = async (models: unknown): Promise<Verdict[]> =>
  await conform(await written(models), quietTerminal());

Deno.test("an independent script's ranks pass, whichever equals it takes at a cut", async () => {
  const sameUnderTies = { ours: 0, reversed: 0 };
  for (const verdict of await judged(fixture.conform.as_ours)) {
    assertEquals([verdict.missed, verdict.unjudged, verdict.withinRange], [0, 0, 0], verdict.name);
    sameUnderTies.ours += verdict.tiedSame;
  }
  const reversed = await judged(fixture.conform.reversed);
  for (const verdict of reversed) {
    assertEquals([verdict.missed, verdict.unjudged], [0, 0], verdictTable([verdict]));
    sameUnderTies.reversed += verdict.tiedSame;
  }
  const tied = reversed.filter((verdict) => verdict.tied > 0).map(({ name }) => name);
  assertEquals(tied.length, 7, `equals at a cut: ${tied}`);
  assert(sameUnderTies.reversed < 0.8 * sameUnderTies.ours, JSON.stringify(sameUnderTies));
});

Deno.test("a model that differs by one setting misses, and its first miss is named", async () => {
  const changes = {
    ar: { pruning: 2 },
    sr: { last_in_session: 0 },
    markov: { pruning: 0 },
    item_knn: { alpha: 0.9 },
    sknn: { sample_size: 8 },
    sknn_small_sample: { sample_size: 20 },
    vsknn: { weighting: "same" },
    vsknn_all: { weighting: "quadratic" },
    stan: { lambda_inh: 0.3 },
    vstan: { lambda_idf: 0 },
  };
  const { as_ours: cases } = fixture.conform;
  assertEquals(Object.keys(changes), Object.keys(cases));
  for (const [name, change] of Object.entries(changes)) {
    const model = cases[name as keyof typeof cases];
    const [verdict] = await judged({
      [name]: { ...model, params: { ...model.params, ...change } },
    });
    assert(verdict.missed > 0, verdictTable([verdict]));
    assertStringIncludes(verdictTable([verdict]), `${name} misses ${verdict.missed}: query`);
  }
});

Deno.test("scores that are more than votes are not judged at a tied cut", async () => {
  const { class: name, params, ranks } = fixture.conform.as_ours.vsknn;
  const [verdict] = await judged({
    v: { class: name, params: { ...params, push_reminders: true }, ranks },
  });
  assert(verdict.unjudged > 0 && verdict.unjudged + verdict.untied === ranks.length);
});

for (
  const [what, models, more, part] of [
    ["an unknown class", { a: { class: "SVM", params: {}, ranks: [1] } }, {}, '"SVM"'],
    [
      "an unknown parameter",
      { a: { class: "STAN", params: { k: 5, lamda: 1 }, ranks: [1] } },
      {},
      '"lamda"',
    ],
    [
      "a parameter out of bounds",
      { a: { class: "STAN", params: { k: 0 }, ranks: [1] } },
      {},
      "--k",
    ],
    [
      "a parameter that would have to be off",
      { a: { class: "VMContextKNN", params: { k: 5, extend: true }, ranks: [1] } },
      {},
      '"extend"',
    ],
    [
      "random samples",
      { a: { class: "STAN", params: { k: 5, sampling: "random" }, ranks: [1] } },
      {},
      "random samples",
    ],
    [
      "more ranks than queries",
      { a: { ...MARKOV, ranks: Array(1000).fill(1) } },
      {},
      "1000 ranks",
    ],
    ["a rank of 0", { a: { ...MARKOV, ranks: [0] } }, {}, "ranks[0]"],
    ["no table", {}, { "test.tsv": encode("a\tb\n1\t2\n") }, '"a, b"'],
    ["a time that is none", {}, { "test.tsv": encode(`${tsv(TEST)}1\t2\tsoon\n`) }, "soon"],
    [
      "a session of one event",
      {},
      { "train.tsv.gz": await gzip(tsv([...TRAIN, [700, 1000, 5]])) },
      "session 700",
    ],
    [
      "a log of other items",
      { a: MARKOV },
      { "train.tsv.gz": await gzip(tsv([...TRAIN, [700, 1, 5], [700, 2, 6]])) },
      "13 items",
    ],
    ["bytes that are no gzip", {}, { "train.tsv.gz": encode("no") }, "train.tsv.gz"],
    ["no JSON", {}, { "expected/session_rec.json": encode("{") }, "session_rec.json"],
  ] as [string, unknown, Record<string, Uint8Array>, string][]
) {
  Deno.test(`refused: ${what}`, async () => {
    const path = await written(models, more);
    const { message } = await assertRejects(() => conform(path, quietTerminal()), InputError);
    assertStringIncludes(message, part);
  });
}

Deno.test("a folder that is not there is named", async () => {
  const missing = `${await Deno.makeTempDir()}/none`;
  const { message } = await assertRejects(() => conform(missing, quietTerminal()), InputError);
  assertStringIncludes(message, missing);
});
