import { assert, assertEquals } from "@std/assert";
import { prefixOf, SPLITS } from "../../lib/dataset/dataset.ts";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../lib/dataset/write_dataset.ts";
import { writeFiles } from "../../lib/files/write_folder.ts";

const made = synthesize("demo", 5, 10);

Deno.test("what is written is read again, and the mark with it", async () => {
  const folder = `${await Deno.makeTempDir()}/demo`;
  await writeFiles(folder, encodeDataset(made));
  const { dataset } = await readDataset(folder, 5, 10);
  assertEquals(dataset.synthetic, made.synthetic);
  assertEquals(dataset.courses, made.courses);
  for (const split of SPLITS) {
    const { pairs, episodes } = dataset.splits[split];
    const wanted = made.splits[split];
    for (const key of ["pairId", "user", "label", "labelTime"] as const) {
      assertEquals(pairs[key], wanted.pairs[key], `${split} ${key}`);
    }
    assertEquals(episodes, wanted.episodes);
    for (let row = 0; row < pairs.count; row++) {
      assertEquals(prefixOf(pairs, row), prefixOf(wanted.pairs, row));
    }
  }
});

Deno.test("the same bytes each time", () => {
  assertEquals([...encodeDataset(synthesize("demo", 5, 10))], [...encodeDataset(made)]);
});

Deno.test("users are 80 : 10 : 10, in one split each; episodes keep support before query", () => {
  const counts = SPLITS.map((split) => made.splits[split].pairs.users.length);
  const total = counts.reduce((sum, n) => sum + n, 0);
  assertEquals(counts.slice(0, 2), [Math.floor(0.8 * total), Math.floor(0.1 * total)]);
  assertEquals(new Set(SPLITS.flatMap((split) => made.splits[split].pairs.users)).size, total);
  for (const split of SPLITS) {
    const { pairs: { labelTime }, episodes } = made.splits[split];
    assert(episodes.count >= 20);
    for (let e = 0; e < episodes.count; e++) {
      assert(labelTime[episodes.supportRows[5 * e + 4]] < labelTime[episodes.queryRows[10 * e]]);
    }
  }
});
