import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dataFolder } from "../../../lib/jobs/baselines/data_folder.ts";
import { readDataset } from "../../../lib/dataset/read_dataset.ts";
import { synthesize } from "../../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../../lib/dataset/write_dataset.ts";
import { recorder } from "../recorder.ts";

Deno.test("the embedded set is made once; another in its place is used, with a word", async () => {
  const here = Deno.cwd();
  const folder = await Deno.makeTempDir();
  Deno.chdir(folder);
  try {
    const asked = async () => {
      const { terminal, text } = recorder();
      return { path: await dataFolder({ data: undefined, k: 1, q: 2 }, terminal), text: text() };
    };
    const first = await asked();
    const { dataset } = await readDataset(first.path, 1, 2);
    assertEquals(dataset.synthetic?.preset, "demo");
    const second = await asked();
    assertEquals(second.path, first.path);
    assert(!second.text.includes("is not the embedded set"), second.text);
    const other = synthesize("demo", 1, 2, 5, { users: 300 });
    for (const { path, bytes } of encodeDataset(other)) {
      await Deno.writeFile(`${first.path}/${path}`, bytes);
    }
    assertStringIncludes(
      (await asked()).text,
      "is not the embedded set of this version but preset demo, seed 5, process learners-1",
    );
    assertEquals((await readDataset(first.path, 1, 2)).dataset.synthetic?.seed, 5);
  } finally {
    Deno.chdir(here);
  }
});
