/** Marks of synthetic data: in every file of a run, and in whatever uses its models. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { readDataset } from "../../../lib/dataset/read_dataset.ts";
import { synthesize } from "../../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../../lib/dataset/write_dataset.ts";
import { ceilingScorer } from "../../../lib/evaluation/ceiling.ts";
import {
  decodeSafeTensors,
  encodeSafeTensors,
  withMetadata,
} from "../../../lib/files/safetensors.ts";
import { EVALUATE_COMMAND, evaluateSaved } from "../../../lib/jobs/evaluate.ts";
import { modelBytes, openSavedModels } from "../../../lib/jobs/models.ts";
import { RECOMMEND_COMMAND } from "../../../lib/jobs/recommend/config.ts";
import { recommendSessions } from "../../../lib/jobs/recommend/job.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { makeTinyRun } from "../recommend/tiny_run.ts";
import { writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { configOf, jobOf, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

const MADE = synthesize("demo", 1, 2, 1, { users: 120, courses: 30, topics: 5 });
const FILES = Object.fromEntries([...encodeDataset(MADE)].map(({ path, bytes }) => [path, bytes]));
/** Every kind of file; SASRec's is the GRU's. */
const MODELS = BASELINES.map(({ name }) => name).filter((name) => !name.startsWith("sasrec"));
/** Quick ones. */
const FLAGS = ["--k", "1", "--q", "2", "--epochs", "1", "--device", "wasm", "--threads", "1"];

/** Every file below a folder. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

/** A run on synthetic data. */
async function syntheticRun(out: string, ...flags: string[]) {
  const data = await writeFolder(FILES);
  const config = configOf(...FLAGS, "--out", out, ...flags);
  const { terminal, text } = recorder();
  const end = await runJob(config, data, terminal);
  assert("finished" in end);
  return { data, ...end.finished, text: text() };
}

Deno.test("every file that a run on synthetic data writes says that they are", () =>
  inFolder(async (out) => {
    const { outDir } = await syntheticRun(out, "--models", MODELS.join());
    const files = filesIn(out).filter((path) => !path.endsWith(".lock"));
    assert(files.length > 2 * MODELS.length + 9, files.join("\n"));
    for (const path of files) {
      const text = new TextDecoder().decode(await Deno.readFile(path));
      const names: unknown = path.endsWith("/vocabulary.json") ? JSON.parse(text) : undefined;
      const isMarked = Array.isArray(names)
        ? names.every((name) => name.startsWith("made-up:"))
        : /\\?"synthetic\\?": ?true|SYNTHETIC DATA/.test(text);
      assert(isMarked, `${path} has no mark`);
    }
    const { tensors, metadata } = decodeSafeTensors(
      await Deno.readFile(`${out}/${outDir}/models/gru_global.safetensors`),
      "gru",
    );
    assertEquals(JSON.parse(metadata.synthetic), MADE.synthetic);
    assertEquals(tensors["gru.weight_hh_l0"].shape, [384, 128]);
    const saved = await openSavedModels(out, "latest", BASELINES);
    for (const name of MODELS) {
      const model = await saved.read(name); // a mark is no part of the model
      const bytes = await Deno.readFile(
        `${out}/${outDir}/models/${name}.${model.baseline.extension}`,
      );
      assertEquals(modelBytes(model, MADE.synthetic), bytes, name);
    }
  }));

Deno.test("models of real data have no mark and the bytes that they had", async () => {
  const { out, outDir } = await makeTinyRun("--models", "popularity,gru_global,markov");
  const saved = await openSavedModels(out, "latest", BASELINES);
  for (const name of saved.names) {
    const { baseline, fitted } = await saved.read(name);
    const bytes = await Deno.readFile(`${out}/${outDir}/models/${name}.${baseline.extension}`);
    assertEquals(bytes, baseline.encode(fitted), name);
  }
  const { runs } = JSON.parse(await Deno.readTextFile(`${out}/meta.json`));
  assertEquals(runs[0].data, { synthetic: false });
});

Deno.test("metadata are added to a safetensors file, and its tensors stay", () => {
  const tensors = {
    wide: { shape: [2], data: Float64Array.of(1.5, -2) },
    narrow: { shape: [1, 3], data: Int32Array.of(1, 2, 3) },
  };
  const plain = encodeSafeTensors({ tensors, metadata: { format: "pt" } });
  const more = withMetadata(plain, { synthetic: '{"a":1}' });
  const wanted = { tensors, metadata: { format: "pt", synthetic: '{"a":1}' } };
  assertEquals(decodeSafeTensors(more, "more"), wanted);
  const bare = encodeSafeTensors({ tensors, metadata: {} });
  assertEquals(decodeSafeTensors(withMetadata(bare, {}), "bare"), { tensors, metadata: {} });
});

Deno.test("recommendations and evaluations of such a run say it too", () =>
  inFolder(async (out) => {
    const { data } = await syntheticRun(out, "--models", "popularity,markov");
    const said = recorder();
    const { values } = parseFlags(RECOMMEND_COMMAND, ["--out", out, "--courses", MADE.courses[3]]);
    const answers = await recommendSessions(await jobOf(values, said.terminal));
    assertEquals([answers.data?.synthetic, answers.data?.preset], [true, "demo"]);
    assertStringIncludes(said.text(), "SYNTHETIC DATA: preset demo, seed 1");
    const flags = ["--out", out, "--data", data, "--split", "val"];
    const evaluated = await evaluateSaved(
      await jobOf(parseFlags(EVALUATE_COMMAND, flags).values, recorder().terminal),
    );
    assertEquals(evaluated.document.fitted_on.synthetic, true);
  }));

Deno.test("the terminal names the data, their dates, their split, and where the page lies", () =>
  inFolder(async (out) => {
    const { data, outDir, text } = await syntheticRun(out, "--models", "popularity");
    const name = data.slice(data.lastIndexOf("/") + 1);
    const wanted = [
      `${name}: 30 courses`,
      "Split by user: synthetic learners dealt at random",
      `Page: ${out}/${outDir}/report.html`,
    ];
    for (const part of wanted) assertStringIncludes(text, part);
    assert(/test .* users .* episodes\s+\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/.test(text), text);
    const report = JSON.parse(await Deno.readTextFile(`${out}/${outDir}/report.json`));
    assertEquals(report.data_card.name, name);
  }));

Deno.test("data of which one file was replaced are synthetic, but have no ceiling", async () => {
  const read = async (files: Record<string, Uint8Array>) => {
    const folder = await writeFolder(files);
    const { dataset } = await readDataset(folder, 1, 2);
    await Deno.remove(folder, { recursive: true });
    return dataset;
  };
  const whole = await read(FILES);
  assert(ceilingScorer(whole) !== undefined);
  const { "synthetic.json": _, ...unmarked } = FILES;
  assert(ceilingScorer(await read(unmarked)) !== undefined, "the footers say the same");
  const plain = Object.fromEntries(
    [...encodeDataset({ ...MADE, synthetic: undefined })].map(({ path, bytes }) => [path, bytes]),
  );
  const test = "episodes/episodes_test_K1_Q2.parquet";
  const replaced = await read({ ...FILES, [test]: plain[test] });
  assertEquals([replaced.synthetic?.preset, replaced.partlyMarked], ["demo", true]);
  assertEquals(ceilingScorer(replaced), undefined);
  const added = await read({ ...plain, "synthetic.json": FILES["synthetic.json"] });
  assertEquals([added.synthetic?.preset, ceilingScorer(added)], ["demo", undefined]);
  assertEquals((await read(plain)).synthetic, undefined);
});
