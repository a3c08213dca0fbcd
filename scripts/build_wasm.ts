/**
 * `deno task build:wasm`: generates what is generated of the kernels, compiles them and writes the
 * module. The gate checks that nothing is out of date.
 */
import { compileKernels, generatedSources, KERNELS_MODULE } from "./build/kernels.ts";
import { writeAtomic } from "../lib/files/atomic.ts";
import { say } from "../lib/terminal/say.ts";

const folder = new URL("../lib/kernels/wasm/", import.meta.url).pathname;
for (const [name, text] of Object.entries(await generatedSources())) {
  await writeAtomic(folder + name, text);
}
const { module, bytes } = await compileKernels(`${folder}assembly`);
await writeAtomic(`${folder}${KERNELS_MODULE}`, module);
say(`${bytes} bytes of WebAssembly`);
