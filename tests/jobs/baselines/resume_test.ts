import { POPULARITY } from "../../../lib/baselines/popularity.ts";
import { baselinesCommand, baselinesConfig } from "../../../lib/jobs/baselines/config.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { runBaselines } from "../../../lib/jobs/baselines/run.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { RunEnd } from "../../../lib/jobs/baselines/run.ts";
import type { StopSignal } from "../../../lib/terminal/signals.ts";
import { InputError, SettingsError } from "../../../lib/errors/input_error.ts";
import { parquet, tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { configOf as configOfFlags, jobOf, resumedConfig, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

const FLAGS = [
  "--k",
  "1",
  "--q",
  "2",
  "--epochs",
  "3",
  "--batch-size",
  "16",
  "--device",
  "tfjs-cpu",
  "--models",
  "popularity,gru_global,sessionknn",
  "--checkpoint-every",
  "0.001",
];
const configOf = (...args: string[]) => configOfFlags(...FLAGS, ...args);
const resumed = (out: string, ...args: string[]) =>
  resumedConfig("--resume", "--out", out, ...args);
/** A signal that comes after it was asked for `after` times. */
const signalAfter = (after: number): StopSignal => ({
  received: () => after-- <= 0 ? "SIGTERM" : undefined,
  stop: () => {},
});
/** The published files; run.json says which run's they are, which differs. */
const modelBytes = async (out: string) =>
  Object.fromEntries(
    await Promise.all(
      [...Deno.readDirSync(`${out}/models/baselines`)].filter(({ name }) => name !== "run.json")
        .map(async (
          { name },
        ) => [name, await Deno.readFile(`${out}/models/baselines/${name}`)]),
    ),
  );
const finished = (end: RunEnd) => "finished" in end ? end.finished : undefined;

Deno.test("a run stopped and resumed many times ends with the same bytes", async () => {
  const data = await writeFolder(tinyFolder());
  const whole = await Deno.makeTempDir();
  const out = await Deno.makeTempDir();
  const uninterrupted = finished(
    await runJob(configOf("--out", whole), data, recorder().terminal),
  )!;
  let end: RunEnd = await runJob(
    configOf("--out", out),
    data,
    recorder().terminal,
    signalAfter(2),
  );
  let resumes = 0;
  while ("stopped" in end) {
    assert(++resumes < 40, "the run never ends");
    const heard = recorder();
    const config = await resumed(out);
    // evaluation asks, too
    end = await runJob(config, data, heard.terminal, signalAfter(2 + resumes));
    if (resumes === 2) assertStringIncludes(heard.text(), "fitted before");
  }
  assert(resumes >= 3, `${resumes} resumes`);
  assertEquals(await modelBytes(out), await modelBytes(whole));
  assertEquals(end.finished.evaluations, uninterrupted.evaluations);
  const folder = `${out}/${end.finished.outDir}`;
  const report = JSON.parse(await Deno.readTextFile(`${folder}/report.json`));
  assertEquals(report.training.gru_global.epoch_losses.length, 3);
  assert([...Deno.readDirSync(folder)].every(({ name }) => name !== "checkpoints"));
  assertEquals(JSON.parse(await Deno.readTextFile(`${out}/meta.json`)).runs.length, 1);
  const { message } = await assertRejects(() => resumed(out), InputError);
  assertStringIncludes(message, "no unfinished run");
});

Deno.test("validation changes no model; with patience, resumed, the same bytes", async () => {
  const data = await writeFolder(tinyFolder());
  const run = async (...flags: string[]) => {
    const out = await Deno.makeTempDir();
    const heard = recorder();
    const end = finished(await runJob(configOf("--out", out, ...flags), data, heard.terminal))!;
    const training = async (folder: string, outDir: string) =>
      JSON.parse(await Deno.readTextFile(`${folder}/${outDir}/report.json`)).training.gru_global;
    return { bytes: await modelBytes(out), training: await training(out, end.outDir), heard };
  };
  const plain = await run();
  const watched = await run("--validate");
  assertEquals(watched.bytes, plain.bytes);
  assertEquals(watched.training.validation.length, 3);
  assertEquals([plain.training.validation, watched.training.kept_epoch], [undefined, undefined]);
  assertStringIncludes(watched.heard.text(), "validation mrr 0.");

  // learning is lost again: the first epochs are the best
  const own = ["--gru_global.learning-rate", "0.3", "--gru_global.epochs", "9"];
  const flags = ["--patience", "2", ...own];
  const patient = await run(...flags);
  const { validation, epoch_losses: losses, kept_epoch: kept } = patient.training;
  const curve = validation.map(({ mrr }: { mrr: number }) => mrr);
  assertEquals([losses.length, validation.length], [kept + 2, kept + 2]);
  assertEquals(kept, 1 + curve.indexOf(Math.max(...curve)));
  assertStringIncludes(patient.heard.text(), `epoch ${kept} of ${kept + 2} is kept`);

  const out = await Deno.makeTempDir();
  const asked = configOf("--out", out, ...flags);
  let end: RunEnd = await runJob(asked, data, recorder().terminal, signalAfter(2));
  let resumes = 0;
  while ("stopped" in end) {
    assert(++resumes < 60, "the run never ends");
    const signal = signalAfter(2 + resumes); // evaluation asks, too
    end = await runJob(await resumed(out), data, recorder().terminal, signal);
  }
  assert(resumes >= 3, `${resumes} resumes`);
  assertEquals(await modelBytes(out), patient.bytes);
});

const NO_EPISODES = { episode_id: [], user_id: [], support_pair_ids: [], query_pair_ids: [] };

Deno.test("--validate without validation episodes is refused before all else", async () => {
  const files = tinyFolder();
  const val = "episodes/episodes_val_K1_Q2.parquet";
  const data = await writeFolder({ ...files, [val]: parquet(NO_EPISODES) });
  const out = await Deno.makeTempDir();
  for (const flags of [["--validate"], ["--patience", "1"]]) {
    const { message } = await assertRejects(
      () => runJob(configOf("--out", out, ...flags), data, recorder().terminal),
      InputError,
    );
    for (const part of [flags[0], "no episodes with K=1, Q=2"]) assertStringIncludes(message, part);
  }
  assertEquals([...Deno.readDirSync(out)], []);
});

/** A run that was stopped inside the GRU, with two checkpoints. */
async function stoppedRun() {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const heard = recorder();
  const end = await runJob(configOf("--out", out), data, heard.terminal, signalAfter(4));
  assert("stopped" in end);
  assertStringIncludes(heard.text(), `--resume ${end.runTag}`);
  const folder = `${out}/reports/06_base_model_selection_xuetangx/${end.runTag}/checkpoints`;
  const files = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`).sort();
  assertEquals(files.length, 2);
  return { data, out, files, tag: end.runTag };
}

Deno.test("other settings or data are refused with the differences", async () => {
  const { data, out } = await stoppedRun();
  const other = await resumed(out, "--epochs", "5", "--learning-rate", "0.5");
  const { message } = await assertRejects(
    () => runJob(other, data, recorder().terminal),
    InputError,
  );
  for (const part of ["epochs: 3 then, 5 now", "learningRate: 0.001 then, 0.5 now"]) {
    assertStringIncludes(message, part);
  }
  const another = await writeFolder(tinyFolder(13));
  const config = await resumed(out);
  assertStringIncludes(
    (await assertRejects(() => runJob(config, another, recorder().terminal), InputError))
      .message,
    "data file pairs/pairs_train.parquet",
  );
});

Deno.test("a --config file that contradicts the run is refused, another is not", async () => {
  const { data, out } = await stoppedRun();
  const file = `${out}/config.json`;
  const run = async (settings: unknown) => {
    await Deno.writeTextFile(file, JSON.stringify(settings));
    return runJob(await resumed(out, "--config", file), data, recorder().terminal);
  };
  const other = { epochs: 5, gru_global: { hiddenDim: 8 } };
  const { message } = await assertRejects(() => run(other), InputError);
  assertStringIncludes(message, "epochs: 3 then, 5 now");
  assertStringIncludes(message, '{"hiddenDim":8} now');
  assert("finished" in await run({ epochs: 3, batchSize: 16 }));
});

/** A run of a baseline whose fit ends with an error. */
async function failingRun(error: Error) {
  const data = await writeFolder(tinyFolder());
  const failing = { ...POPULARITY, fit: () => Promise.reject(error) };
  const out = await Deno.makeTempDir();
  const heard = recorder();
  const line = ["--k=1", "--q=2", "--models=popularity", "--device=tfjs-cpu", "--out", out];
  const config = baselinesConfig(parseFlags(baselinesCommand([failing]), line));
  const job = await jobOf(config, heard.terminal, { baselines: [failing] });
  await assertRejects(() => runBaselines(job, data), InputError);
  return heard.text();
}

Deno.test("--resume is advised after an error, but not after one of the settings", async () => {
  const fault = { doing: "fitting", found: "a fault", next: "mend it" };
  const other = await failingRun(new InputError(fault));
  assertStringIncludes(other, "after fixing the cause, go on with: deno task baselines --resume 2");
  const own = await failingRun(new SettingsError(fault));
  assertStringIncludes(own, "is unfinished, and its settings cannot finish it");
  assert(!own.includes("--resume"));
});

Deno.test("sizes that no memory holds are refused before anything is written", async () => {
  const data = await writeFolder(tinyFolder());
  const out = await Deno.makeTempDir();
  const sizes = ["--models=sasrec", "--sasrec.hidden-dim=4096", "--sasrec.num-blocks=64"];
  const config = configOf("--out", out, ...sizes);
  await assertRejects(() => runJob(config, data, recorder().terminal), InputError, "parameters");
  assertEquals([...Deno.readDirSync(out)], []);
});

Deno.test("a damaged checkpoint falls back to the one before, two to the beginning", async () => {
  const { data, out, files } = await stoppedRun();
  const wholeOut = await Deno.makeTempDir();
  const whole = finished(
    await runJob(configOf("--out", wholeOut), data, recorder().terminal),
  )!;
  const newest = files[1];
  const bytes = await Deno.readFile(newest);
  bytes[bytes.length - 1] ^= 1;
  await Deno.writeFile(newest, bytes);
  const heard = recorder();
  const end = await runJob(await resumed(out), data, heard.terminal, signalAfter(3));
  assertStringIncludes(heard.text(), "is damaged");
  assertStringIncludes(heard.text(), "going on from step");
  assert("stopped" in end);
  for (const { name } of Deno.readDirSync(newest.slice(0, newest.lastIndexOf("/")))) {
    await Deno.truncate(`${newest.slice(0, newest.lastIndexOf("/"))}/${name}`, 100);
  }
  const last = finished(await runJob(await resumed(out), data, recorder().terminal));
  assertEquals(last?.evaluations, whole.evaluations);
  assertEquals(await modelBytes(out), await modelBytes(wholeOut));
});

Deno.test("a tag that is not there is an error that says so", async () => {
  const line = ["--resume", "20200101_000000", "--out", await Deno.makeTempDir()];
  await assertRejects(
    () => resumedConfig(...line),
    InputError,
    "20200101_000000",
  );
});
