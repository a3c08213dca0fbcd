/** MARS FR's own log, dropped on the page. */
import { assertEquals } from "@std/assert";
import { datasetFiles } from "../../lib/dataset/read_dataset.ts";
import { parquetRows } from "../prepare/parquet_rows.ts";
import { choose, CHROMIUM, openPlace, savedZip, waitFor } from "./open_page.ts";

const MARS = new URL("../../../shared/data/mars_fr/", import.meta.url).pathname;
const missing = await Deno.stat(MARS).then(() => false, () => true);
if (missing) {
  console.warn("SKIPPED: mars_fr in the page, because ../shared/data/mars_fr is not there");
}

Deno.test({
  name: "mars_fr dropped on the page: rows of pairs and episodes are those beside the raw file",
  ignore: missing || CHROMIUM === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const place = await openPlace();
    const folder = await Deno.makeTempDir();
    try {
      const { page, heard } = await place.open("server");
      await page.setInputFiles("#log-file", `${MARS}raw/explicit_ratings_fr.csv.gz`);
      await waitFor(page, /Ready/);
      await page.fill("#setting-time", "created_at");
      await choose(page, ["popularity"]);
      await page.click("#run");
      await waitFor(page, /finished/);
      const zip = await savedZip(page, "#data-zip");
      const { pairs, episodes } = datasetFiles(5, 10);
      for (const name of [...Object.values(pairs), ...Object.values(episodes)]) {
        await Deno.writeFile(`${folder}/made.parquet`, zip[`data/prepared/${name}`]);
        const [made, wanted] = [await parquetRows(`${folder}/made.parquet`), MARS + name];
        const rows = await parquetRows(wanted);
        assertEquals(made.length, rows.length, name);
        // row by row: a difference of two whole files takes minutes to print
        for (const [i, row] of rows.entries()) assertEquals(made[i], row, `row ${i} of ${name}`);
      }
      assertEquals(heard, []);
    } finally {
      await place.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
