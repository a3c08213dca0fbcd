import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { EVALUATE_COMMAND, evaluateSaved } from "../../../lib/jobs/evaluate.ts";
import type { RunResult } from "../../../lib/jobs/baselines/finish.ts";
import type { RunEnd } from "../../../lib/jobs/baselines/run.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { sha256 } from "../../../lib/files/fingerprint.ts";
import { synthesize } from "../../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../../lib/dataset/write_dataset.ts";
import type { Metrics } from "../../../lib/metrics/metrics.ts";
import { decodeSafeTensors } from "../../../lib/files/safetensors.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf as configOfFlags, jobOf, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

const configOf = (...args: string[]) =>
  configOfFlags(
    "--k",
    "1",
    "--q",
    "2",
    "--epochs",
    "2",
    "--batch-size",
    "16",
    "--device",
    "tfjs-cpu",
    ...args,
  );
const finished = (end: RunEnd): RunResult => {
  assert("finished" in end, "the run was stopped");
  return end.finished;
};
const read = async (path: string) => JSON.parse(await Deno.readTextFile(path));

Deno.test("the five baselines, end to end: every artifact, with every field", async () => {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const { terminal, text } = recorder();
  const { outDir, runTag } = finished(
    await runJob(configOf("--out", out, "--models", "notebook"), data, terminal),
  );
  const folder = `${out}/${outDir}`;
  const names = ["random", "popularity", "gru_global", "sasrec", "sessionknn"];

  const results = await read(`${out}/results/baselines_K1_Q2.json`);
  assertEquals(results.k_shot_config, { K: 1, Q: 2 });
  assertEquals([results.n_test_episodes, results.n_queries], [12, 24]);
  assertEquals(Object.keys(results.baselines), names);
  for (const metrics of Object.values(results.baselines)) {
    assertEquals(Object.keys(metrics as object), [
      ...["accuracy@1", "recall@5", "recall@10", "mrr"], // the notebook's first
      ...["ndcg@5", "ndcg@10", "ndcg@20"],
      ...["coverage@10", "popularity@10", "novelty@10", "gini@10"],
    ]);
  }

  const config = await read(`${folder}/config.json`);
  for (
    const key of [
      "notebook",
      "run_id",
      "run_tag",
      "seed",
      "device",
      "k_shot_config",
      "inputs",
      "baselines",
      "gru_config",
      "metrics",
      "outputs",
    ]
  ) assert(key in config, key);
  assertEquals(config.gru_config.max_seq_len, 50);

  const report = await read(`${folder}/report.json`);
  for (
    const key of [
      "run_id",
      "notebook",
      "run_tag",
      "created_at",
      "repo_root",
      "metrics",
      "key_findings",
      "sanity_samples",
      "data_fingerprints",
      "notes",
    ]
  ) assert(key in report, key);
  assertEquals(report.metrics, results.baselines);
  assert(
    report.key_findings.length >= 3 &&
      report.key_findings.every((sentence: string) => /\d/.test(sentence)),
    "findings carry numbers",
  );
  assertEquals(Object.keys(report.sanity_samples.queries[0].top5), names);
  assertEquals(report.data_fingerprints.length, 7);
  assertEquals(report.training.gru_global.epoch_losses.length, 2);

  const manifest = await read(`${folder}/manifest.json`);
  const paths = manifest.artifacts.map(({ path }: { path: string }) => path);
  for (
    const path of [
      `${outDir}/config.json`,
      `${outDir}/report.json`,
      `${outDir}/queries.json`,
      `${outDir}/models/sasrec.safetensors`,
      "models/baselines/sessionknn.json",
      "results/baselines_K1_Q2.json",
    ]
  ) assert(paths.includes(path), path);
  for (const { path, bytes, sha256: wanted } of manifest.artifacts) {
    const file = await Deno.readFile(`${out}/${path}`);
    assertEquals([file.length, await sha256(file)], [bytes, wanted], path);
    assert(!path.startsWith("/") && !path.includes(".."), path);
  }
  assertEquals(
    (await read(`${out}/meta.json`)).runs.map(({ run_tag }: { run_tag: string }) => run_tag),
    [runTag],
  );
  const { tensors } = decodeSafeTensors(
    await Deno.readFile(`${out}/models/baselines/gru_global.safetensors`),
    "gru",
  );
  assertEquals(tensors["gru.weight_hh_l0"].shape, [384, 128]);

  for (
    const part of [
      "Fit popularity",
      "1. course",
      "epoch 2/2: loss",
      "Acc@1",
      "Recall@10",
      "sessionknn",
      runTag,
    ]
  ) {
    assertStringIncludes(text(), part);
  }
});

Deno.test("a second run leaves the first untouched; the same seed, the same models", async () => {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const config = configOf("--out", out);
  const first = finished(await runJob(config, data, recorder().terminal));
  const before = await snapshot(`${out}/${first.outDir}`);
  const second = finished(await runJob(config, data, recorder().terminal));
  assert(first.outDir !== second.outDir);
  assertEquals(await snapshot(`${out}/${first.outDir}`), before);
  const after = await snapshot(`${out}/${second.outDir}`);
  for (const path of Object.keys(before).filter((path) => path.startsWith("models/"))) {
    assertEquals(after[path], before[path], path);
  }
  assertEquals(second.evaluations, first.evaluations);
  assertEquals((await read(`${out}/meta.json`)).runs.length, 2);
});

Deno.test("nothing is written before the inputs have passed", async () => {
  const { "pairs/pairs_test.parquet": _, ...files } = tinyFolder();
  const data = await writeFolder(files);
  const out = await Deno.makeTempDir();
  await assertRejects(
    () => runJob(configOf("--out", out), data, recorder().terminal),
    InputError,
    "pairs_test.parquet",
  );
  assertEquals([...Deno.readDirSync(out)], []);
});

Deno.test("synthetic data are called so in the terminal and in every document", async () => {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const { terminal, text } = recorder();
  const mark = { synthetic: true, preset: "tiny", seed: 1, process_version: "test" };
  await Deno.writeTextFile(`${data}/synthetic.json`, JSON.stringify(mark));
  const { outDir } = finished(
    await runJob(configOf("--out", out, "--models", "random,popularity"), data, terminal),
  );
  assertStringIncludes(text(), "SYNTHETIC DATA");
  for (const name of ["config", "report", "results", "queries", "manifest"]) {
    assertEquals((await read(`${out}/${outDir}/${name}.json`)).data, mark, name);
  }
  assertStringIncludes((await read(`${out}/${outDir}/report.json`)).notes.join(), "SYNTHETIC");
});

Deno.test("synthetic data: run and evaluation hold the ceiling, which is no model", async () => {
  const made = synthesize("demo", 1, 2, 1, { users: 300, courses: 30, topics: 5 });
  const out = await Deno.makeTempDir();
  const data = await writeFolder(
    Object.fromEntries([...encodeDataset(made)].map(({ path, bytes }) => [path, bytes])),
  );
  const { terminal, text } = recorder();
  const { outDir, runTag } = finished(
    await runJob(configOf("--out", out, "--models", "popularity,sessionknn"), data, terminal),
  );
  assertStringIncludes(text(), "(ceiling)");
  const { ceiling, baselines } = await read(`${out}/${outDir}/results.json`);
  assertEquals(Object.keys(baselines), ["popularity", "sessionknn"]);
  for (const { mrr } of Object.values(baselines) as Metrics[]) assert(mrr < ceiling.mrr);
  const { values } = parseFlags(EVALUATE_COMMAND, [
    "--run",
    runTag,
    "--out",
    out,
    "--device",
    "tfjs-cpu",
  ]);
  const job = await jobOf({ ...values, data }, recorder().terminal);
  const { document, table } = await evaluateSaved(job);
  assertEquals(document.ceiling, ceiling);
  assertStringIncludes(table, "(ceiling)");
});

Deno.test("a mark of another platform is refused before anything is trained", async () => {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const mark = { synthetic: true, preset: "demo", seed: 1, process_version: "learners-1" };
  await Deno.writeTextFile(`${data}/synthetic.json`, JSON.stringify(mark));
  const run = () =>
    runJob(configOf("--out", out, "--models", "popularity"), data, recorder().terminal);
  await assertRejects(run, InputError, "does not have");
  assertEquals([...Deno.readDirSync(out)], []);
});

/** Every file below a folder by its hash. */
async function snapshot(folder: string, below = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) Object.assign(files, await snapshot(folder, `${below}${name}/`));
    else files[`${below}${name}`] = await sha256(await Deno.readFile(`${folder}/${below}${name}`));
  }
  return files;
}
