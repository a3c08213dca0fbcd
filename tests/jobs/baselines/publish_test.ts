/**
 * What is promised of models/baselines and results: whole, of the newest finished run, by one rule.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { sha256 } from "../../../lib/files/fingerprint.ts";
import { settle, takeUp } from "../../../lib/jobs/baselines/resume.ts";
import type { RunEnd } from "../../../lib/jobs/baselines/run.ts";
import { NEVER } from "../../../lib/jobs/job.ts";
import { readRun } from "../../../lib/runs/read_run.ts";
import type { StopSignal } from "../../../lib/terminal/signals.ts";
import type { Terminal } from "../../../lib/terminal/terminal.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { configOf, resumedConfig, runJob } from "../job.ts";
import { recorder } from "../recorder.ts";

const FLAGS = ["--k", "1", "--epochs", "3", "--batch-size", "16"];
const NEURAL = ["--device", "wasm", "--threads", "1"];
const RUNS = "reports/06_base_model_selection_xuetangx";
const DATA = await writeFolder({
  ...tinyFolder(),
  ...Object.fromEntries(
    Object.entries(tinyFolder()).filter(([path]) => path.startsWith("episodes/"))
      .map(([path, bytes]) => [path.replace("Q2", "Q3"), bytes]),
  ),
});
const signalAfter = (after: number): StopSignal => ({
  received: () => after-- <= 0 ? "SIGTERM" : undefined,
  stop: () => {},
});
const read = async (path: string) => JSON.parse(await Deno.readTextFile(path));
const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const resultsTag = async (root: string, q = 2) =>
  (await read(`${root}/results/baselines_K1_Q${q}.json`)).run_tag;

async function run(
  root: string,
  models: string,
  { q = 2, flags = [], terminal = recorder().terminal, signal }: {
    q?: number;
    flags?: string[];
    terminal?: Terminal;
    signal?: StopSignal;
  } = {},
): Promise<string> {
  const config = configOf(...FLAGS, "--q", `${q}`, "--models", models, "--out", root, ...flags);
  return tagOf(await runJob(config, DATA, terminal, signal));
}

function tagOf(end: RunEnd): string {
  return "finished" in end ? end.finished.runTag : end.runTag;
}

async function resume(root: string, tag: string): Promise<void> {
  const line = ["--resume", tag, "--out", root];
  const end = await runJob(await resumedConfig(...line), DATA, recorder().terminal);
  assert("finished" in end);
}

Deno.test("models/baselines is replaced whole, with the run's name and vocabulary", () =>
  inFolder(async (root) => {
    await run(root, "random,popularity,sessionknn");
    const tag = await run(root, "popularity");
    assertEquals(namesIn(`${root}/models/baselines`), [
      "popularity.json",
      "run.json",
      "vocabulary.json",
    ]);
    const about = await read(`${root}/models/baselines/run.json`);
    assertEquals(
      [about.run_tag, about.out_dir, about.k_shot_config, about.data],
      [tag, `${RUNS}/${tag}`, { K: 1, Q: 2 }, { synthetic: false }],
    );
    for (const { name, bytes, sha256: hash } of about.files) {
      const file = await Deno.readFile(`${root}/models/baselines/${name}`);
      assertEquals([file.length, await sha256(file)], [bytes, hash]);
      assertEquals(file, await Deno.readFile(`${root}/${RUNS}/${tag}/models/${name}`));
    }
    assertEquals(about.files.length, 2);
    assertEquals(namesIn(`${root}/models`), [".lock", "baselines"]);
  }));

Deno.test("an older run that is resumed publishes only what no newer finished run has", () =>
  inFolder(async (root) => {
    const models = "popularity,gru_global";
    const stopped = await run(root, models, { flags: NEURAL, signal: signalAfter(3) });
    const other = await run(root, models, { q: 3, flags: NEURAL, signal: signalAfter(3) });
    const newest = await run(root, "popularity");
    const published = await Deno.readFile(`${root}/models/baselines/popularity.json`);
    await resume(root, stopped);
    assertEquals(await resultsTag(root), newest);
    await resume(root, other);
    assertEquals([await resultsTag(root), await resultsTag(root, 3)], [newest, other]);
    assertEquals((await read(`${root}/models/baselines/run.json`)).run_tag, newest);
    assertEquals(await Deno.readFile(`${root}/models/baselines/popularity.json`), published);
    const copies = async (tag: string) =>
      (await readRun(root, tag)).manifest.artifacts.map(({ path }) => path).filter((path) =>
        !path.startsWith(RUNS)
      );
    assertEquals(await copies(stopped), []);
    assertEquals(await copies(other), ["results/baselines_K1_Q3.json"]);
    assertEquals((await readRun(root, "latest")).tag, newest);
  }));

Deno.test("the newest is the last of the run log that has finished, whatever its name says", () =>
  inFolder(async (root) => {
    const [first, second] = [await run(root, "random"), await run(root, "random")];
    assertEquals((await readRun(root, "latest")).tag, second);
    const log = await read(`${root}/meta.json`); // as after a clock that was set back
    log.runs.reverse();
    await Deno.writeTextFile(`${root}/meta.json`, JSON.stringify(log));
    assertEquals((await readRun(root, "latest")).tag, first);
    await Deno.remove(`${root}/meta.json`); // then names are all there is
    assertEquals((await readRun(root, "latest")).tag, second);
  }));

Deno.test("a copied or renamed folder is no run", () =>
  inFolder(async (root) => {
    const finished = await run(root, "random");
    const stopped = await run(root, "random", { signal: signalAfter(0) });
    const copy = async (tag: string, name: string) =>
      await new Deno.Command("cp", {
        args: ["-r", `${root}/${RUNS}/${tag}`, `${root}/${RUNS}/${name}`],
      }).output();
    await copy(finished, "20990101_000000");
    await copy(stopped, "20990101_000001");
    await copy(finished, "backup_of_the_best");
    assertEquals((await readRun(root, "latest")).tag, finished);
    const { message } = await assertRejects(() => readRun(root, "20990101_000000"), InputError);
    assertStringIncludes(message, "are of another run");
    const unfinished = await takeUp(root, "latest");
    unfinished!.held.release();
    assertEquals(unfinished!.identity.runTag, stopped);
    await Deno.rename(`${root}/${RUNS}/${stopped}`, `${root}/${RUNS}/20200101_000000`);
    await Deno.remove(`${root}/${RUNS}/20990101_000001`, { recursive: true });
    await assertRejects(() => takeUp(root, "latest"), InputError, "no unfinished run");
    await assertRejects(() => takeUp(root, "20200101_000000"), InputError, stopped);
  }));

Deno.test("a publication that was cut short is ended by the next start", () =>
  inFolder(async (root) => {
    await run(root, "random,popularity");
    const tag = await run(root, "popularity");
    // as a kill leaves it: finished and marked, the copies missing, and scratch of the dead
    await Deno.remove(`${root}/models/baselines`, { recursive: true });
    await Deno.remove(`${root}/results/baselines_K1_Q2.json`);
    await Deno.writeTextFile(`${root}/models/.publishing.json`, JSON.stringify({ run_tag: tag }));
    const scratch = `${root}/models/.baselines.${crypto.randomUUID()}.partial`;
    await Deno.mkdir(`${scratch}/new`, { recursive: true });
    await Deno.writeTextFile(`${scratch}/lock`, "");
    await Deno.writeTextFile(`${root}/results/a.json.${crypto.randomUUID()}.tmp`, "");
    const { terminal, text } = recorder();
    const published = await settle(root, { terminal, signal: NEVER });
    assertEquals([published, await resultsTag(root)], [tag, tag]);
    assertStringIncludes(text(), tag);
    assertEquals(namesIn(`${root}/models`), [".lock", "baselines"]);
    assertEquals(namesIn(`${root}/results`), ["baselines_K1_Q2.json"]);
    assertEquals((await read(`${root}/models/baselines/run.json`)).run_tag, tag);
    for (const name of ["latest", tag]) {
      assertEquals(await takeUp(root, name, published), undefined);
    }
    assertEquals(await settle(root, { terminal, signal: NEVER }), undefined);
  }));

Deno.test("a file of somebody else in models/baselines is told before anything is trained", () =>
  inFolder(async (root) => {
    await run(root, "random");
    await Deno.writeTextFile(`${root}/models/baselines/thesis.md`, "years of work");
    const before = namesIn(`${root}/${RUNS}`);
    await assertRejects(() => run(root, "popularity"), InputError, '"thesis.md"');
    assertEquals(namesIn(`${root}/${RUNS}`), before);
    await Deno.remove(`${root}/models/baselines/thesis.md`);
    await run(root, "popularity");
  }));

/** A terminal that does something when the first epoch is told. */
function afterEpoch(act: () => void) {
  const heard = recorder();
  const line = (said?: string) => {
    heard.terminal.line(said);
    if (said?.includes("epoch 1/")) act();
  };
  return { terminal: { ...heard.terminal, line }, text: heard.text };
}
const folderIn = (root: string) => `${root}/${RUNS}/${namesIn(`${root}/${RUNS}`)[0]}`;

for (const stops of [false, true]) {
  Deno.test(`a run whose folder vanished says so${stops ? ", when it is stopped too" : ""}`, () =>
    inFolder(async (root) => {
      let gone = "";
      const { terminal, text } = afterEpoch(() => {
        gone = folderIn(root);
        Deno.renameSync(gone, `${root}/elsewhere`);
      });
      const flags = NEURAL;
      const signal: StopSignal = {
        received: () => stops && gone !== "" ? "SIGINT" : undefined,
        stop: () => {},
      };
      const { message } = await assertRejects(
        () => run(root, "gru_global", { flags, terminal, signal }),
        InputError,
      );
      assertStringIncludes(message, `${gone} is gone`);
      assert(!text().includes("--resume"), text());
      assertEquals(namesIn(`${root}/${RUNS}`), []); // no part of it was made again
      assertEquals(await Deno.stat(`${root}/models`).then(() => "made", () => "none"), "none");
    }));
}

Deno.test("a file that is removed or changed while the run goes on is told and written again", () =>
  inFolder(async (root) => {
    const { terminal, text } = afterEpoch(() => {
      Deno.removeSync(`${folderIn(root)}/config.json`);
      Deno.writeTextFileSync(`${folderIn(root)}/models/popularity.json`, "{}");
    });
    const flags = NEURAL;
    const tag = await run(root, "popularity,gru_global", { flags, terminal });
    for (const name of ["config.json", "models/popularity.json"]) {
      assertStringIncludes(text(), `${tag}/${name} was changed or removed`);
    }
    const { readArtifact } = await readRun(root, tag);
    await readArtifact("models/popularity.json");
  }));

Deno.test("a run log of a newer version is neither damaged nor written", () =>
  inFolder(async (root) => {
    const newer = '{"schema_version": 2, "runs": {"a": 1}}';
    await Deno.writeTextFile(`${root}/meta.json`, newer);
    const { message } = await assertRejects(() => run(root, "random"), InputError);
    assertStringIncludes(message, "newer version");
    assertEquals(await Deno.readTextFile(`${root}/meta.json`), newer);
    assertEquals(namesIn(root), ["meta.json"]);
  }));

Deno.test("checkpoints of a model that is fitted go when the run is taken up", () =>
  inFolder(async (root) => {
    const flags = [...NEURAL, "--checkpoint-every", "0.001"];
    let left: [string, Uint8Array] | undefined;
    const { terminal } = afterEpoch(() => {
      const folder = `${folderIn(root)}/checkpoints`;
      const path = `${folder}/${namesIn(folder)[0]}`;
      left = [path, Deno.readFileSync(path)];
    });
    let fitted = false;
    const noticed = {
      ...terminal,
      stage: (title: string) => {
        fitted ||= title.startsWith("Fit random");
        return terminal.stage(title);
      },
    };
    const signal: StopSignal = { received: () => fitted ? "SIGTERM" : undefined, stop: () => {} };
    const tag = await run(root, "gru_global,random", { flags, terminal: noticed, signal });
    const [path, bytes] = left!;
    Deno.writeFileSync(path, bytes); // as a kill between the model's file and this one leaves it
    const temporary = `${root}/${RUNS}/${tag}/models/a.json.${crypto.randomUUID()}.tmp`;
    Deno.writeTextFileSync(temporary, ""); // and one while it is written
    await resume(root, tag);
    const names = namesIn(`${root}/${RUNS}/${tag}`);
    assert(!names.includes("checkpoints"), `${names}`);
    assertEquals(namesIn(`${root}/${RUNS}/${tag}/models`).length, 3);
  }));
