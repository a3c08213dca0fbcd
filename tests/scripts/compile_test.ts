/**
 * The single files: made, then run from an empty folder under an environment that has nothing in it
 * but a home.
 */
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { assetsOf } from "../../scripts/compile/assets.ts";
import { tarOf } from "../../scripts/compile/tar.ts";
import { taskOf } from "../../scripts/compile/task.ts";
import { tinyRun } from "../jobs/recommend/tiny_run.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

async function run(program: string, args: string[], env: Record<string, string>, cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env,
    clearEnv: true,
    cwd,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/**
 * Makes the programs once; undefined where the bundler is not to be had (it is downloaded from the
 * npm registry once).
 */
const made: Promise<string | undefined> = (async () => {
  const out = await Deno.makeTempDir({ prefix: "dist_" });
  const probe = [
    "bundle",
    "--quiet",
    "--platform",
    "deno",
    "--output",
    `${out}/probe.js`,
    `${root}/lib/terminal/terminal.ts`,
  ];
  if (!(await new Deno.Command(Deno.execPath(), { args: probe, cwd: root }).output()).success) {
    return undefined;
  }
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "scripts/compile.ts",
      "--kind",
      "self-extracting",
      "--programs",
      "recommend,baselines",
      "--out",
      out,
    ],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return out;
})();
const dist = await made;

function testBinary(name: string, fn: (dist: string) => Promise<void>): void {
  const skipped = dist === undefined;
  Deno.test({
    name: skipped ? `${name}: skipped, deno bundle cannot be had here` : name,
    ignore: skipped,
    fn: () => fn(dist!),
  });
}

testBinary(
  "a program says its version and its help from an empty folder, and unpacks once",
  async (dist) => {
    const home = await Deno.makeTempDir();
    const empty = await Deno.makeTempDir();
    const program = `${dist}/baselines`;
    assertEquals(await run(program, ["--version"], { HOME: home }, empty), {
      code: 0,
      stdout: `baselines ${manifest.version} (deno ${Deno.version.deno})\n`,
      stderr: "",
    });
    const unpacked = [...Deno.readDirSync(`${home}/.cache/coldstart`)].map(({ name }) => name)
      .sort();
    const { code, stdout } = await run(program, ["--help"], { HOME: home }, empty);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "Usage: baselines [flags]");
    assertEquals(
      [...Deno.readDirSync(`${home}/.cache/coldstart`)].map(({ name }) => name).sort(),
      unpacked,
    );
    assertEquals([...Deno.readDirSync(empty)], []);
    assertEquals((await run(program, ["--epochs", "many"], { HOME: home }, empty)).code, 2);
  },
);

testBinary(
  "the demo job outside the repository, with the task's permissions only",
  async (dist) => {
    const env = { COLDSTART_CACHE: await Deno.makeTempDir() };
    const empty = await Deno.makeTempDir();
    const early = await run(`${dist}/recommend`, ["--courses", "x"], env, empty);
    assertStringIncludes(early.stderr, "make one with baselines"); // no deno task is there
    const { code, stdout, stderr } = await run(`${dist}/baselines`, ["--epochs", "1"], env, empty);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "Baseline results");
    const [{ out_dir }] = JSON.parse(await Deno.readTextFile(`${empty}/meta.json`)).runs;
    for (
      const file of [
        "results.json",
        "manifest.json",
        "report.html",
        "models/gru_global.safetensors",
        "models/sasrec.safetensors",
      ]
    ) {
      assert((await Deno.stat(`${empty}/${out_dir}/${file}`)).size > 0, file);
    }
    const [course] = JSON.parse(
      await Deno.readTextFile(`${empty}/${out_dir}/models/vocabulary.json`),
    );
    const answer = await run(
      `${dist}/recommend`,
      ["--courses", course, "--top", "3", "--json"],
      env,
      empty,
    );
    assertEquals(JSON.parse(answer.stdout).sessions[0].recommendations.length, 3, answer.stderr);
    const outside = await run(
      `${dist}/baselines`,
      ["--models", "popularity", "--out", await Deno.makeTempDir()],
      env,
      empty,
    );
    assertEquals(outside.code, 1);
    assertStringIncludes(outside.stderr, "this program may use what its task in deno.json names");
  },
);

testBinary(
  "the binary recommends what the program recommends, tfjs's wasm backend included",
  async (dist) => {
    const { out } = await tinyRun();
    const env = { COLDSTART_CACHE: await Deno.makeTempDir() };
    const answers = [];
    for (const device of ["tfjs", "tfjs-cpu"]) {
      const args = ["--out", out, "--courses", "course 1,course 3", "--json", "--device", device];
      const { stdout, stderr } = await run(`${dist}/recommend`, args, env, out);
      if (stdout === "") throw new Error(stderr);
      answers.push(
        JSON.parse(stdout).sessions[0].recommendations.map(({ course }: { course: string }) =>
          course
        ),
      );
    }
    assertEquals(answers[0], answers[1]);
  },
);

testBinary(
  "several first runs at once unpack without harm; a damaged file says so and leaves nothing",
  async (dist) => {
    const cache = await Deno.makeTempDir();
    const env = { COLDSTART_CACHE: cache };
    const codes = await Promise.all(
      Array.from(
        { length: 4 },
        async () => (await run(`${dist}/recommend`, ["--version"], env, cache)).code,
      ),
    );
    assertEquals(codes, [0, 0, 0, 0]);
    const names = () =>
      [...Deno.readDirSync(cache)].map(({ name }) => name.replace(/-[0-9a-f]{64}$/, "")).sort();
    assertEquals(names(), ["deno", "deno_dir", "recommend"]);

    const broken = `${await Deno.makeTempDir()}/broken`;
    const other = await Deno.makeTempDir();
    await Deno.copyFile(`${dist}/recommend`, broken);
    await Deno.truncate(broken, 3_000_000);
    const { code, stderr } = await run(broken, ["--version"], { COLDSTART_CACHE: other }, other);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "this file is cut: it has 3000000 of ");
    assertEquals(
      [...Deno.readDirSync(other)].filter(({ name }) =>
        name.includes("deno") || name.includes("part")
      ),
      [],
    );
  },
);

testBinary("a folder of someone else, a link or a file is not unpacked into", async (dist) => {
  const place = await Deno.makeTempDir();
  const home = `${place}/home`;
  await Deno.mkdir(`${place}/target`);
  await Deno.symlink(`${place}/target`, `${place}/link`);
  assertEquals(
    (await run(
      `${dist}/recommend`,
      ["--version"],
      { COLDSTART_CACHE: `${place}/link`, HOME: home },
      place,
    )).code,
    0,
  );
  assertEquals([...Deno.readDirSync(`${place}/target`)], []);
  assert((await Deno.stat(`${home}/.cache/coldstart`)).isDirectory);
});

Deno.test("a program's permissions are its task's", () => {
  assertEquals(taskOf("recommend"), {
    script: "scripts/recommend.ts",
    flags: ["--no-prompt", "--allow-read=.,../shared", "--allow-env=XDG_RUNTIME_DIR"],
  });
  assert(
    taskOf("serve").flags.every((flag) => !/^--allow-(all|net|write|run|ffi|sys)$/.test(flag)),
  );
  assertThrows(() => taskOf("ok"), TypeError, "deno run");
});

Deno.test("assets are what the modules name: folders, workers, packages", async () => {
  const project = await Deno.makeTempDir();
  const write = async (path: string, text: string) => {
    await Deno.mkdir(`${project}/${path.slice(0, path.lastIndexOf("/"))}`, { recursive: true });
    await Deno.writeTextFile(`${project}/${path}`, text);
  };
  await write("deno.json", "{}");
  await write("scripts/a.ts", 'import "../lib/b.ts";');
  await write(
    "lib/b.ts",
    "export const sql = (n: string) => new URL(`./sql/${n}`, import.meta.url);\n" +
      'new URL("./w.ts", import.meta.url);',
  );
  await write("lib/sql/x.sql", "SELECT 1");
  await write("lib/w.ts", 'new URL("./kernel.wasm", import.meta.url);');
  await write("lib/kernel.wasm", "");
  const { files, workers } = await assetsOf("scripts/a.ts", project);
  assertEquals([...files], [["sql", `${project}/lib/sql`], [
    "kernel.wasm",
    `${project}/lib/kernel.wasm`,
  ]]);
  assertEquals([...workers], [["w.ts", `${project}/lib/w.ts`]]);
  await write("lib/b.ts", 'new URL("../up.txt", import.meta.url);');
  await assertRejects(() => assetsOf("scripts/a.ts", project), TypeError, "../up.txt");
  assertEquals([...(await assetsOf("scripts/recommend.ts", root)).packages.keys()], [
    "@tensorflow/tfjs-backend-wasm",
  ]);
});

Deno.test("an archive is the same bytes for the same files, and tar reads it", async () => {
  const folder = await Deno.makeTempDir();
  const long = `${"deep/".repeat(30)}${"x".repeat(90)}`;
  const files: Record<string, string> = {
    "b.txt": "b",
    "a/empty": "",
    "a/512": "y".repeat(512),
    [long]: "z",
  };
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  const archive = await tarOf(folder);
  const back = await Deno.makeTempDir();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Deno.writeTextFile(`${folder}/b.txt`, "b"); // another time of change
  assertEquals(await tarOf(folder), archive);
  await Deno.writeFile(`${back}/x.tar`, archive);
  assert((await new Deno.Command("tar", { args: ["-xf", "x.tar"], cwd: back }).output()).success);
  for (const [path, text] of Object.entries(files)) {
    assertEquals(await Deno.readTextFile(`${back}/${path}`), text);
  }
});
