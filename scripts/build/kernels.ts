/**
 * Compiles the AssemblyScript kernels into a TypeScript module that holds the bytes, so that
 * bundles and binaries need no file beside them.
 */
import { main } from "assemblyscript/asc";
import { generateAssemblyBlocks, generateCalls } from "../../lib/kernels/wasm/generate_blocks.ts";
import { generateTiles } from "../../lib/kernels/wasm/tiles.ts";
import { formatKernel } from "./format_kernels.ts";

/** The written module's name. */
export const KERNELS_MODULE = "binary.ts";

/** The generated sources, by their paths in lib/kernels/wasm. */
export async function generatedSources(): Promise<Record<string, string>> {
  return {
    "assembly/tiles.ts": await formatKernel(generateTiles()),
    "assembly/blocks.ts": await formatKernel(generateAssemblyBlocks()),
    "calls.ts": generateCalls(),
  };
}

/** Compiles assembly/index.ts of `folder`. @throws Error with the compiler's messages. */
export async function compileKernels(folder: string): Promise<{ module: string; bytes: number }> {
  const outputs = new Map<string, Uint8Array | string>();
  const messages: string[] = [];
  const { options } = JSON.parse(await Deno.readTextFile(`${folder}/asconfig.json`));
  const flags = Object.entries(options as Record<string, unknown>).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [value].flat().flatMap((v) => [`--${name}`, String(v)])
  );
  const { error } = await main([
    "index.ts",
    "--baseDir",
    "/",
    "--outFile",
    "kernels.wasm",
    ...flags,
  ], {
    readFile: (name) =>
      name.endsWith(".ts") && !name.includes("node_modules")
        ? Deno.readTextFile(`${folder}/${name.split("/").pop()}`).catch(() => null)
        : null,
    writeFile: (name, contents) => void outputs.set(name, contents),
    listFiles: () => [],
    stderr: { write: (text: string | Uint8Array) => void messages.push(String(text)) },
  });
  const wasm = outputs.get("kernels.wasm");
  if (error !== null || !(wasm instanceof Uint8Array)) {
    throw new Error(`AssemblyScript: ${error?.message ?? "no output"}\n${messages.join("")}`);
  }
  const lines = wasm.toBase64().match(/.{1,130}/g)!.map((line) => `  "${line}",`);
  return {
    module:
      "// Written by `deno task build:wasm` from assembly/; base64 of the WebAssembly module.\n" +
      "/** The compiled kernels. */\n" +
      "export const KERNELS: Uint8Array<ArrayBuffer> = Uint8Array.fromBase64([\n" +
      `${lines.join("\n")}\n].join(""));\n`,
    bytes: wasm.length,
  };
}
