import { assertEquals } from "@std/assert";
import { compileKernels, KERNELS_MODULE } from "../../../scripts/build/kernels.ts";
import { formatKernel } from "../../../scripts/build/format_kernels.ts";
import { generateTiles } from "../../../lib/kernels/wasm/tiles.ts";

const folder = new URL("../../../lib/kernels/wasm/", import.meta.url).pathname;

Deno.test("the committed WebAssembly is what the sources make (deno task build:wasm)", async () => {
  assertEquals(
    await Deno.readTextFile(`${folder}assembly/tiles.ts`),
    await formatKernel(generateTiles()),
  );
  assertEquals(
    await Deno.readTextFile(`${folder}${KERNELS_MODULE}`),
    (await compileKernels(`${folder}assembly`)).module,
  );
});
