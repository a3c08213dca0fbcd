import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EVALUATE_COMMAND, evaluateSaved } from "../../lib/jobs/evaluate.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { makeTinyRun, tinyRun } from "./recommend/tiny_run.ts";
import { jobOf } from "./job.ts";
import { recorder } from "./recorder.ts";

async function evaluate(data: string, ...flags: string[]) {
  const { out } = await tinyRun();
  return await evaluateIn(out, "--data", data, ...flags);
}

async function evaluateIn(out: string, ...flags: string[]) {
  const line = ["--out", out, "--device", "tfjs-cpu", ...flags];
  const { values } = parseFlags(EVALUATE_COMMAND, line);
  const { terminal, text } = recorder();
  return { ...await evaluateSaved(await jobOf(values, terminal)), text };
}

Deno.test("saved models on the run's data give the run's ranks", async () => {
  const { data, out, outDir } = await tinyRun();
  const { document, path, table } = await evaluate(data);
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(`${out}/${outDir}/${name}`));
  const results = await read("results.json");
  const queries = await read("queries.json");
  assertEquals(document.baselines as unknown, results.baselines);
  assertEquals(document.intervals_95 as unknown, results.intervals_95);
  assertEquals(document.queries.ranks, queries.ranks);
  assertEquals(document.queries.pair_ids, queries.pair_ids);
  assert(path.startsWith(`${out}/${outDir}/evaluations/`));
  assertEquals(JSON.parse(await Deno.readTextFile(path)), JSON.parse(JSON.stringify(document)));
  assertStringIncludes(table, "sessionknn");
});

Deno.test("corrected, tied and sampled networks are read back as they were", async () => {
  const models = ["gru_own_padding", "sasrec_all_positions", "gru_tied", "sasrec_tied"];
  const small = models.flatMap((model) => [`--${model}.hidden-dim`, "8"]);
  const losses = "--gru_own_padding.loss bce --gru_tied.loss bpr_max --sasrec_tied.loss gbce";
  const run = await makeTinyRun("--models", models.join(), ...small, ...losses.split(" "));
  const { document } = await evaluateIn(run.out);
  const read = async (name: string) =>
    JSON.parse(await Deno.readTextFile(`${run.out}/${run.outDir}/${name}`));
  assertEquals(Object.keys(document.baselines), models);
  assertEquals(document.queries.ranks, (await read("queries.json")).ranks);
  assertEquals(document.baselines as unknown, (await read("results.json")).baselines);
});

Deno.test("without --data the run's data are taken, and their changes are said", async () => {
  const { data, out } = await makeTinyRun("--models", "popularity");
  const given = await evaluateIn(out, "--data", data, "--split", "val");
  const own = await evaluateIn(out, "--split", "val");
  assertEquals(own.document.baselines, given.document.baselines);
  assertEquals(await Deno.realPath(own.document.data_folder), await Deno.realPath(data));
  assert(!own.text().includes("changed since"), own.text());
  const vocabulary = `${data}/vocab/course2id.json`;
  await Deno.writeTextFile(vocabulary, `${await Deno.readTextFile(vocabulary)} `);
  assertStringIncludes((await evaluateIn(out)).text(), `${vocabulary} changed since`);
  await Deno.remove(data, { recursive: true });
  const { message } = await assertRejects(() => evaluateIn(out), InputError);
  assertStringIncludes(message, "--data");
});

Deno.test("another split and some of the models; two evaluations have two files", async () => {
  const { data } = await tinyRun();
  const flags = ["--split", "val", "--models", "popularity,gru_global"];
  const [first, second] = [await evaluate(data, ...flags), await evaluate(data, ...flags)];
  assertEquals(Object.keys(first.document.baselines), ["popularity", "gru_global"]);
  assertEquals([first.document.split, first.document.n_episodes], ["val", 12]);
  assert(first.path !== second.path);
  assertEquals(first.document.baselines, second.document.baselines);
  await assertRejects(() => evaluate(data, "--models", "gru"), InputError, "gru_global");
});

Deno.test("another vocabulary is refused with the first difference", async () => {
  const names = (courses: string[]) =>
    new TextEncoder().encode(
      JSON.stringify(Object.fromEntries(courses.map((name, id) => [name, id]))),
    );
  const courses = Array.from({ length: 7 }, (_, i) => `course ${i}`);
  for (
    const [vocabulary, ...parts] of [
      [
        [...courses.slice(0, 4), "another", ...courses.slice(5)],
        'course 4 is "another"',
        'Expected: "course 4"',
      ],
      [[...courses, "one more"], 'course 7 is "one more" (of 8 courses)', "missing (of 7 courses)"],
    ] as [string[], ...string[]][]
  ) {
    const folder = await writeFolder({
      ...tinyFolder(),
      "vocab/course2id.json": names(vocabulary),
    });
    const { message } = await assertRejects(() => evaluate(folder), InputError);
    for (const part of parts) assertStringIncludes(message, part);
  }
});

Deno.test("--exclude-seen adds a variant with its own names, nothing else changes", async () => {
  const { data } = await tinyRun();
  const plain = await evaluate(data, "--models", "popularity,sessionknn");
  const both = await evaluate(data, "--models", "popularity,sessionknn", "--exclude-seen");
  assertEquals(both.document.baselines, plain.document.baselines);
  assertEquals(both.document.queries.ranks, plain.document.queries.ranks);
  assertEquals("seen_excluded" in plain.document, false);
  const variant = both.document.seen_excluded!;
  const fresh = both.document.groups.find(({ name }) => name === "new")!;
  assertEquals(variant.n_queries, fresh.n_queries);
  const ranks = both.document.queries.ranks_seen_excluded as Record<string, number[]>;
  assertEquals(ranks.popularity.length, fresh.n_queries);
  for (const model of ["popularity", "sessionknn"]) {
    // a course fewer to be behind never makes a rank worse
    assert(variant.baselines[model].mrr >= fresh.baselines[model].mrr, model);
    assertStringIncludes(both.table, `${model}, seen excluded`);
    assert(!plain.table.includes("seen excluded"));
  }
});
