import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { NOTEBOOK } from "../../lib/runs/run_folder.ts";
import { configOf, runJob } from "../jobs/job.ts";
import { recorder } from "../jobs/recorder.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { report } from "./program.ts";

Deno.test("deno task report makes the same page again, and compares runs", async () => {
  const data = await writeFolder(tinyFolder());
  const root = await Deno.makeTempDir();
  const tags: string[] = [];
  try {
    for (const seed of ["1", "2"]) {
      const args = [
        "--k",
        "1",
        "--q",
        "2",
        "--models",
        "random,popularity,sessionknn",
        "--seed",
        seed,
        "--out",
        root,
      ];
      const end = await runJob(
        configOf(...args),
        data,
        recorder().terminal,
      );
      assert("finished" in end);
      tags.push(end.finished.runTag);
    }
    const folder = `${root}/reports/${NOTEBOOK}/${tags[0]}`;
    const read = async () => [
      await Deno.readTextFile(`${folder}/report.html`),
      await Deno.readTextFile(`${folder}/manifest.json`),
    ];
    const written = await read();
    assertStringIncludes(written[0], tags[0]);
    await Deno.remove(`${folder}/report.html`);
    const again = await report(root, "--run", tags[0]);
    assertEquals([again.code, again.stderr], [0, ""]);
    assertEquals(await read(), written);

    const compared = await report(root, "--compare", ...tags);
    assertEquals([compared.code, compared.stderr], [0, ""]);
    for (const part of ["random Accuracy@1", "popularity MRR", "no difference"]) {
      assertStringIncludes(compared.stdout, part);
    }
    assertStringIncludes(
      await Deno.readTextFile(`${root}/reports/compare_${tags.join("_")}.html`),
      "2 runs compared",
    );

    const unknown = await report(root, "--run", "nonsense");
    assertEquals(unknown.code, 1);
    assertStringIncludes(unknown.stderr, tags[1]);
    assertEquals((await report(root, "--compare", tags[0])).code, 1);
  } finally {
    await Deno.remove(data, { recursive: true });
    await Deno.remove(root, { recursive: true });
  }
});
