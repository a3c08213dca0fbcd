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
