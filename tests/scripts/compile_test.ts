/**
 * The single files: made, then run from an empty folder under an environment that has nothing in it
 * but a home.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { PROGRAMS } from "../../scripts/programs.ts";
import { tinyRun } from "../jobs/recommend/tiny_run.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
) {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env,
    clearEnv: true,
    cwd,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/**
 * Makes the file once; undefined where the bundler is not to be had (it is downloaded from the
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
      "--out",
      out,
    ],
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return `${out}/coldstart`;
})();
const file = await made;

function testBinary(name: string, fn: (file: string) => Promise<void>): void {
  const skipped = file === undefined;
  Deno.test({
    name: skipped ? `${name}: skipped, deno bundle cannot be had here` : name,
    ignore: skipped,
    fn: () => fn(file!),
  });
}

testBinary(
  "a program says its version and its help from an empty folder, and unpacks once",
  async (file) => {
    const home = await Deno.makeTempDir();
    const empty = await Deno.makeTempDir();
    const baselines = (...args: string[]) =>
      run(file, ["baselines", ...args], { HOME: home }, empty);
    assertEquals(await baselines("--version"), {
      code: 0,
      stdout: `baselines ${manifest.version} (deno ${Deno.version.deno})\n`,
      stderr: "",
    });
    const unpacked = [...Deno.readDirSync(`${home}/.cache/coldstart`)].map(({ name }) => name)
      .sort();
    const { code, stdout } = await baselines("--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout, "Usage: baselines [flags]");
    assertEquals(
      [...Deno.readDirSync(`${home}/.cache/coldstart`)].map(({ name }) => name).sort(),
      unpacked,
    );
    assertEquals([...Deno.readDirSync(empty)], []);
    assertEquals((await baselines("--epochs", "many")).code, 2);
  },
);

testBinary("the one file has every program, and its list", async (file) => {
  const env = { COLDSTART_CACHE: await Deno.makeTempDir() };
  const empty = await Deno.makeTempDir();
  const list = await run(file, [], env, empty);
  assertEquals(list.code, 0, list.stderr);
  for (const name of Object.keys(PROGRAMS)) {
    const { code, stdout } = await run(file, [name, "--help"], env, empty);
    assertEquals(code, 0, name);
    assert(stdout.startsWith(`${name}: `), name);
    assertStringIncludes(list.stdout, `\n  ${name} `);
  }
  const other = await run(file, ["prepar"], env, empty);
  assertEquals(other.code, 2);
  assertStringIncludes(other.stderr, "perhaps prepare");
});

testBinary("a copy of the file completes itself, by its own name", async (file) => {
  const env = { COLDSTART_CACHE: await Deno.makeTempDir() };
  const place = await Deno.makeTempDir();
  await Deno.symlink(file, `${place}/my tool`);
  const told = async (...line: string[]) => {
    const { code, stdout, stderr } = await run(`${place}/my tool`, line, env, place);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  for (const line of [["--completion", "bash"], ["runs", "--completion", "bash"]]) {
    const script = await told(...line);
    assertStringIncludes(
      script,
      "\ncomplete -o bashdefault -o default -F _coldstart -- 'my tool'\n",
    );
    assertStringIncludes(script, "_coldstart_flags_runs__list='--runs --data --json --quiet");
    assertEquals(script.includes("_coldstart_flags_sweep="), line.length === 2);
  }
  assertStringIncludes(await told("--completion=fish"), "complete -c 'my tool' -n");
  assertEquals((await run(file, ["--completion", "dash"], env, place)).code, 2);
});

testBinary("sweep in the one file starts its workers from it", async (file) => {
  const env = { COLDSTART_CACHE: await Deno.makeTempDir(), PATH: "/usr/bin:/bin" };
  const place = await Deno.makeTempDir();
  const told = async (...line: string[]) => {
    const { code, stdout, stderr } = await run(file, line, env, place);
    assertEquals(code, 0, stderr);
    return stdout;
  };
  await told("synthesize", "--users", "300", "--courses", "30", "--out", "data/s");
  const flags = ["--data", "data/s", "--models", "popularity", "--seeds", "1,2"];
  assertStringIncludes(await told("sweep", ...flags, "--workers", "2"), "(2/2) run ");
  assertStringIncludes(await told("sweep", ...flags, "--print-jobs"), `${file} sweep work `);
});

testBinary("prepare in the one file finds its SQL and its native database", async (file) => {
  const env = { COLDSTART_CACHE: await Deno.makeTempDir() };
  const empty = await Deno.makeTempDir();
  const rows = Array.from({ length: 600 }, (_, i) => `u${i % 20},c${i % 7},${1.5e9 + 60 * i}`);
  await Deno.writeTextFile(`${empty}/log.csv`, `user,item,time\n${rows.join("\n")}\n`);
  const columns = ["--user", "user", "--item", "item", "--time", "time"];
  const line = ["prepare", "--input", "log.csv", "--out", "data/mine", ...columns];
  const { code, stderr } = await run(file, line, env, empty);
  assertEquals(code, 0, stderr);
  assert((await Deno.stat(`${empty}/data/mine/vocab/course2id.json`)).isFile);
});

testBinary(
  "the demo job outside the repository, with the task's permissions only",
  async (file) => {
    const env = { COLDSTART_CACHE: await Deno.makeTempDir() };
    const empty = await Deno.makeTempDir();
    const early = await run(file, ["recommend", "--courses", "x"], env, empty);
    // no deno task is there
    assertStringIncludes(early.stderr, "make one with coldstart baselines");
    const { code, stdout, stderr } = await run(file, ["baselines", "--epochs", "1"], env, empty);
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
      file,
      ["recommend", "--courses", course, "--top", "3", "--json"],
      env,
      empty,
    );
    assertEquals(JSON.parse(answer.stdout).sessions[0].recommendations.length, 3, answer.stderr);
    const outside = await run(
      file,
      ["baselines", "--models", "popularity", "--out", await Deno.makeTempDir()],
      env,
      empty,
    );
    assertEquals(outside.code, 1);
    assertStringIncludes(
      outside.stderr,
      "this program may use what its task names and nothing else",
    );
  },
);

testBinary(
  "the binary recommends what the program recommends, tfjs's wasm backend included",
  async (file) => {
    const { out } = await tinyRun();
    const env = { COLDSTART_CACHE: await Deno.makeTempDir() };
    const answers = [];
    for (const device of ["tfjs", "tfjs-cpu"]) {
      const args = ["--out", out, "--courses", "course 1,course 3", "--json", "--device", device];
      const { stdout, stderr } = await run(file, ["recommend", ...args], env, out);
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
  async (file) => {
    const cache = await Deno.makeTempDir();
    const env = { COLDSTART_CACHE: cache };
    const codes = await Promise.all(
      Array.from(
        { length: 4 },
        async () => (await run(file, ["recommend", "--version"], env, cache)).code,
      ),
    );
    assertEquals(codes, [0, 0, 0, 0]);
    const names = () =>
      [...Deno.readDirSync(cache)].map(({ name }) => name.replace(/-[0-9a-f]{64}$/, "")).sort();
    assertEquals(names(), ["coldstart", "deno", "deno_dir"]);

    const broken = `${await Deno.makeTempDir()}/broken`;
    const other = await Deno.makeTempDir();
    await Deno.copyFile(file, broken);
    await Deno.truncate(broken, 3_000_000);
    const { code, stderr } = await run(broken, ["recommend", "--version"], {
      COLDSTART_CACHE: other,
    }, other);
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

testBinary("a folder of someone else, a link or a file is not unpacked into", async (file) => {
  const place = await Deno.makeTempDir();
  const home = `${place}/home`;
  await Deno.mkdir(`${place}/target`);
  await Deno.symlink(`${place}/target`, `${place}/link`);
  assertEquals(
    (await run(
      file,
      ["recommend", "--version"],
      { COLDSTART_CACHE: `${place}/link`, HOME: home },
      place,
    )).code,
    0,
  );
  assertEquals([...Deno.readDirSync(`${place}/target`)], []);
  assert((await Deno.stat(`${home}/.cache/coldstart`)).isDirectory);
});
