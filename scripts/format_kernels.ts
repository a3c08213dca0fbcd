/**
 * `deno task fmt:kernels`: formats the CPU kernels' AssemblyScript and says what is against the
 * style, in AssemblyScript and WGSL; with --check it writes nothing. Fails if anything is left.
 */
import { formatKernel, longLines, styleFaults, wgslFaults } from "./build/format_kernels.ts";
import { writeAtomic } from "../lib/files/atomic.ts";
import { complain } from "../lib/terminal/say.ts";

const kernels = new URL("../lib/kernels/", import.meta.url).pathname;
const check = Deno.args.includes("--check");
const faults: string[] = [];

function filesOf(folder: string, ending: string): string[] {
  return [...Deno.readDirSync(`${kernels}${folder}`)]
    .filter(({ name }) => name.endsWith(ending))
    .map(({ name }) => `${folder}/${name}`)
    .sort();
}

for (const file of filesOf("wasm/assembly", ".ts")) {
  const text = await Deno.readTextFile(kernels + file);
  const formatted = await formatKernel(text);
  if (check && formatted !== text) faults.push(`${file}: not formatted. Try deno task fmt:kernels`);
  if (!check && formatted !== text) await writeAtomic(kernels + file, formatted);
  for (const fault of [...longLines(formatted), ...await styleFaults(formatted)]) {
    faults.push(`${file}, ${fault}`);
  }
}
for (const file of ["webgpu", "webgpu/tasks"].flatMap((folder) => filesOf(folder, ".wgsl"))) {
  const text = await Deno.readTextFile(kernels + file);
  faults.push(...wgslFaults(text).map((fault) => `${file}, ${fault}`));
}
for (const fault of faults) complain(fault);
if (faults.length > 0) Deno.exit(1);
