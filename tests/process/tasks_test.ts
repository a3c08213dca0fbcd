/** The tasks as a user calls them, through `deno task`. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inFolder } from "../in_folder.ts";
import { makeTinyRun } from "../jobs/recommend/tiny_run.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs a task in an environment that names no session of a desktop. */
async function task(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const { XDG_RUNTIME_DIR: _, ...own } = Deno.env.toObject();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, ...args],
    cwd: ROOT,
    env: { ...own, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    clearEnv: true,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, said: text(stdout), complained: text(stderr) };
}

Deno.test("a folder with spaces is refused with the way to allow it, and that way works", () =>
  inFolder(async (folder) => {
    const { out } = await makeTinyRun("--models", "popularity");
    const there = `${folder}/my "first" $run`;
    await Deno.rename(out, there);
    const line = ["--out", there, "--courses", "course 1", "--top", "1"];
    const refused = await task("recommend", line);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.complained, `${folder}/my \\"first\\" \\$run`);
    assertStringIncludes(refused.complained, 'BASELINES_READ="');
    // no library has said a word beside that
    assertEquals(refused.complained.trim().split("\n").length, 1, refused.complained);
    const allowed = await task("recommend", line, { BASELINES_READ: there });
    assertEquals([allowed.code, allowed.complained], [0, ""]);
    assertStringIncludes(allowed.said, "course");
  }));

Deno.test("a folder with spaces is written where it is named, and no other one", () =>
  inFolder(async (folder) => {
    const mine = `${folder}/my data`;
    await Deno.mkdir(mine);
    const line = ["--courses", "20", "--users", "300", "--out", `${mine}/small`];
    const refused = await task("synthesize", line);
    assertEquals(refused.code, 1, refused.said);
    assertStringIncludes(refused.complained, "BASELINES_WRITE=");
    const env = { BASELINES_READ: mine, BASELINES_WRITE: mine };
    const allowed = await task("synthesize", line, env);
    assertEquals([allowed.code, allowed.complained], [0, ""]);
    assert((await Deno.stat(`${mine}/small/vocab/course2id.json`)).isFile);
    const beside = await task("synthesize", [...line.slice(0, -1), `${folder}/other`], env);
    assertEquals(beside.code, 1, beside.said);
    // a folder that is not there allows nothing
    const missing = { BASELINES_READ: `${folder}/no`, BASELINES_WRITE: `${folder}/no` };
    assertEquals((await task("synthesize", line, missing)).code, 1);
  }));

/** A task as its line is typed, with what its refusals say to put before it, `most` times. */
async function followed(line: string, most: number): Promise<{ code: number; said: string }> {
  for (let way = "", times = 0;; times++) {
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", `${way} "${Deno.execPath()}" task --quiet ${line}`],
      cwd: ROOT,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    if (code === 0 || times === most) return { code, said };
    way = / put (.*) before the command/.exec(said)?.[1] ?? "false;";
  }
}

Deno.test("what a refusal says to put before a command lets it work", () =>
  inFolder(async (folder) => {
    const spaced = `${folder}/my logs`;
    await Deno.mkdir(spaced);
    const rows = Array.from({ length: 120 }, (_, i) => `u${i % 30},i${i % 4},${1.6e9 + 60 * i}`);
    for (const where of [folder, spaced]) {
      const log = `${where}/log-1.csv`;
      await Deno.writeTextFile(log, `user_id,item_id,timestamp\n${rows.join("\n")}\n`);
      const sizes = "--k 1 --q 1";
      for (const [i, input] of [log, `${where}/log-*.csv`].entries()) {
        // the log is refused, then the folder of the output
        const line = `prepare --input "${input}" --out "${where}/prepared${i}" ${sizes}`;
        const { code, said } = await followed(line, 2);
        assertEquals(code, 0, said);
      }
    }
    const data = `${folder}/not there/yet`;
    const { code, said } = await followed(`synthesize --users 300 --out "${data}"`, 1);
    assertEquals(code, 0, said);
    assert((await Deno.stat(`${data}/vocab/course2id.json`)).isFile);
    // all files of the data are one refusal, the outputs another
    for (const [where, k, q] of [[data, 5, 10], [`${folder}/prepared0`, 1, 1]]) {
      const line = `baselines --data "${where}" --models popularity --k ${k} --q ${q}`;
      const { code, said } = await followed(`${line} --out "${where}/out"`, 2);
      assertEquals(code, 0, said);
    }
  }));

/** Tasks that take folders from a user's variables. */
const OPENABLE = Object.entries<{ command: string }>(
  JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)).tasks,
).filter(([, { command }]) => command.includes("BASELINES_"));

Deno.test("no task may write the project's own files, whatever a variable says", () =>
  inFolder(async (folder) => {
    const probe = `const states = ["lib", "deno.json", ".", "/"].map((path) =>
      Deno.permissions.querySync({ name: "write", path }).state);
      console.log(states.join());`;
    await Deno.writeTextFile(`${folder}/probe.ts`, probe);
    await Deno.mkdir(`${folder}/lib`);
    const tasks = Object.fromEntries(
      OPENABLE.map((
        [name, { command }],
      ) => [name, command.replace(/scripts\/\S+\.ts/, "probe.ts")]),
    );
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ tasks }));
    for (const name of Object.keys(tasks)) {
      for (const given of [undefined, "", "missing"]) {
        const { BASELINES_READ: _, BASELINES_WRITE: __, ...own } = Deno.env.toObject();
        const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: ["task", "--quiet", name],
          cwd: folder,
          env: { ...own, ...given !== undefined && { BASELINES_WRITE: given } },
          clearEnv: true,
        }).output();
        assertEquals(code, 0, new TextDecoder().decode(stderr));
        const states = new TextDecoder().decode(stdout).trim();
        assertEquals(states, "prompt,prompt,prompt,prompt", `${name}, ${given}`);
      }
    }
  }));
