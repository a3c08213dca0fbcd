import { assertEquals } from "@std/assert";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
import { queriesOf } from "../../lib/evaluation/queries.ts";
import { chooseEngine } from "../../lib/engine/device.ts";
import { NOTEBOOK_TRAINING } from "../../lib/baselines/baseline.ts";
import { defaultsOf } from "../../lib/settings/settings.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";

Deno.test("a baseline is seeded if, and only if, two seeds give two models", async () => {
  const { dataset: { courses, splits } } = await readDataset(await writeFolder(tinyFolder()), 1, 2);
  const data = { nItems: courses.length, pairs: splits.train.pairs };
  const { create } = await chooseEngine("wasm");
  const training = { ...NOTEBOOK_TRAINING, epochs: 1 };
  const seen = BASELINES.filter(({ family, name }) => family !== "neural" || name === "gru_tied");
  for (const { name, seeded = false, config, fit, encode } of seen) {
    const own = defaultsOf(config);
    const [one, other] = await Promise.all([1, 2].map(async (seed) => {
      const { fitted } = await fit(data, own, { create, threads: 1, seed, training });
      return encode(fitted);
    }));
    assertEquals(one.toHex() !== other.toHex(), seeded, name);
  }
});

Deno.test("the seed decides scores under the settings that say so, and no others", async () => {
  const { dataset: { courses, splits } } = await readDataset(await writeFolder(tinyFolder()), 1, 2);
  const data = { nItems: courses.length, pairs: splits.train.pairs };
  const queries = queriesOf(splits.test).queries;
  const { create } = await chooseEngine("wasm");
  const context = { create, threads: 1, training: NOTEBOOK_TRAINING };
  const some = BASELINES.filter((one) => one.seededBy !== undefined);
  assertEquals(some.map(({ name }) => name).sort(), [
    ...["sknn", "stan", "vmis_knn", "vsknn", "vstan"],
  ]);
  for (const { name, config, fit, scorer, seededBy } of some) {
    for (
      const given of [{}, { sampling: "random", sampleSize: 2, k: 2 }, {
        sampling: "random",
        sampleSize: 0,
      }]
    ) {
      const own = { ...defaultsOf(config), ...given };
      const [one, other] = await Promise.all([1, 2].map(async (seed) => {
        const { fitted } = await fit(data, own, { ...context, seed });
        return (await (await scorer(fitted, context)).score(queries)).join();
      }));
      assertEquals(one !== other, seededBy!(own), `${name} ${JSON.stringify(given)}`);
    }
  }
});
