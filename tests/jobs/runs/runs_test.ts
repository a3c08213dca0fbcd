/** `runs` over a project with runs of two seeds, an interrupted one and a few-shot run. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { EXPORT_COMMAND } from "../../../lib/jobs/runs/config.ts";
import { clearDeleted, deleteRun } from "../../../lib/jobs/runs/delete.ts";
import { findRuns, named } from "../../../lib/jobs/runs/find.ts";
import {
  collect,
  compareNamed,
  exportRuns,
  listRuns,
  showRuns,
  writeText,
} from "../../../lib/jobs/runs/job.ts";
import { isHeld, type RunSummary, summarise } from "../../../lib/jobs/runs/summary.ts";
import { holdRun, NOTEBOOK } from "../../../lib/runs/run_folder.ts";
import { projectOf } from "../../../lib/runs/sweep_folder.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf, jobOf, programs, runJob } from "../job.ts";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { recorder } from "../recorder.ts";

const SMALL = ["--k", "1", "--q", "2", "--epochs", "1", "--device", "wasm", "--threads", "1"];
const MODELS = ["--models", "random,gru_global", "--gru_global.hidden-dim", "8"];

/** A project of three runs, two of them alike but for the seed. */
async function project() {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const tags: string[] = [];
  for (
    const line of [[...MODELS, "--seed", "1"], [...MODELS, "--seed", "2"], ["--models", "markov"]]
  ) {
    const end = await runJob(
      configOf(...SMALL, ...line, "--data", data, "--out", out),
      data,
      recorder().terminal,
    );
    assert("finished" in end);
    tags.push(end.finished.runTag);
  }
  const dispose = async () => {
    await Deno.remove(data, { recursive: true });
    await Deno.remove(out, { recursive: true });
  };
  return { data, out, tags, [Symbol.asyncDispose]: dispose };
}

const summaries = async (...runs: string[]) =>
  (await listRuns({ runs, data: [] })).value as RunSummary[];
const flagsOf = (...args: string[]) => parseFlags(EXPORT_COMMAND, args).values;

Deno.test("runs are found, told apart by their state, shown and compared", async () => {
  await using made = await project();
  const { out, tags, data } = made;
  const broken = `${out}/reports/${NOTEBOOK}/20200101_000000`;
  await Deno.mkdir(broken);
  const { out: other, run } = await programs(BASELINES, data);
  await run("--k 1 --q 2 --epochs 3 --models gru_global", 2); // stopped
  assertEquals((await summaries(out, other)).length, 5);
  const found = [...await summaries(out), ...await summaries(other)];
  assertEquals(found.map(({ status }) => status), [
    "no run",
    "finished",
    "finished",
    "finished",
    "interrupted",
  ]);
  const [, first] = found;
  const name = data.slice(data.lastIndexOf("/") + 1);
  assertEquals([first.data, first.k, first.q, first.seed], [name, 1, 2, 1]);
  assertEquals(first.best!.metric, "accuracy@1");
  assert(first.bytes > 10_000 && first.createdAt!.endsWith("Z"));
  assertEquals(found.at(-1)!.models, ["gru_global"]);

  const outDir = found.at(-1)!.folder.slice(other.length + 1);
  const held = await holdRun({ root: other, outDir, runTag: found.at(-1)!.tag });
  assertEquals(await isHeld(found.at(-1)!.folder), true);
  assertEquals((await summaries(other))[0].status, "running");
  held.release();
  assertEquals(await isHeld(found.at(-1)!.folder), false);

  const list = await listRuns({ runs: [out], data: [name] });
  assertEquals(list.tags, tags);
  for (const tag of tags) assertStringIncludes(list.text, tag);
  const shown = await showRuns({ tag: [tags[0]], runs: [out] });
  assertStringIncludes(shown.text, "deno task baselines --data");
  assertStringIncludes(shown.text, "gru_global");

  const { text } = await compareNamed({ tag: tags.slice(0, 2), runs: [out] });
  assertStringIncludes(text, "gru_global MRR");
  await assertRejects(
    () => compareNamed({ tag: [tags[0]], runs: [out] }),
    InputError,
    "two or more",
  );
  await assertRejects(() => showRuns({ tag: ["2020"], runs: [out] }), InputError, "no run");
  await Deno.remove(other, { recursive: true });
});

Deno.test("a finished run whose files changed since is told, without its numbers", async () => {
  await using made = await project();
  const { out, tags } = made;
  const folder = `${out}/reports/${NOTEBOOK}/`;
  const replace = async (path: string, from: string, to: string) => {
    const text = await Deno.readTextFile(folder + path);
    assert(text.includes(from), path);
    await Deno.writeTextFile(folder + path, text.replace(from, to));
  };
  const [{ best }] = await summaries(out);
  const value = `"accuracy@1": ${best!.value}`;
  await replace(`${tags[0]}/results.json`, value, `${value.slice(0, -1)}9`);
  await Deno.remove(`${folder}${tags[1]}/report.html`);
  const models = await Array.fromAsync(Deno.readDir(`${folder}${tags[2]}/models`));
  const [name] = models.map(({ name }) => name).filter((name) => name.startsWith("markov"));
  const model = `${tags[2]}/models/${name}`;
  const bytes = await Deno.readFile(folder + model);
  bytes[bytes.length - 1] ^= 1; // as long as it was
  await Deno.writeFile(folder + model, bytes);

  const list = await summaries(out);
  assertEquals(list.map(({ status, changed }) => [status, changed]), [
    ["changed", ["results.json"]],
    ["changed", ["report.html"]],
    ["changed", [`models/${name}`]],
  ]);
  assertEquals(list.map(({ best }) => best === undefined), [true, false, false]);
  const { text, value: [first, second] } = await showRuns({
    tag: tags.slice(0, 2),
    runs: [out],
  }) as {
    text: string;
    value: { status: string; results: unknown }[];
  };
  assertStringIncludes(text, "gone: results.json.\nIts numbers are not shown");
  assertStringIncludes(text, "gone: report.html.\nIts numbers are as it wrote them");
  assertEquals([first.status, first.results, second.status], ["changed", null, "changed"]);
  assert(second.results !== null);

  // a list hashes small files alone, and compares the sizes of others
  const hashed = async (bytes: number) =>
    (await summarise((await findRuns([out]))[2], bytes)).status;
  assertEquals([await hashed(Infinity), await hashed(10)], ["changed", "finished"]);
  await Deno.truncate(folder + model, 5);
  assertEquals(await hashed(1), "changed");
});

Deno.test("what is damaged is named; the line that makes a run again has its place", async () => {
  const data = await writeFolder(tinyFolder());
  const root = `${await Deno.makeTempDir()}/it's mine`;
  const line = ["--k", "1", "--q", "2", "--models", "markov", "--data", data, "--out", root];
  await Deno.mkdir(root);
  const end = await runJob(configOf(...line), data, recorder().terminal);
  assert("finished" in end);
  const { runTag } = end.finished;
  const folder = `${root}/reports/${NOTEBOOK}/${runTag}`;
  const text = async (...runs: string[]) => (await showRuns({ tag: [runTag], runs })).text;
  const quoted = ` --out '${root.replace("'", "'\\''")}'`;
  assert((await text(root)).endsWith(quoted), await text(root));

  await Deno.truncate(`${folder}/results.json`, 20);
  const shown = await text(root);
  assertStringIncludes(shown, `It cannot be read: reading ${folder}/results.json: it is not JSON`);
  assertStringIncludes(shown, `deno task runs delete ${runTag}`);
  assert(shown.endsWith(quoted), shown);
  await Deno.writeTextFile(`${folder}/results.json`, "{}");
  assertStringIncludes(await text(root), `${folder}/results.json: results.json`);
  await Deno.remove(`${folder}/results.json`);
  assertStringIncludes(await text(root), `${folder}/results.json: there is no such file`);

  // a sweep's run is made again beside the sweep, not in its folder
  const sweep = `${root}/reports/sweeps/20260130_075435`;
  await Deno.mkdir(`${sweep}/reports`, { recursive: true });
  await Deno.rename(`${root}/reports/${NOTEBOOK}`, `${sweep}/reports/${NOTEBOOK}`);
  assert((await text(root)).endsWith(quoted), await text(root));
  assertEquals(
    ["reports/sweeps/20260130_075435", "/reports/sweeps/20260130_075435", "sweeps/20260130_075435"]
      .map(projectOf),
    [".", "/", "sweeps/20260130_075435"],
  );
  for (const made of [data, root]) await Deno.remove(made, { recursive: true });
});

Deno.test("the command in a run makes the same run again", async () => {
  await using made = await project();
  const { out, tags, data } = made;
  const folder = `${out}/reports/${NOTEBOOK}/`;
  const json = async (tag: string, name: string) =>
    JSON.parse(await Deno.readTextFile(`${folder}${tag}/${name}`));
  const { command } = await json(tags[1], "config.json");
  assertStringIncludes(command, "--gru_global.hidden-dim 8");
  assert(!/--(out|learning-rate|resume)/.test(command), command);
  const [deno, task, baselines, ...args] = command.split(" ");
  assertEquals([deno, task, baselines], ["deno", "task", "baselines"]);
  const again = await runJob(configOf(...args, "--out", out), data, recorder().terminal);
  assert("finished" in again);
  const repeated = again.finished.runTag;
  const { ranks } = await json(tags[1], "queries.json");
  assertEquals((await json(repeated, "queries.json")).ranks, ranks);
  assertEquals((await json(repeated, "config.json")).command, command);
  assert(JSON.stringify((await json(tags[0], "queries.json")).ranks) !== JSON.stringify(ranks));
  const page = await Deno.readTextFile(`${folder}${repeated}/report.html`);
  assertStringIncludes(page, "To make this run again");

  // the seed counts once in tables: the repeat is no third training
  const { shown: [shown] } = await collect(flagsOf("--runs", out), BASELINES);
  const gru = shown.contestants.find(({ model }) => model === "gru_global")!;
  assertEquals(gru.trainings.map(({ seed, run }) => [seed, run]), [["1", tags[0]], [
    "2",
    repeated,
  ]]);
  assertStringIncludes(shown.notes.join(), "2 left out");
});

Deno.test("exports: seeds together, few-shot beside its base, damage named", async () => {
  await using made = await project();
  const { out, tags } = made;
  const flags = parseFlags(FEWSHOT_COMMAND, [
    ...["--methods", "support_counts", "--device", "wasm", "--threads", "1", "--out", out],
    ...["--run", tags[0]],
  ]).values;
  await runFewshot(await jobOf(flags, recorder().terminal));
  const { text, leftOut } = await exportRuns(flagsOf("--runs", out), BASELINES);
  assertEquals(leftOut, []);
  for (const model of ["gru_global", "markov", "random", "gru_global + support_counts"]) {
    assertStringIncludes(text, `\`${model}\``);
  }
  const { tables } = JSON.parse(
    (await exportRuns(flagsOf("--runs", out, "--format", "json", "--metrics", "mrr"), BASELINES))
      .text,
  );
  assertEquals(tables.length, 1, "few-shot episodes are those of the run");
  const seeds = Object.fromEntries(
    tables[0].models.map((
      one: { label: string; seeds: unknown[] },
    ) => [one.label, one.seeds.length]),
  );
  assertEquals([seeds.gru_global, seeds.random, seeds.markov], [2, 2, 1]);

  const queries = `${out}/reports/${NOTEBOOK}/${tags[0]}/queries.json`;
  await Deno.writeTextFile(queries, `${await Deno.readTextFile(queries)} `);
  const after = await exportRuns(flagsOf("--runs", out, "--models", "gru_global"), BASELINES);
  assertEquals(after.leftOut.map(({ run }) => run.slice(-tags[0].length)), [tags[0]]);
  assertStringIncludes(after.leftOut[0].why, "changed after the run");
  assertStringIncludes(after.text, "One seed each");
  await assertRejects(
    () => exportRuns(flagsOf("--runs", out, "--models", "nothing"), BASELINES),
    InputError,
    "markov",
  );
  await assertRejects(() => writeText("../table.tex", ""), InputError, "below reports/");
  await assertRejects(() => writeText("reports/../../table.tex", ""), InputError);
  for (const place of [`${NOTEBOOK}/${tags[0]}`, "fewshot/x", "sweeps/x", "./bench/../sweeps/x"]) {
    const path = `reports/${place}/results.json`;
    await assertRejects(() => writeText(path, ""), InputError, "where runs lie");
  }
});

Deno.test("links are not followed, a run's own folder may be named, tags are unique", async () => {
  await using made = await project();
  const { out, tags } = made;
  const folder = `${out}/reports/${NOTEBOOK}/${tags[0]}`;
  await Deno.symlink(folder, `${out}/reports/${NOTEBOOK}/20210101_000000`);
  const found = await findRuns([out]);
  assertEquals(found.map(({ tag }) => tag), tags);
  assertEquals((await findRuns([folder])).map((run) => [run.root, run.tag]), [[out, tags[0]]]);
  assertEquals(await findRuns([out, folder, `${out}/`]), found);
  assertEquals(named(found, ["latest"])[0].tag, tags[2]);
  const copy = { ...found[0], folder: `elsewhere/${tags[0]}` };
  try {
    named([...found, copy], [tags[0]]);
    assert(false);
  } catch (error) {
    assertStringIncludes((error as Error).message, "2 runs have the tag");
  }
  assertEquals(named([...found, copy], [copy.folder]), [copy]);
  await assertRejects(() => findRuns([`${out}/nowhere`]), InputError, "looking for runs");
});

Deno.test("a run is deleted whole, none in progress, nothing that a link leads to", async () => {
  await using made = await project();
  const { out, tags } = made;
  const place = `${out}/reports/${NOTEBOOK}`;
  const outside = await Deno.makeTempDir();
  await Deno.writeTextFile(`${outside}/kept`, "kept");
  await Deno.symlink(outside, `${place}/${tags[0]}/models/link`);
  const found = await findRuns([out]);
  const outDir = `reports/${NOTEBOOK}/${tags[1]}`;
  const held = await holdRun({ root: out, outDir, runTag: tags[1] });
  await assertRejects(() => deleteRun(found[1]), InputError, "a process works on it");
  held.release();
  await deleteRun(found[0]);
  assertEquals(await Deno.readTextFile(`${outside}/kept`), "kept");
  const names = async () => (await Array.fromAsync(Deno.readDir(place))).map(({ name }) => name);
  assertEquals((await names()).sort(), tags.slice(1));
  assertEquals((await findRuns([out])).map(({ tag }) => tag), tags.slice(1));

  // what a killed deletion leaves is no run, and goes with the next one
  await Deno.mkdir(`${place}/.deleted-${tags[0]}-0/models`, { recursive: true });
  assertEquals((await findRuns([out])).map(({ tag }) => tag), tags.slice(1));
  await clearDeleted(await findRuns([out]));
  assertEquals((await names()).sort(), tags.slice(1));

  await Deno.rename(place, `${outside}/moved`);
  await Deno.symlink(`${outside}/moved`, place);
  await assertRejects(() => deleteRun(found[2]), InputError, "is a link to");
  assertEquals((await Array.fromAsync(Deno.readDir(`${outside}/moved`))).length, 2);
  await Deno.remove(outside, { recursive: true });
});
