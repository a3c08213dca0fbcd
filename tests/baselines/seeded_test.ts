import { assertEquals } from "@std/assert";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { readDataset } from "../../lib/dataset/read_dataset.ts";
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
