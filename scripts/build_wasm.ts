/**
 * `deno task build:wasm`: generates the tiles, compiles the kernels and writes the module. The gate
 * checks that nothing is out of date.
 */
import { compileKernels, KERNELS_MODULE } from "./build/kernels.ts";
import { formatKernel } from "./build/format_kernels.ts";
import { generateTiles } from "../lib/kernels/wasm/tiles.ts";
import { writeAtomic } from "../lib/files/atomic.ts";

const folder = new URL("../lib/kernels/wasm/", import.meta.url).pathname;
await writeAtomic(`${folder}assembly/tiles.ts`, await formatKernel(generateTiles()));
const { module, bytes } = await compileKernels(`${folder}assembly`);
await writeAtomic(`${folder}${KERNELS_MODULE}`, module);
console.log(`${bytes} bytes of WebAssembly`);
