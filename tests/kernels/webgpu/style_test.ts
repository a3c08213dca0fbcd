/** WGSL keeps the rules that `deno lint` holds TypeScript to: it does not read these files. */
import { assert, assertEquals } from "@std/assert";
import { wgslFaults } from "../../../scripts/build/format_kernels.ts";

const FOLDER = new URL("../../../lib/kernels/webgpu/", import.meta.url);

Deno.test("WGSL lines fit, begin at even columns and hold one statement", async () => {
  const inFolder = (path: string) =>
    [...Deno.readDirSync(new URL(path, FOLDER))].map(({ name }) => `${path}${name}`);
  const names = [...inFolder("./"), ...inFolder("./tasks/")];
  const kernels = names.filter((name) => name.endsWith(".wgsl"));
  const texts = await Promise.all(kernels.map((name) => Deno.readTextFile(new URL(name, FOLDER))));
  const faults = texts.flatMap((text, i) => wgslFaults(text).map((fault) => [kernels[i], fault]));
  assertEquals(faults, []);
  assert(kernels.length > 30);
});
