import { assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../lib/errors/input_error.ts";
import { checkRunLog, logRun, readRunLog } from "../../lib/runs/run_log.ts";
import { createRunFolder, tagOf } from "../../lib/runs/run_folder.ts";
import { inFolder } from "../in_folder.ts";

const REAL = { synthetic: false };

Deno.test("runs of one second get folders of their own and all their entries", () =>
  inFolder(async (root) => {
    const now = new Date(Date.UTC(2026, 0, 30, 7, 54, 35)); // in whatever zone this runs
    assertEquals(tagOf(now), "20260130_075435");
    const runs = await Promise.all(Array.from({ length: 8 }, async () => {
      const identity = await createRunFolder(root, now);
      await logRun(identity, REAL);
      return identity;
    }));
    assertEquals(new Set(runs.map(({ outDir }) => outDir)).size, 8);
    const { schema_version, runs: entries } = await readRunLog(root);
    assertEquals(schema_version, 1);
    assertEquals(
      new Set(entries.map(({ run_id }) => run_id)),
      new Set(runs.map(({ runId }) => runId)),
    );
    assertEquals(
      entries[0].out_dir,
      `reports/06_base_model_selection_xuetangx/${entries[0].run_tag}`,
    );
    assertEquals(entries[0].data, REAL);
  }));

Deno.test("200 runs that register at once from 8 processes are all in the log", () =>
  inFolder(async (root) => {
    const script = `${root}/crowd.ts`;
    const lib = new URL("../../lib/runs/", import.meta.url);
    await Deno.writeTextFile(
      script,
      `import { createRunFolder } from "${lib}run_folder.ts";
      import { logRun } from "${lib}run_log.ts";
      await Promise.all(Array.from({ length: 25 }, async () =>
        logRun(await createRunFolder(Deno.args[0]), { synthetic: false })));`,
    );
    const args = ["run", "--quiet", "--no-check", "--allow-all", script, root];
    const ends = await Promise.all(
      Array.from({ length: 8 }, () => new Deno.Command(Deno.execPath(), { args }).output()),
    );
    for (const { code, stderr } of ends) assertEquals(code, 0, new TextDecoder().decode(stderr));
    const { runs } = await readRunLog(root);
    assertEquals(runs.length, 200);
    const folders = [...Deno.readDirSync(`${root}/reports/06_base_model_selection_xuetangx`)];
    assertEquals(
      new Set(runs.map(({ run_tag }) => run_tag)),
      new Set(folders.map(({ name }) => name)),
    );
    assertEquals(new Set(runs.map(({ run_id }) => run_id)).size, 200);
  }));

Deno.test("a damaged run log is set aside as it was", () =>
  inFolder(async (root) => {
    await Deno.writeTextFile(`${root}/meta.json`, '{"schema_version": 1, "runs": [');
    const setAside = await logRun(await createRunFolder(root), REAL);
    assertEquals(await Deno.readTextFile(setAside!), '{"schema_version": 1, "runs": [');
    assertEquals((await readRunLog(root)).runs.length, 1);
  }));

Deno.test("a log that another process sets aside meanwhile is one that is not there", () =>
  inFolder(async (root) => {
    const path = `${root}/meta.json`;
    await Deno.writeTextFile(path, "{");
    const { stat } = Deno;
    try {
      Deno.stat = async (asked) => {
        const info = await stat(asked);
        await Deno.rename(path, `${root}/aside.json`);
        return info;
      };
      await checkRunLog(root);
      assertEquals(await Deno.readTextFile(`${root}/aside.json`), "{");
    } finally {
      Deno.stat = stat;
    }
    await Deno.symlink("nowhere.json", path);
    await assertRejects(() => checkRunLog(root), InputError, "there is no such file");
  }));

Deno.test("a run log too deep to write again, or not UTF-8, is set aside; an unreadable not", () =>
  inFolder(async (root) => {
    const deep = `{"schema_version": 1, "runs": [], "x": ${"[".repeat(5000)}${"]".repeat(5000)}}`;
    for (const bytes of [new TextEncoder().encode(deep), Uint8Array.of(0x7b, 0xff, 0x7d)]) {
      await Deno.writeFile(`${root}/meta.json`, bytes);
      assertEquals(await Deno.readFile((await logRun(await createRunFolder(root), REAL))!), bytes);
    }
    await Deno.remove(`${root}/meta.json`);
    await Deno.mkdir(`${root}/meta.json`);
    await assertRejects(
      async () => await logRun(await createRunFolder(root), REAL),
      InputError,
      "meta.json",
    );
  }));
