/**
 * The page for browsers, in Chromium: what it computes is what the command computes. Screenshots
 * go to the folder that SCREENSHOTS names.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import axe from "axe-core";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../../lib/dataset/write_dataset.ts";
import { readRun } from "../../lib/runs/read_run.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { inFolder } from "../in_folder.ts";
import { configOf, runJob } from "../jobs/job.ts";
import { recorder } from "../jobs/recorder.ts";
import { choose, CHROMIUM, openPlace, type Place, waitFor } from "./open_page.ts";

/** A test in the browser, which is another process with pipes of its own. */
function browserTest(name: string, fn: (place: Place) => Promise<void>): void {
  Deno.test({
    name,
    ignore: CHROMIUM === undefined,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await fn(await place()),
  });
}

let opened: Promise<Place> | undefined;
const place = () => opened ??= openPlace();
Deno.test.afterAll(async () => await (await opened)?.close());

const EXACT = ["random", "popularity", "markov", "sequential_rules", "vsknn", "item_knn"];
const TINY = { k: "1", q: "2", epochs: "2", "batch-size": "16" };

/** Files by their paths in a folder. */
type Files = Readonly<Record<string, Uint8Array>>;

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, bytes] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(`${folder}/${path}`, bytes);
  }
}

/** Writes a folder of data and gives it to the page. */
async function give(page: Page, folder: string, files: Files): Promise<void> {
  await write(folder, files);
  await page.setInputFiles("#folder", folder);
  await waitFor(page, /Ready/);
}

/** The zip that the page saves: files by their paths in a project's folder. */
async function savedZip(page: Page): Promise<Record<string, Uint8Array>> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#zip")]);
  return unzipSync(await Deno.readFile(await download.path()));
}

/** The files of the page's run, by their names in the run's folder. */
async function savedRun(page: Page): Promise<Record<string, string>> {
  const zip = await savedZip(page);
  return Object.fromEntries(
    Object.entries(zip).map(([path, bytes]) => {
      const [, name] = /^reports\/[^/]+\/\d{8}_\d{6}\/(.*)$/.exec(path)!;
      return [name, new TextDecoder("latin1").decode(bytes)];
    }),
  );
}

/** The files of the command's run on the same data, likewise. */
async function commandRun(out: string, flags: readonly string[], data: string) {
  const config = configOf(...flags, "--out", out);
  const end = await runJob(config, data, recorder().terminal);
  if (!("finished" in end)) throw new Error("the run was stopped");
  const folder = `${out}/${end.finished.outDir}`;
  return async (name: string) =>
    new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/${name}`));
}

/**
 * A document without what tells one run from another: its identity and time. Bounds of intervals
 * come from the browser's own exp and log, which may differ from Deno's in the last bits.
 */
function told(document: string): unknown {
  const { run_id: _id, run_tag: _tag, created_at: _at, ...rest } = JSON.parse(
    document,
    (key, value) => key === "low" || key === "high" ? Number(value.toPrecision(12)) : value,
  );
  return rest;
}

browserTest(
  "the demo in the page, from disk: models, ranks and metrics of the command",
  async (place) => {
    const { page, heard } = await place.open("disk");
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

browserTest(
  "stopped in the middle and gone on with: the model of a run that was not stopped",
  async (place) => {
    const { page, heard } = await place.open("isolating server");
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

browserTest("the page may ask nothing of anybody", async (place) => {
  const { page, heard } = await place.open("server");
  const refused = await page.evaluate(`(async () => {
    const violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      violations.push(event.violatedDirective));
    const tries = [fetch("/page.css"), fetch("http://127.0.0.1:1/")];
    const failed = await Promise.all(tries.map((each) => each.then(() => false, () => true)));
    const image = document.body.appendChild(new Image());
    image.src = "/page.css";
    navigator.sendBeacon("/page.css", "x");
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return [failed, "ran" in globalThis, violations.sort()];
  })()`);
  assertEquals(refused, [
    [true, true],
    false,
    ["connect-src", "connect-src", "connect-src", "img-src", "script-src-elem"],
  ]);
  assert(heard.every((line) => /Content Security Policy|Fetch API/.test(line)), heard.join("\n"));
});

const VIEWS = [[360, "light"], [768, "dark"], [1280, "light"], [1920, "dark"]] as const;

browserTest(
  "seen on screens and phones, light and dark, worked by keyboard, without findings of axe",
  async (place) => {
    const shots = Deno.env.get("SCREENSHOTS");
    for (const [width, colorScheme] of VIEWS) {
      const viewport = { width, height: 900 };
      const { page, heard } = await place.open("server", { viewport, colorScheme });
      await choose(page, ["popularity", "markov"]);
      await findings(page, `start at ${width} in ${colorScheme}`);
      if (shots !== undefined) {
        await page.screenshot({
          path: `${shots}/start_${width}_${colorScheme}.png`,
          fullPage: true,
        });
      }
      await byKeyboard(page);
      await waitFor(page, /finished/);
      await findings(page, `end at ${width} in ${colorScheme}`);
      const hidden = await page.evaluate(`(() => {
        const frame = document.getElementById("report");
        return frame.contentDocument.documentElement.scrollHeight - frame.clientHeight;
      })()`);
      assert(Math.abs(hidden as number) <= 2, `${hidden} px of the report are not shown`);
      if (shots !== undefined) {
        await page.screenshot({ path: `${shots}/end_${width}_${colorScheme}.png`, fullPage: true });
      }
      assertEquals(heard, []);
      await page.context().close();
    }
  },
);

/** Goes from the top to the run's button by the Tab key alone, and presses it. */
async function byKeyboard(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const heading = document.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
    heading.removeAttribute("tabindex");
  })()`);
  const passed: string[] = [];
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const id = await page.evaluate("document.activeElement.id || document.activeElement.value");
    passed.push(String(id));
    if (id === "run") break;
  }
  assert(passed.includes("folder") && passed.includes("markov"), passed.join());
  const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth");
  assertEquals(outline, "2px", "the focus is seen");
  await page.keyboard.press("Enter");
}

/** Nothing over the edge, and nothing serious that axe finds. */
async function findings(page: Page, where: string): Promise<void> {
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  assertEquals(over, 0, where);
  await page.evaluate(axe.source);
  const found = await page.evaluate(`axe.run(document, { iframes: false }).then(({ violations }) =>
    violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join("; ")))`);
  assertEquals(found, [], where);
}
