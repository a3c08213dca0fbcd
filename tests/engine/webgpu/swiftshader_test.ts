/**
 * A selection of the kernels' and parity tests with Deno's WebGPU over a second driver, the
 * SwiftShader that comes with Chromium. It has 256 threads a workgroup: tests of more are skipped.
 */
import { assertMatch, assertStringIncludes } from "@std/assert";
import { findChromium } from "../../../scripts/build/chromium.ts";

const SELECTED = [
  "project 8→3·12 with 64 threads$",
  "recurrences of 12 with .* registers$",
  "recurrences of 128 with .* registers",
  "webgpu matches PyTorch on gru_changing_batches",
].map((name) => `^${name}`).join("|");

/** The driver beside a browser, or in the folder where Debian keeps both. */
async function findDriver(): Promise<string | undefined> {
  const browser = await findChromium();
  if (browser === undefined) return undefined;
  const folder = (await Deno.realPath(browser)).replace(/\/[^/]*$/, "");
  for (const place of [folder, "/usr/lib/chromium"]) {
    const driver = `${place}/libvk_swiftshader.so`;
    if (await Deno.stat(driver).then(({ isFile }) => isFile, () => false)) return driver;
  }
  return undefined;
}

const driver = Deno.build.os === "linux" ? await findDriver() : undefined;

Deno.test({
  name: driver === undefined
    ? "kernels and parity over SwiftShader: SKIPPED, there is no Chromium with its driver"
    : "kernels and parity over SwiftShader",
  ignore: driver === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const icd = `${folder}/swiftshader.json`;
      await Deno.writeTextFile(
        icd,
        JSON.stringify({
          file_format_version: "1.0.0",
          ICD: { library_path: driver, api_version: "1.0.5" },
        }),
      );
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "test",
          "--no-check",
          "--no-prompt",
          "--allow-read",
          "--allow-env",
          `--filter=/${SELECTED}/`,
          "tests/kernels/webgpu/gru_test.ts",
          "tests/engine/webgpu/engine_test.ts",
        ],
        cwd: new URL("../../../", import.meta.url),
        env: { VK_DRIVER_FILES: icd, NO_COLOR: "1" },
      }).output();
      const said = new TextDecoder().decode(stdout);
      // what tells this adapter from lavapipe
      assertStringIncludes(
        said,
        "recurrences of 128 with 384 and 384 threads, registers: skipped, " +
          "the adapter has 256 threads a workgroup ... ignored",
      );
      assertMatch(said, /^ok \| [3-9] passed .*\| 0 failed/m, new TextDecoder().decode(stderr));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
