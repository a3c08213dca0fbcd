import { assertEquals } from "@std/assert";
import {
  compileKernels,
  generatedSources,
  KERNELS_MODULE,
} from "../../../scripts/build/kernels.ts";

const folder = new URL("../../../lib/kernels/wasm/", import.meta.url).pathname;

Deno.test("the committed WebAssembly is what the sources make (deno task build:wasm)", async () => {
  for (const [name, text] of Object.entries(await generatedSources())) {
    assertEquals(await Deno.readTextFile(folder + name), text, name);
  }
  assertEquals(
    await Deno.readTextFile(`${folder}${KERNELS_MODULE}`),
    (await compileKernels(`${folder}assembly`)).module,
  );
});
