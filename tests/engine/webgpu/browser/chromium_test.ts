/**
 * A selection of the kernels' and parity tests on a second implementation of WebGPU, Chromium's,
 * over a second software device, SwiftShader: small ones, since every shader is compiled for it.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { findChromium, startChromium } from "../../../../scripts/build/chromium.ts";

/** A parity case that is small. */
const ORACLES = ["gru_changing_batches.json"];

/** Few, since SwiftShader takes seconds to compile a kernel as long as SASRec's. */
const SELECTED = [
  "^project 8→3·12 with 64 threads$",
  "^recurrences of 12 with .* streamed$",
  "^SASRec both ways, last_item, 64 threads",
  `^webgpu matches PyTorch on (${ORACLES.join("|").replaceAll(".", "\\.")})`,
].join("|");

const ROOT = new URL("../../../../", import.meta.url);

/** What a page has in place of some modules. Paths are those of the project. */
const INSTEAD: Readonly<Record<string, string>> = {
  "@std/assert": "lib/std/assert/mod.ts",
  "node:assert/strict": "tests/engine/webgpu/browser/assertions.ts",
  "lib/engine/tfjs/engine.ts": "tests/engine/webgpu/browser/no_tfjs.ts",
};

/** The suite as one module. */
async function bundleSuite(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const url = (place: string) => /^(lib|tests)\//.test(place) ? new URL(place, ROOT).href : place;
    const instead = Object.entries(INSTEAD).map(([from, to]) => [url(from), url(to)]);
    const map = `${folder}/import_map.json`;
    await Deno.writeTextFile(map, JSON.stringify({ imports: Object.fromEntries(instead) }));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--quiet",
        "--platform=browser",
        `--import-map=${map}`,
        `--output=${folder}/suite.js`,
        "tests/engine/webgpu/browser/suite.ts",
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    assert(success, `bundling the suite: ${new TextDecoder().decode(stderr)}`);
    return await Deno.readTextFile(`${folder}/suite.js`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const chromium = await findChromium();

Deno.test({
  name: chromium === undefined
    ? "kernels and parity in a browser: SKIPPED, there is no Chromium"
    : "kernels and parity in Chromium, over SwiftShader",
  ignore: chromium === undefined,
  // a browser is another process, which playwright talks to through pipes of its own
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const suite = await bundleSuite();
    const browser = await startChromium(chromium!, [
      "--enable-unsafe-webgpu",
      "--use-webgpu-adapter=swiftshader",
      // without these, waiting for the device takes minutes
      "--enable-features=Vulkan",
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--ignore-gpu-blocklist",
    ]);
    try {
      const page = await browser.newPage();
      // WebGPU is for secure pages only; all that this one asks for comes from here
      await page.route("**/*", async (route) => {
        const { pathname } = new URL(route.request().url());
        if (pathname === "/") await route.fulfill({ contentType: "text/html", body: "" });
        else if (pathname === "/suite.js") {
          await route.fulfill({ contentType: "text/javascript", body: suite });
        } else if (pathname.startsWith("/fixtures/")) {
          const body = await Deno.readTextFile(new URL(`tests${pathname}`, ROOT));
          await route.fulfill({ contentType: "text/plain", body });
        } else await route.fulfill({ status: 404, body: "" });
      });
      await page.goto("https://webgpu.test/");
      page.setDefaultTimeout(0);
      const { device, results } = await page.evaluate(
        async ({ selected, fixtures }) => {
          const suite: typeof import("./suite.ts") = await import(`${"/suite.js"}`);
          return await suite.runTests(new RegExp(selected), fixtures);
        },
        { selected: SELECTED, fixtures: ORACLES },
      );
      assertMatch(device, /SwiftShader/i);
      assertEquals(results.filter(([, error]) => error !== ""), []);
      assert(results.length >= 6, `${results.length} tests ran: ${results.map(([n]) => n)}`);
    } finally {
      await browser.close();
    }
  },
});
