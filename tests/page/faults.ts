/** What goes wrong in the page is told, and the page goes on. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { encodeParquet } from "../../lib/dataset/parquet/write.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { inFolder } from "../in_folder.ts";
import { assertIdle, browserTest, give, TINY } from "./in_page.ts";
import { choose, FAILED, waitFor } from "./open_page.ts";

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
    await fault.filter({ hasText: "reading “epochs”" }).waitFor();
    // as a browser says it when a tab has no more memory
    await page.workers()[0].evaluate(`self.WebAssembly.Memory = function () {
      throw new RangeError("WebAssembly.Memory(): could not allocate memory");
    }`);
    await give(page, `${folder}/whole`, tinyFolder());
    await choose(page, ["gru_global"], { ...TINY, device: "wasm" });
    await page.click("#run");
    await fault.filter({ hasText: "there is no more memory" }).waitFor();
    assertMatch(await fault.innerText(), /Try: close other tabs/);
    await assertIdle(page, "without memory");
    await page.click("#demo");
    await choose(page, ["popularity"], { k: "5", q: "10", epochs: "1" });
    await page.click("#run");
    await waitFor(page, /finished/);
    assertEquals(await fault.innerText(), "");
  });
  assertEquals(heard, []);
});

const HEADER = "user_id,item_id,timestamp\n";
const random = crypto.getRandomValues(new Uint8Array(3000));
const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** A whole Parquet file of three columns and no row. */
const ROWLESS = encodeParquet(
  ["user_id", "item_id", "timestamp"].map((name) => ({ name, kind: "text", value: () => "" })),
  0,
);

/** Logs that are none, by their names, and what is said of them. */
const BAD_LOGS: readonly (readonly [name: string, bytes: string | Uint8Array, said: RegExp])[] = [
  ["empty.csv", "", /it holds no row/],
  ["garbage.csv", random, /garbage\.csv: it is no text/],
  ["cut.csv.gz", latin1("\x1f\x8b\x08\0\0\0\0\0\0\x03\x01"), /cut\.csv\.gz.*unexpected end/],
  ["lists.json", "[[1, 2], [3, 4]]", /a list of lists, not of objects/],
  ["garbage.parquet", random, /cut, corrupt or not Parquet/],
  ["rowless.parquet", ROWLESS, /rowless\.parquet: it holds no row/],
  ["latin1.csv", latin1(`${HEADER}a,caf\xe9,1\n`), /not UTF-8.*save the file as UTF-8/],
  [
    "one.csv",
    `${HEADER}a,x,1\na,y,2\na,z,3\n`,
    /1 learner with 2 pairs .* 0 episodes to test with/,
  ],
  ["times.csv", `${HEADER}a,x,yesterday\n`, /yesterday.*“time format”/],
  ["bare.csv", "a,x,1\na,y,2\n", /“header” no “user” 1/],
];

browserTest(
  "logs that are none: what is wrong is said, and nothing goes on turning",
  async (place) => {
    const { page, heard } = await place.open("server");
    await choose(page, ["popularity"], TINY);
    await inFolder(async (folder) => {
      for (const [name, bytes, said] of BAD_LOGS) {
        const path = `${folder}/${name}`;
        await Deno.writeFile(path, typeof bytes === "string" ? latin1(bytes) : bytes);
        await page.setInputFiles("#log-file", path);
        await waitFor(page, /Ready/);
        await page.click("#run");
        await waitFor(page, FAILED);
        const fault = await page.locator("#fault").innerText();
        assertMatch(fault, said, name);
        assert(!fault.includes("a defect of this program"), `${name}: ${fault}`);
        assert(!/(?<!deno task \w+ … )--\w/.test(fault), `a page has no flags: ${fault}`);
        await assertIdle(page, name);
      }
    });
    assertEquals(heard, []);
  },
);
