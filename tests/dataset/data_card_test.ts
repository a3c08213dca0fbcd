import { assertEquals, assertStringIncludes } from "@std/assert";
import { dataCard } from "../../lib/dataset/data_card.ts";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { tinyFolder, writeFolder } from "./tiny.ts";

Deno.test("the card counts users, pairs and episodes, and says from when they are", async () => {
  const folder = await writeFolder(tinyFolder());
  try {
    const { dataset } = await readDataset(folder, 1, 2);
    const card = await dataCard(dataset);
    assertEquals(card.name, folder.slice(folder.lastIndexOf("/") + 1));
    assertEquals(card.courses, dataset.courses.length);
    for (const [name, split] of Object.entries(dataset.splits)) {
      const { users, pairs, episodes, first, last } = card.splits[name as "train"];
      assertEquals([users, pairs, episodes], [
        new Set(split.pairs.user).size,
        split.pairs.count,
        split.episodes.count,
      ]);
      const days = [...split.pairs.labelTime].sort((a, b) => a - b)
        .map((seconds) => new Date(1000 * seconds).toISOString().slice(0, 10));
      assertEquals([first, last], [days[0], days.at(-1)]);
    }
    assertStringIncludes(card.split_rule, "seen in it: no user is in two splits");
    const meaning = "dealt by shares";
    const policy = { split_policy: { by: "time", meaning } };
    await Deno.writeTextFile(`${folder}/prepare.json`, JSON.stringify(policy));
    assertEquals((await dataCard(dataset)).split_rule, "by time: dealt by shares");
    await Deno.writeTextFile(`${folder}/prepare.json`, "{");
    assertStringIncludes((await dataCard(dataset)).split_rule, "seen in it");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("where label times are places, no date is said", async () => {
  const made = synthesize("demo", 1, 2, 1, { users: 200, courses: 20, topics: 4 });
  const { split_rule, splits, label_times } = await dataCard({ ...made, ordered: true });
  assertStringIncludes(split_rule, "by user: synthetic learners");
  assertEquals(label_times, "places in the log's order");
  for (const split of Object.values(splits)) {
    assertEquals([split.first, split.last], [undefined, undefined]);
  }
  const dated = await dataCard(made);
  assertEquals(/^\d{4}-\d\d-\d\d$/.test(dated.splits.test.first!), true);
  const { splits: { train, test } } = made;
  const later = {
    ...test,
    pairs: { ...test.pairs, labelTime: test.pairs.labelTime.map((t) => t + 1e9) },
  };
  const real = { ...made, synthetic: undefined, splits: { ...made.splits, train, test: later } };
  assertStringIncludes((await dataCard(real)).split_rule, "test begins after train has ended");
  const endless = train.pairs.labelTime.map(() => 1e300);
  const odd = {
    ...real,
    splits: { ...real.splits, train: { ...train, pairs: { ...train.pairs, labelTime: endless } } },
  };
  assertEquals((await dataCard(odd)).splits.train.first, undefined);
});
