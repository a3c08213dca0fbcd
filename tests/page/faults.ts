/** What goes wrong in the page is told, and the page goes on. */
import { assertEquals, assertMatch } from "@std/assert";
import { tinyFolder } from "../dataset/tiny.ts";
import { inFolder } from "../in_folder.ts";
import { browserTest, give, TINY } from "./in_page.ts";
import { choose, waitFor } from "./open_page.ts";

browserTest("what is wrong with data or settings is told, and the page goes on", async (place) => {
  const { page, heard } = await place.open("server");
  const fault = page.locator("#fault");
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/none`);
    await Deno.writeTextFile(`${folder}/none/log.txt`, "no data");
    await page.setInputFiles("#folder", `${folder}/none`);
    await fault.filter({ hasText: "vocab/course2id.json" }).waitFor();
    const files = tinyFolder();
    files["pairs/pairs_val.parquet"] = files["pairs/pairs_val.parquet"].slice(0, -9);
    await give(page, `${folder}/cut`, files);
    await choose(page, ["popularity"], TINY);
    await page.click("#run");
    await waitFor(page, /did not work/);
    assertMatch(await fault.innerText(), /reading data\/cut\/pairs\/pairs_val\.parquet/);
    await choose(page, ["popularity"], { epochs: "many" });
    await page.click("#run");
    await fault.filter({ hasText: "--epochs" }).waitFor();
    await page.click("#demo");
    await choose(page, ["popularity"], { k: "5", q: "10", epochs: "1" });
    await page.click("#run");
    await waitFor(page, /finished/);
    assertEquals(await fault.innerText(), "");
  });
  assertEquals(heard, []);
});
