import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { sha256 } from "../../lib/files/fingerprint.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { readRun } from "../../lib/runs/read_run.ts";
import { NOTEBOOK } from "../../lib/runs/run_folder.ts";
import { writePage } from "../../lib/runs/manifest.ts";
import { configOf, runJob } from "../jobs/job.ts";
import { recorder } from "../jobs/recorder.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";

/** A project folder with finished runs of the models that need no training. */
async function withRuns(
  count: number,
  use: (root: string, tags: string[]) => Promise<void>,
): Promise<void> {
  const data = await writeFolder(tinyFolder());
  const root = await Deno.makeTempDir();
  const tags: string[] = [];
  const config = configOf(
    "--k",
    "1",
    "--q",
    "2",
    "--models",
    "random,popularity",
    "--out",
    root,
  );
  try {
    for (let i = 0; i < count; i++) {
      const end = await runJob(config, data, recorder().terminal);
      assert("finished" in end);
      tags.push(end.finished.runTag);
    }
    await use(root, tags);
  } finally {
    await Deno.remove(data, { recursive: true });
    await Deno.remove(root, { recursive: true });
  }
}

const folderOf = (root: string, tag: string) => `${root}/reports/${NOTEBOOK}/${tag}`;
const edit = async (path: string, change: (text: string) => string) =>
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
const refused = async (promise: () => Promise<unknown>) =>
  (await assertRejects(promise, InputError)).message;

/** Changes a document and its fingerprint, so that only its contents can give it away. */
async function forge(
  root: string,
  tag: string,
  file: string,
  change: (text: string) => string,
): Promise<void> {
  const path = `${folderOf(root, tag)}/${file}`;
  await edit(path, change);
  const bytes = await Deno.readFile(path);
  const hash = await sha256(bytes);
  await edit(`${folderOf(root, tag)}/manifest.json`, (text) => {
    const manifest = JSON.parse(text);
    const entry = manifest.artifacts.find((artifact: { path: string }) =>
      artifact.path.endsWith(`${tag}/${file}`)
    );
    Object.assign(entry, { bytes: bytes.length, sha256: hash });
    return JSON.stringify(manifest);
  });
}

Deno.test("a run is read by its tag and as the latest, with every document", () =>
  withRuns(2, async (root, [first, second]) => {
    const run = await readRun(root, first);
    assertEquals([run.tag, run.folder], [first, folderOf(root, first)]);
    assertEquals(Object.keys(run.results.baselines), ["random", "popularity"]);
    assertEquals(run.queries.ranks.random.length, run.results.n_queries);
    assertEquals(run.courses.length, run.results.n_items);
    assertEquals(run.courses[3], "course 3");
    assertEquals(
      JSON.parse(new TextDecoder().decode(await run.readArtifact("models/random.json")))
        .architecture,
      "random",
    );
    assertEquals((await readRun(root, "latest")).tag, second);
  }));

Deno.test("an unknown tag names the nearest ones; a tag is never a path", () =>
  withRuns(1, async (root, [tag]) => {
    assertStringIncludes(await refused(() => readRun(root, `${tag.slice(0, -1)}x`)), tag);
    assertStringIncludes(await refused(() => readRun(root, "nonsense")), tag);
    for (const path of [`../${NOTEBOOK}/${tag}`, `./${tag}`, `${tag}/`, "", "..", "__proto__"]) {
      assertStringIncludes(await refused(() => readRun(root, path)), "there is no run");
    }
    assertStringIncludes(
      await refused(() => readRun(`${root}/elsewhere`, "latest")),
      "no finished run among 0",
    );
    assertStringIncludes(
      await refused(() => readRun(`${root}/elsewhere`, tag)),
      "deno task baselines",
    );
  }));

Deno.test("an unfinished run says so and how to finish it; the latest is the newest finished", () =>
  withRuns(2, async (root, [first, second]) => {
    const progress = `${folderOf(root, second)}/progress.json`;
    await edit(progress, (text) => text.replace('"status": "finished"', '"status": "running"'));
    const message = await refused(() => readRun(root, second));
    assertStringIncludes(message, "unfinished");
    assertStringIncludes(message, `--resume ${second}`);
    assertEquals((await readRun(root, "latest")).tag, first);
    await edit(progress, (text) => text.replace('"status": "running"', '"status": "finished"'));
    await Deno.remove(`${folderOf(root, second)}/manifest.json`);
    assertStringIncludes(await refused(() => readRun(root, second)), "unfinished");
  }));

Deno.test("a file that is not as the run wrote it is refused by its fingerprint", () =>
  withRuns(1, async (root, [tag]) => {
    const folder = folderOf(root, tag);
    const run = await readRun(root, tag);
    const model = await Deno.readFile(`${folder}/models/popularity.json`);
    for (
      const damaged of [
        model.slice(0, -1),
        model.map((byte, i) => i === 40 ? byte ^ 1 : byte),
        new Uint8Array(),
      ]
    ) {
      await Deno.writeFile(`${folder}/models/popularity.json`, damaged);
      const message = await refused(() => run.readArtifact("models/popularity.json"));
      assertStringIncludes(message, "changed after the run");
      assertStringIncludes(message, "models/popularity.json");
    }
    await Deno.remove(`${folder}/models/popularity.json`);
    assertStringIncludes(
      await refused(() => run.readArtifact("models/popularity.json")),
      "there is no such file",
    );
    assertStringIncludes(
      await refused(() => run.readArtifact("models/popularty.json")),
      "models/popularity.json",
    );
    await edit(`${folder}/queries.json`, (text) => text.replace("1", "2"));
    assertStringIncludes(await refused(() => readRun(root, tag)), "queries.json");
  }));

Deno.test("documents of a wrong shape, or in contradiction, are refused with their place", () =>
  withRuns(1, async (root, [tag]) => {
    const folder = folderOf(root, tag);
    const cases: [string, (text: string) => string, string][] = [
      [
        "results.json",
        (text) => text.replace(/"n_items": \d+/, '"n_items": "many"'),
        'results.json.n_items is "many"',
      ],
      [
        "results.json",
        (text) => text.replace(/"n_items": \d+/, '"n_items": 8'),
        "counts 8 courses",
      ],
      ["results.json", () => "[1, 2", "reading"],
      [
        "queries.json",
        (text) => JSON.stringify({ ...JSON.parse(text), labels: [99_999] }),
        "labels",
      ],
      [
        "queries.json",
        (text) => JSON.stringify({ ...JSON.parse(text), episode_offsets: [0, 3, 2] }),
        "episode_offsets",
      ],
      [
        "queries.json",
        (text) => JSON.stringify({ ...JSON.parse(text), episode_users: [0] }),
        "1 episode_users",
      ],
      [
        "queries.json",
        (text) => JSON.stringify({ ...JSON.parse(text), ranks: {} }),
        "no ranks of random",
      ],
      [
        "report.json",
        (text) => text.replace(/"run_id": "[0-9a-f]+"/, '"run_id": "another"'),
        "another",
      ],
      ["models/vocabulary.json", () => '{"course": 0}', "vocabulary.json is an object, not a list"],
    ];
    for (const [file, change, wanted] of cases) {
      const before = await Deno.readTextFile(`${folder}/${file}`);
      const manifest = await Deno.readTextFile(`${folder}/manifest.json`);
      await forge(root, tag, file, change);
      assertStringIncludes(await refused(() => readRun(root, tag)), wanted, file);
      await Deno.writeTextFile(`${folder}/${file}`, before);
      await Deno.writeTextFile(`${folder}/manifest.json`, manifest);
    }
    await readRun(root, tag);
  }));

Deno.test("a page written again has a new fingerprint in the manifest; nothing else changes", () =>
  withRuns(1, async (root, [tag]) => {
    const run = await readRun(root, tag);
    const others = run.manifest.artifacts.filter(({ path }) => !path.endsWith("report.html"));
    assertEquals(run.manifest.artifacts.length - others.length, 1);
    await writePage(run, "<p>another page</p>");
    const again = await readRun(root, tag);
    assertEquals(
      new TextDecoder().decode(await again.readArtifact("report.html")),
      "<p>another page</p>",
    );
    assertEquals(
      again.manifest.artifacts.filter(({ path }) => !path.endsWith("report.html")),
      others,
    );
  }));
