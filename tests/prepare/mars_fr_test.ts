import { assert, assertEquals } from "@std/assert";
import { DEFAULTS } from "../../lib/prepare/options.ts";
import { prepare } from "../../lib/prepare/prepare.ts";
import { datasetFiles } from "../../lib/dataset/read_dataset.ts";
import { SPLITS } from "../../lib/dataset/dataset.ts";
import { parquetRows } from "./parquet_rows.ts";

const MARS = new URL("../../../shared/data/mars_fr/", import.meta.url).pathname;
const missing = await Deno.stat(MARS).then(() => false, () => true);
if (missing) {
  console.warn("SKIPPED: prepare on mars_fr, because ../shared/data/mars_fr is not there");
}

Deno.test({
  name: "mars_fr: rows of pairs and episodes, vocabulary and counts are those beside the raw file",
  ignore: missing,
  async fn() {
    const out = await Deno.makeTempDir();
    try {
      const report = await prepare({
        ...DEFAULTS,
        inputs: [`${MARS}raw/explicit_ratings_fr.csv.gz`],
        out,
        columns: { user: "user_id", item: "item_id", time: "created_at" },
      });
      const files = datasetFiles(5, 10);
      assertEquals(
        await Deno.readTextFile(`${out}/${files.vocabulary}`),
        await Deno.readTextFile(`${MARS}${files.vocabulary}`),
      );
      const expected = JSON.parse(await Deno.readTextFile(`${MARS}expected/prepare_stats.json`));
      for (const split of SPLITS) {
        for (const name of [files.pairs[split], files.episodes[split]]) {
          const got = await parquetRows(`${out}/${name}`);
          const wanted = await parquetRows(MARS + name);
          assert(wanted.length > 0);
          assertEquals(Object.keys(got[0]), Object.keys(wanted[0]), `columns of ${name}`);
          assertEquals(got.length, wanted.length, `rows of ${name}`);
          // row by row: a difference of two whole files takes minutes to print
          for (let i = 0; i < wanted.length; i++) {
            if (Deno.inspect(got[i], FULL) !== Deno.inspect(wanted[i], FULL)) {
              assertEquals(got[i], wanted[i], `row ${i} of ${name}`);
            }
          }
        }
        const { users, pairs, episodes, prefix_len: { p50, p90, p99, max } } = report.splits[split];
        assertEquals({
          users,
          pairs,
          episodes: episodes.K5_Q10,
          prefix_len_p50_p90_p99_max: [p50, p90, p99, max],
        }, expected[split]);
      }
      const { courses, events, sessions, pairs } = report.counts;
      assertEquals([courses, events, sessions, pairs], [
        expected.n_items,
        expected.n_interactions,
        expected.n_sessions,
        expected.n_pairs,
      ]);
    } finally {
      await Deno.remove(out, { recursive: true });
    }
  },
});

const FULL: Deno.InspectOptions = {
  iterableLimit: Infinity,
  strAbbreviateSize: Infinity,
  breakLength: Infinity,
};
