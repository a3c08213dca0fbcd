/** The few-shot job on a tiny run: documents, honesty, and resuming. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { takeUp, type Unfinished } from "../../../lib/jobs/baselines/resume.ts";
import { FEWSHOT_COMMAND } from "../../../lib/jobs/fewshot/config.ts";
import { type FewshotEnd, runFewshot } from "../../../lib/jobs/fewshot/run.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import {
  FEWSHOT_CONFIG,
  FEWSHOT_RESULTS,
  FEWSHOT_SELECTION,
} from "../../../lib/runs/fewshot_documents.ts";
import { readRunLog } from "../../../lib/runs/run_log.ts";
import { FEWSHOT } from "../../../lib/runs/run_folder.ts";
import type { StopSignal } from "../../../lib/terminal/signals.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";
import { makeTinyRun, type TinyRun, tinyRun } from "../recommend/tiny_run.ts";

const SMALL = [
  "--device",
  "wasm",
  "--threads",
  "1",
  "--meta-steps",
  "12",
  "--meta-batch",
  "4",
  "--validate-every",
  "4",
];

async function fewshot(
  line: readonly string[],
  signal: StopSignal = NEVER,
  unfinished?: Unfinished,
): Promise<{ end: FewshotEnd; said: string }> {
  const { values } = parseFlags(FEWSHOT_COMMAND, [...SMALL, ...line]);
  const { terminal, text } = recorder();
  return {
    end: await runFewshot(await jobOf(values, terminal, { signal }), unfinished),
    said: text(),
  };
}

async function finished(line: readonly string[]) {
  const { end, said } = await fewshot(line);
  assert("finished" in end);
  return { ...end.finished, said };
}

const json = async (path: string) => JSON.parse(await Deno.readTextFile(path));

/** A project folder with a copy of the shared tiny run. */
async function ownRun(): Promise<TinyRun> {
  return await makeTinyRun("--models", "gru_global,popularity");
}

Deno.test("every method is tried, and the run is one like any other", async () => {
  const run = await ownRun();
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

/** The tiny folder with other test learners. */
async function otherTest(): Promise<string> {
  const others = Object.entries(tinyFolder(9, 7)).filter(([path]) => path.includes("_test"));
  return await writeFolder({ ...tinyFolder(), ...Object.fromEntries(others) });
}

Deno.test("other test episodes change no choice", async () => {
  const { out, outDir } = await tinyRun();
  const methods = [
    "--out",
    out,
    "--methods",
    "unseen,support_counts,fine_tune_bias,maml",
    "--run",
    outDir.split("/").at(-1)!,
  ];
  const first = await finished(methods);
  const second = await finished([...methods, "--data", await otherTest()]);
  assert(first.results.n_queries !== second.results.n_queries);
  const chosen = async ({ outDir }: { outDir: string }) =>
    (await json(`${out}/${outDir}/selection.json`)).methods;
  assertEquals(await chosen(first), await chosen(second));
});

/** A signal that comes after it was asked for `after` times. */
const signalAfter = (after: number): StopSignal => ({
  received: () => after-- <= 0 ? "SIGTERM" : undefined,
  stop: () => {},
});

Deno.test("meta-training goes on bit for bit, wherever it was stopped", async () => {
  const { out } = await ownRun();
  const methods = ["--methods", "support_counts,maml,meta_sgd", "--tasks", "episodes"];
  const asked = ["--out", out, "--run", "latest", ...methods];
  const whole = await finished(asked);
  let { end } = await fewshot(asked, signalAfter(1));
  let stops = 0;
  while ("stopped" in end) {
    assert(++stops < 40, "the run never ends");
    const unfinished = await takeUp(out, end.runTag, undefined, FEWSHOT);
    const line = [...asked, "--resume", end.runTag];
    ({ end } = await fewshot(line, signalAfter(1 + stops), unfinished));
  }
  assert(stops > 1, `${stops} stops`);
  const { outDir } = end.finished;
  for (const file of ["maml_warm", "meta_sgd_warm"]) {
    assertEquals(
      await Deno.readFile(`${out}/${outDir}/models/${file}.safetensors`),
      await Deno.readFile(`${out}/${whole.outDir}/models/${file}.safetensors`),
    );
  }
  const selection = async (of: string) => (await json(`${out}/${of}/selection.json`)).methods;
  assertEquals(await selection(outDir), await selection(whole.outDir));
});

const QUICK = ["--methods", "support_rules,fine_tune_bias"];

/** Arguments of a run that trains its base model first, in a folder of its own. */
async function untrained(...line: string[]): Promise<{ out: string; line: string[] }> {
  const out = await Deno.makeTempDir();
  const data = await writeFolder(tinyFolder());
  const needed = ["--out", out, "--data", data, "--k", "1", "--q", "2", "--epochs", "2"];
  return { out, line: [...needed, ...line] };
}

Deno.test("a base model that is trained here is kept, and not trained again", async () => {
  const whole = await untrained(...QUICK);
  const { outDir, results } = await finished(whole.line);
  assertEquals(results.base, { model: "gru_global", run_tag: null });
  const base = (out: string, dir: string) =>
    Deno.readFile(`${out}/${dir}/models/gru_global.safetensors`);
  const trained = await base(whole.out, outDir);
  // stopped after the first of two epochs, then between two methods
  const { out, line } = await untrained(...QUICK);
  let { end, said } = await fewshot(line, signalAfter(0));
  const heard: string[] = [];
  for (const after of [2, Infinity]) {
    assert("stopped" in end, said);
    const unfinished = await takeUp(out, end.runTag, undefined, FEWSHOT);
    ({ end, said } = await fewshot(
      [...line, "--resume", end.runTag],
      signalAfter(after),
      unfinished,
    ));
    heard.push(said);
  }
  assert("finished" in end);
  assertStringIncludes(heard[0], "going on from step");
  assertStringIncludes(heard[1], "fitted before");
  assertEquals(await base(out, end.finished.outDir), trained);
  assertEquals(end.finished.results.zero_shot, results.zero_shot);
});

Deno.test("a base model that no memory holds is refused before anything is written", async () => {
  const { out, line } = await untrained(...QUICK);
  const { values } = parseFlags(FEWSHOT_COMMAND, [...SMALL, ...line]);
  const job = await jobOf(values, recorder().terminal);
  const measure = () => Promise.resolve({ bytes: 2 ** 41, limit: 2 ** 31, place: "this machine" });
  const { message } = await assertRejects(
    () => runFewshot({ ...job, device: { ...job.device, measure } }),
    InputError,
  );
  assertStringIncludes(message, "measuring gru_global before it is trained");
  assertStringIncludes(message, "deno task baselines --data");
  assertEquals([...Deno.readDirSync(out)], []);
});

Deno.test("a base that a method cannot adapt is refused before anything is written", async () => {
  for (
    const [base, found] of [
      ["sasrec_last_item", "a model read once a window"],
      ["sasrec", "a model read once a window"],
      ["gru_tied", "a model with one table for items and output"],
    ]
  ) {
    for (const method of ["fine_tune_bias", "maml"]) {
      const { out, line } = await untrained("--base", base, "--methods", `unseen,${method}`);
      const { message } = await assertRejects(() => fewshot(line), InputError);
      assertStringIncludes(message, found);
      assertStringIncludes(message, "--methods untrained");
      assertEquals([...Deno.readDirSync(out)], []);
    }
  }
  // that of a run is looked at, whatever the defaults are
  const { out, runTag } = await makeTinyRun(
    "--models",
    "gru_global",
    "--gru_global.tied",
    "--gru_global.embedding-dim",
    "8",
    "--gru_global.hidden-dim",
    "8",
  );
  const runs = async () => (await readRunLog(out)).runs.length;
  const before = await runs();
  await assertRejects(
    () => fewshot(["--out", out, "--run", runTag, "--methods", "fine_tune_bias"]),
    InputError,
    "a model with one table",
  );
  assertEquals(await runs(), before);
});

Deno.test("a method for which nothing was chosen is the base model", async () => {
  const { out } = await tinyRun();
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
    "maml_warm gains nothing: on validation no adaptation is better than any of its 4 cells " +
      `(MRR ${value.toFixed(4)} against `,
  );
  assert(!results.findings.join().includes("one seed"), "nothing shown is meta-trained");
  assert(/maml_warm +([.\d]+ +){4}0\.0000 +nothing chosen /.test(said), said);
  assert(!said.includes("+0.0000"), said);
  const page = await Deno.readTextFile(`${out}/${outDir}/report.html`);
  assertStringIncludes(page, "maml_warm 0.0000 (nothing chosen)");
  assert(!page.includes("maml_warm 0.0000 (−"));
});

Deno.test("after an error a run says how it goes on", async () => {
  const { out, line } = await untrained("--methods", "support_rules");
  const { values } = parseFlags(FEWSHOT_COMMAND, [...SMALL, ...line]);
  const { terminal, text } = recorder();
  const job = await jobOf(values, terminal);
  const create = () => Promise.reject(new Error("the engine is broken"));
  await assertRejects(
    () => runFewshot({ ...job, device: { ...job.device, create } }),
    Error,
    "the engine is broken",
  );
  const [{ run_tag: tag }] = (await readRunLog(out)).runs.slice(-1);
  assertStringIncludes(
    text(),
    `the run ${tag} is unfinished; after fixing the cause, go on with: ` +
      `deno task fewshot --resume ${tag} --out ${out}`,
  );
});

Deno.test("a base that is no network is refused, and so is a run that lacks it", async () => {
  const { out } = await tinyRun();
  await assertRejects(
    () => fewshot(["--out", out, "--base", "popularity"]),
    InputError,
    '"popularity", which is no network. Expected: one of gru_global',
  );
  const without = await makeTinyRun("--models", "popularity");
  await assertRejects(
    () => fewshot(["--out", without.out, "--run", without.runTag]),
    InputError,
    'it has no "gru_global"',
  );
});
