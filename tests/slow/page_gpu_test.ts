/**
 * The page on a GPU: Chromium's own WebGPU over SwiftShader, under a name that is not a software
 * adapter's, so that the page picks it by itself. And what is said when the GPU or memory is gone.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { assertClose } from "../close.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { inFolder } from "../in_folder.ts";
import { assertIdle, commandRun, give, savedRun, TINY, told } from "../page/in_page.ts";
import { choose, CHROMIUM, FAILED, openPlace, waitFor } from "../page/open_page.ts";

const FLAGS = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
];

/** Flags that the page has no field for: shaders of a small network are compiled in less time. */
const SMALL = { "gru_global.hidden-dim": "8", "gru_global.embedding-dim": "8" };

/** The adapter under a card's name, and a device that can be lost when its first step is given. */
const CARD = `
  Object.defineProperty(GPUAdapter.prototype, "info", {
    get: () => ({ vendor: "acme", architecture: "", device: "", description: "Acme 9000" }),
  });
  const submit = GPUQueue.prototype.submit;
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...wanted) {
    const device = await request.apply(this, wanted);
    device.queue.submit = (commands) => {
      submit.call(device.queue, commands);
      if (self.losesAtFirstStep) device.destroy();
      self.losesAtFirstStep = false;
    };
    return device;
  };
`;

Deno.test({
  name: "a GPU: picked and named, lost and gone on with; losses and metrics are the CPU engine's",
  ignore: CHROMIUM === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    const place = await openPlace(FLAGS, CARD);
    try {
      const { page, heard } = await place.open("disk");
      const adapter = await page.evaluate("navigator.gpu?.requestAdapter().then((one) => !!one)");
      if (!adapter) return console.warn("SKIPPED: the page on a GPU, Chromium has no adapter");
      assertStringIncludes(await page.locator("#facts").innerText(), "Acme 9000");
      await inFolder(async (folder) => {
        await give(page, `${folder}/mine`, tinyFolder());
        await choose(page, ["gru_global"], TINY);
        for (const [name, value] of Object.entries(SMALL)) {
          await page.evaluate(`(() => {
            const field = document.createElement("input");
            Object.assign(field, { type: "hidden", name: "${name}", value: "${value}" });
            document.getElementById("form").append(field);
          })()`);
        }
        await page.workers()[0].evaluate("self.losesAtFirstStep = true");
        await page.click("#run");
        await waitFor(page, FAILED);
        assertMatch(await page.locator("#fault").innerText(), /the device was lost.*Try: /);
        await assertIdle(page, "after the GPU was lost");
        await page.click("#go-on");
        await waitFor(page, /finished/);
        const saved = await savedRun(page);
        const { device, device_reason } = JSON.parse(saved["config.json"]);
        assertEquals(device, "webgpu");
        assertMatch(device_reason, /Acme 9000/);
        const flags = Object.entries({ ...TINY, ...SMALL }).map(([name, value]) =>
          `--${name}=${value}`
        );
        const line = ["--models=gru_global", "--device=wasm", ...flags];
        const read = await commandRun(folder, line, `${folder}/mine`);
        const losses = (report: string) => JSON.parse(report).training.gru_global.epoch_losses;
        const wanted = losses(await read("report.json"));
        assertEquals(wanted.length, 2);
        assertClose(losses(saved["report.json"]), wanted, "losses of the epochs");
        assertEquals(told(saved["results.json"]), told(await read("results.json")));
      });
      assertEquals(heard, []);
    } finally {
      await place.close();
    }
  },
});
