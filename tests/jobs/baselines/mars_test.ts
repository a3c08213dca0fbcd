/**
 * The exact models on real data, rank by rank. The data cannot be committed: skipped, aloud, where
 * ../shared is missing.
 */
import { assertEquals } from "@std/assert";
import { readDataset } from "../../../lib/dataset/read_dataset.ts";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";
import { queriesOf } from "../../../lib/evaluation/queries.ts";
import { NOTEBOOK_TRAINING } from "../../../lib/baselines/baseline.ts";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { chooseEngine } from "../../../lib/engine/device.ts";
import { defaultsOf } from "../../../lib/settings/settings.ts";

const folder = new URL("../../../../shared/data/mars_fr/", import.meta.url).pathname;
const seed = 20260107;
const there = await Deno.stat(`${folder}expected/exact_models.json`).then(() => true, () => false);

Deno.test({
  name: there
    ? "random, popularity and sessionknn equal the notebook's on MARS, every rank"
    : "the exact models on MARS: skipped, ../shared/data/mars_fr is not there",
  ignore: !there,
  fn: async () => {
    const expected = JSON.parse(await Deno.readTextFile(`${folder}expected/exact_models.json`));
    const { dataset } = await readDataset(folder);
    const { pairs } = dataset.splits.train;
    const nItems = dataset.courses.length;
    const queries = queriesOf(dataset.splits.test);
    assertEquals([nItems, queries.labels.length, pairs.users.length], [
      expected.n_items,
      expected.n_queries,
      expected.n_train_entries,
    ]);
    assertEquals([...queries.labels], expected.labels);
    const { create } = await chooseEngine("wasm");
    const context = { create, seed, training: NOTEBOOK_TRAINING };
    for (const name of ["random", "popularity", "sessionknn"]) {
      const baseline = BASELINES.find((candidate) => candidate.name === name)!;
      const { fitted } = await baseline.fit(
        { nItems, pairs },
        defaultsOf(baseline.config),
        context,
      );
      const scorer = await baseline.scorer(fitted, context);
      const { metrics, ranks, tiedQueries } = await evaluate(scorer, queries);
      const wanted = expected.models[name];
      assertEquals([...ranks], wanted.ranks_1_based, name);
      assertEquals(metrics, wanted.metrics, name);
      assertEquals(tiedQueries, wanted.queries_with_ties_at_the_label, name);
    }
  },
});
