/** `deno task report` over a few-shot run. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FEWSHOT, NOTEBOOK } from "../../lib/runs/run_folder.ts";
import { baseRun, finished } from "../jobs/fewshot/small_run.ts";
import { report } from "./program.ts";

Deno.test("a few-shot run's page is made again byte for byte", async () => {
  const { out, runTag: base } = await baseRun();
  const methods = [
    "--methods",
    "unseen,support_counts,fine_tune_bias,maml",
    "--starts",
    "warm,random",
  ];
  const { outDir, runTag } = await finished(["--out", out, "--run", base, ...methods]);
  const folder = `${out}/${outDir}`;
  const read = () =>
    Promise.all(["report.html", "manifest.json"].map((name) => Deno.readFile(`${folder}/${name}`)));
  const written = await read();
  for (const named of [["--run", runTag], [], ["--run", `${FEWSHOT}/${runTag}`]]) {
    await Deno.writeTextFile(`${folder}/report.html`, "another page");
    const again = await report(out, ...named, "--json");
    assertEquals([again.code, again.stderr], [0, ""]);
    assertEquals(JSON.parse(again.stdout), { run: runTag, page: `${folder}/report.html` });
    assertEquals(await read(), written);
  }
  // what it cannot do, it says
  const compared = await report(out, "--compare", base, runTag);
  assertEquals(compared.code, 1);
  assertStringIncludes(compared.stderr, `${runTag} is a few-shot run. Expected: a run of the base`);
  await Deno.mkdir(`${out}/reports/${NOTEBOOK}/${runTag}`);
  const both = await report(out, "--run", runTag);
  assertStringIncludes(both.stderr, `Expected: ${FEWSHOT}/${runTag} for the few-shot run`);
  await Deno.remove(`${out}/reports/${NOTEBOOK}/${runTag}`);
  await Deno.writeTextFile(`${folder}/selection.json`, "{}");
  const damaged = await report(out, "--run", runTag);
  assertStringIncludes(damaged.stderr, "selection.json: it was changed after the run");
});
