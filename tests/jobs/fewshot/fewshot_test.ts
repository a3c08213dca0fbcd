/** The few-shot job on a tiny run: its documents, and what it says of methods. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  FEWSHOT_CONFIG,
  FEWSHOT_RESULTS,
  FEWSHOT_SELECTION,
} from "../../../lib/runs/fewshot_documents.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { tooFewToChoose } from "../../../lib/fewshot/choose.ts";
import { readRunLog } from "../../../lib/runs/run_log.ts";
import { FEWSHOT } from "../../../lib/runs/run_folder.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { baseRun, finished, json, SMALL } from "./small_run.ts";

Deno.test("every method is tried, and the run is one like any other", async () => {
  const run = await baseRun();
  const { out } = run;
  const published = await json(`${out}/models/baselines/run.json`);
  const before = await json(`${out}/results/baselines_K1_Q2.json`);
  const { outDir, results, said } = await finished([
    "--out",
    out,
    "--methods",
    "all",
    "--starts",
    "warm,random",
    "--order",
    "2",
  ]);
  assertEquals(Object.keys(results.methods), [
    "support_prefix",
    "unseen",
    "support_counts",
    "support_cache",
    "support_rules",
    "fine_tune_bias",
    "fine_tune_head",
    "fine_tune",
    ...["warm", "random"].flatMap((start) =>
      ["maml", "anil", "reptile", "meta_sgd"].map((name) => `${name}_${start}`)
    ),
  ]);
  // the base model's own metrics are those of its run
  assertEquals(results.zero_shot.metrics.mrr, before.baselines.gru_global.mrr);
  const folder = `${out}/${outDir}`;
  assertEquals(outDir.startsWith(`reports/${FEWSHOT}/`), true);
  FEWSHOT_CONFIG(await json(`${folder}/config.json`), "config.json");
  FEWSHOT_RESULTS(await json(`${folder}/results.json`), "results.json");
  const selection = FEWSHOT_SELECTION(await json(`${folder}/selection.json`), "selection.json");
  for (const [name, cells] of Object.entries(selection.methods)) {
    assertEquals(cells[0].knobs, null, `${name}: no adaptation is a cell`);
  }
  assertEquals(selection.methods.maml_warm.map(({ knobs }) => knobs?.step), [
    undefined,
    0,
    4,
    8,
    12,
  ]);
  const queries = await json(`${folder}/queries.json`);
  assertEquals(queries.ranks["maml_warm no inner loop"].length, queries.labels.length);
  const manifest = await json(`${folder}/manifest.json`);
  const paths = manifest.artifacts.map(({ path }: { path: string }) => path);
  for (const name of ["results.json", "selection.json", "queries.json", "report.html"]) {
    assert(paths.includes(`${outDir}/${name}`), name);
  }
  assert(paths.includes(`${outDir}/models/maml_warm.safetensors`));
  const log = await readRunLog(out);
  assertEquals(log.runs.map(({ notebook }) => notebook).slice(-1), [FEWSHOT]);
  const page = await Deno.readTextFile(`${folder}/report.html`);
  for (const text of ["What support is worth", "support_cache", "no inner loop", "placebo"]) {
    assertStringIncludes(page, text);
  }
  for (const text of ["zero-shot", "placebo", "no inner loop", "own", "from one seed"]) {
    assertStringIncludes(said, text);
  }
  // nothing of it is published, and the run of the base model is still the newest of its kind
  assertEquals(await json(`${out}/models/baselines/run.json`), published);
  assertEquals(await json(`${out}/results/baselines_K1_Q2.json`), before);
});

/** The tiny folder with other, and fewer, learners in one split. */
async function otherIn(split: "val" | "test"): Promise<string> {
  const others = Object.entries(tinyFolder(9, 7)).filter(([path]) => path.includes(`_${split}`));
  return await writeFolder({ ...tinyFolder(), ...Object.fromEntries(others) });
}

Deno.test("other test episodes change no choice", async () => {
  const { out, outDir } = await baseRun();
  const methods = [
    "--out",
    out,
    "--methods",
    "unseen,support_counts,fine_tune_bias,maml",
    "--run",
    outDir.split("/").at(-1)!,
  ];
  const first = await finished(methods);
  const second = await finished([...methods, "--data", await otherIn("test")]);
  assert(first.results.n_queries !== second.results.n_queries);
  const chosen = async ({ outDir }: { outDir: string }) =>
    (await json(`${out}/${outDir}/selection.json`)).methods;
  assertEquals(await chosen(first), await chosen(second));
});

Deno.test("a method for which nothing was chosen is the base model", async () => {
  const { out } = await baseRun();
  const { outDir, results, said } = await finished([
    "--out",
    out,
    "--methods",
    "support_counts,maml",
    "--inner-rate",
    "10",
  ]);
  const { methods } = await json(`${out}/${outDir}/selection.json`);
  const [none, ...cells] = methods.maml_warm.map(({ value }: { value: number }) => value);
  assert(none > Math.max(...cells), "steps of such a rate are harmful");
  const { maml_warm: maml } = results.methods;
  assertEquals(maml.chosen, null);
  const { metrics } = results.zero_shot;
  assertEquals([maml.metrics, maml.placebo, maml.no_inner_loop], [metrics, metrics, metrics]);
  const same = { difference: 0, interval_95: null, p: null, p_holm: null, distinguishable: false };
  assertEquals([maml.gain, maml.gain_over_placebo], [same, same]);
  const { ranks } = await json(`${out}/${outDir}/queries.json`);
  for (const row of ["maml_warm", "maml_warm placebo", "maml_warm no inner loop"]) {
    assertEquals(ranks[row], ranks.zero_shot, row);
  }
  const { value } = methods.maml_warm[0];
  assertStringIncludes(
    results.findings.join(),
    "maml_warm gains nothing: on validation none of its 4 cells beats the base model as it is " +
      `(MRR ${value.toFixed(4)}, at best `,
  );
  assert(!results.findings.join().includes("one seed"), "nothing shown is meta-trained");
  assert(/maml_warm +([.\d]+ +){4}0\.0000 +nothing chosen /.test(said), said);
  assert(!said.includes("+0.0000"), said);
  const page = await Deno.readTextFile(`${out}/${outDir}/report.html`);
  assertStringIncludes(page, "maml_warm 0.0000 (nothing chosen)");
  assert(!page.includes("maml_warm 0.0000 (−"));
});

Deno.test("a choice on few validation episodes is warned of wherever it shows", async () => {
  const { out } = await baseRun();
  const { outDir, results, said } = await finished([
    ...["--out", out, "--run", "latest", "--data", await otherIn("val")],
    ...["--methods", "support_rules"],
  ]);
  const { n_validation_episodes: episodes } = results;
  assert(episodes < 10, `${episodes} validation episodes`);
  const warned = tooFewToChoose(episodes)!;
  assertStringIncludes(warned, "with fewer than 10");
  assertStringIncludes(said, `${warned} Try smaller --k and --q`);
  assertEquals(said.split(warned).length, 3, "before the work and below the table");
  const document = await json(`${out}/${outDir}/results.json`);
  assertEquals(document.too_few_to_choose, warned);
  assertStringIncludes(await Deno.readTextFile(`${out}/${outDir}/report.html`), warned);
});

Deno.test("a count and its noun agree", () => {
  assertStringIncludes(tooFewToChoose(1)!, "on 1 validation episode alone");
  assertStringIncludes(tooFewToChoose(9)!, "on 9 validation episodes alone");
  assertEquals(tooFewToChoose(10), undefined);
});

Deno.test("every part of the work says how far it has come, from start to end", async () => {
  const { out } = await baseRun();
  const { values } = parseFlags(FEWSHOT_COMMAND, [
    ...SMALL,
    ...["--out", out, "--run", "latest", "--methods", "support_counts,fine_tune_bias,maml"],
  ]);
  const heard: { title: string; total: number; done: number[] }[] = [];
  const terminal = {
    ...recorder().terminal,
    progress: (title: string, total: number) => {
      const done: number[] = [];
      heard.push({ title, total, done });
      return { update: (now: number) => void done.push(now), end: () => {} };
    },
  };
  const end = await runFewshot(await jobOf(values, terminal));
  assert("finished" in end);
  const { methods } = end.finished.results;
  const parts = (name: string) =>
    methods[name].chosen === null ? [name] : [name, `${name} on the test episodes`];
  assertEquals(
    heard.map(({ title }) => title),
    ["zero-shot", ...["support_counts", "fine_tune_bias", "maml_warm"].flatMap(parts)],
  );
  for (const { title, total, done } of heard) {
    assertEquals([done[0], done.at(-1)], [0, total], title);
    assertEquals(done.toSorted((a, b) => a - b), done, title);
  }
});
