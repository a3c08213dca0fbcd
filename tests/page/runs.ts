/** What the page computes is what the command computes. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../lib/dataset/write_dataset.ts";
import { readRun } from "../../lib/runs/read_run.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { inFolder } from "../in_folder.ts";
import { browserTest, commandRun, give, savedRun, TINY, told, write } from "./in_page.ts";
import { choose, savedZip, waitFor } from "./open_page.ts";

const EXACT = [
  ...["random", "popularity", "markov", "sequential_rules", "vsknn", "item_knn", "sessionknn"],
];

browserTest(
  "the demo in the page, from disk: models, ranks and metrics of the command",
  async (place) => {
    const { page, heard } = await place.open("disk");
    const limits = page.locator("#limits");
    assertStringIncludes(
      await limits.innerText(),
      "Opened from disk, the page may not share memory",
    );
    await choose(page, EXACT);
    await page.click("#run");
    await waitFor(page, /finished/);
    const saved = await savedRun(page);
    await inFolder(async (out) => {
      const data = `${out}/demo`;
      const demo = [...encodeDataset(synthesize("demo", 5, 10))];
      await write(data, Object.fromEntries(demo.map(({ path, bytes }) => [path, bytes])));
      const read = await commandRun(out, ["--models", EXACT.join()], data);
      const models = Object.keys(saved).filter((name) => name.startsWith("models/"));
      assertEquals(models.length, EXACT.length + 1, "each model, and the vocabulary");
      for (const file of models) assert(saved[file] === await read(file), file);
      assertEquals(told(saved["queries.json"]), told(await read("queries.json")));
      assertEquals(told(saved["results.json"]), told(await read("results.json")));
      await write(`${out}/project`, await savedZip(page));
      const { config } = await readRun(`${out}/project`, JSON.parse(saved["config.json"]).run_tag);
      assertEquals(
        Object.keys(config.models!).length,
        EXACT.length,
        "unpacked, it is a run like any other",
      );
    });
    const report = page.frameLocator("#report");
    assertStringIncludes(await report.locator("h1").innerText(), "Which course comes next?");
    assertStringIncludes(await report.locator(".alarm").innerText(), "SYNTHETIC DATA");
    assertEquals(await report.locator("#summary tbody tr").count(), EXACT.length + 1);
    assertEquals(saved["report.html"].length > 50_000, true);
    assertEquals(heard, []);
  },
);

browserTest(
  "a folder of one's own: a network on one thread gives the command's weights to the bit",
  async (place) => {
    const { page, heard } = await place.open("server");
    await inFolder(async (folder) => {
      await give(page, `${folder}/mine`, tinyFolder());
      assertStringIncludes(await page.locator("#data-name").innerText(), "mine");
      const models = ["popularity", "gru_global", "sasrec_last_item"];
      await choose(page, models, { ...TINY, device: "wasm" });
      await page.click("#run");
      await waitFor(page, /finished/);
      const saved = await savedRun(page);
      const flags = Object.entries(TINY).map(([name, value]) => `--${name}=${value}`);
      const line = ["--models", models.join(), "--device=wasm", "--threads=1", ...flags];
      const read = await commandRun(folder, line, `${folder}/mine`);
      for (const file of ["models/gru_global.safetensors", "models/sasrec_last_item.safetensors"]) {
        assert(saved[file] === await read(file), file);
      }
      assertEquals(told(saved["queries.json"]), told(await read("queries.json")));
      assertEquals(told(saved["results.json"]), told(await read("results.json")));
    });
    assertEquals(heard, []);
  },
);

browserTest(
  "stopped in the middle and gone on with: the model of a run that was not stopped",
  async (place) => {
    const { page, heard } = await place.open("isolating server");
    assert(!(await page.locator("#limits").innerText()).includes("one thread"));
    await inFolder(async (folder) => {
      await give(page, `${folder}/mine`, tinyFolder());
      const long = { ...TINY, epochs: "60", device: "wasm", threads: "2" };
      await choose(page, ["gru_global"], long);
      await page.click("#run");
      await page.locator("#log").filter({ hasText: "epoch 3/60" }).waitFor({ state: "attached" });
      await page.click("#stop");
      await waitFor(page, /Stopped/);
      assertStringIncludes((await page.locator("#log").textContent())!, "stopped by");
      await page.click("#go-on");
      await waitFor(page, /finished/);
      assertMatch((await page.locator("#log").textContent())!, /going on from step \d+ of/);
      const flags = Object.entries(long).map(([name, value]) => `--${name}=${value}`);
      const read = await commandRun(folder, ["--models=gru_global", ...flags], `${folder}/mine`);
      const file = "models/gru_global.safetensors";
      assert((await savedRun(page))[file] === await read(file), "the same weights");
    });
    assertEquals(heard, []);
  },
);
