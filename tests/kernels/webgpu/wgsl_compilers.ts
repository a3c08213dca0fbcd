/**
 * Compilers of WGSL other than Deno's (naga), which lets pass what the standard forbids: Tint as a
 * command, and Tint inside Chromium.
 */
import { findChromium, startChromium } from "../../../scripts/build/chromium.ts";

/** Compiles each code on its own; an empty string where it is valid, else what is wrong. */
export type CompileAll = (codes: readonly string[]) => Promise<string[]>;

/** A compiler that this machine has. */
export interface WgslCompiler {
  readonly name: string;
  readonly compileAll: CompileAll;
}

/** Those that there are, the quickest first. */
export async function wgslCompilers(): Promise<WgslCompiler[]> {
  const found: WgslCompiler[] = [];
  if (await hasTint()) found.push({ name: "the tint command", compileAll: compileByTint });
  const chromium = await findChromium();
  if (chromium !== undefined) {
    found.push({
      name: "Tint in Chromium",
      compileAll: (codes) => compileInChromium(chromium, codes),
    });
  }
  return found;
}

async function hasTint(): Promise<boolean> {
  try {
    await new Deno.Command("tint", { args: ["--help"] }).output();
    return true; // whatever it answers
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** One process a code, several at once. */
async function compileByTint(codes: readonly string[]): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  const complaints: string[] = codes.map(() => "");
  let next = 0;
  const worker = async () => {
    while (next < codes.length) {
      const i = next++;
      const path = `${folder}/${i}.wgsl`;
      await Deno.writeTextFile(path, codes[i]);
      const { success, stderr } = await new Deno.Command("tint", {
        args: ["-f", "wgsl", "-o", "/dev/null", path],
      }).output();
      const told = new TextDecoder().decode(stderr);
      if (!success || told !== "") complaints[i] = told || "tint failed without a word";
    }
  };
  try {
    await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, worker));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return complaints;
}

/** All of them in one page, on a device that the processor plays. */
async function compileInChromium(path: string, codes: readonly string[]): Promise<string[]> {
  const browser = await startChromium(path, [
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
  ]);
  try {
    const page = await browser.newPage();
    // WebGPU is for secure pages only; this one comes from here, not from a network
    await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "" }));
    await page.goto("https://wgsl.test/");
    return await page.evaluate(async (codes) => {
      const adapter = await navigator.gpu?.requestAdapter();
      if (!adapter) throw new Error("Chromium has no WebGPU adapter");
      const device = await adapter.requestDevice();
      return await Promise.all(codes.map(async (code) => {
        device.pushErrorScope("validation");
        const module = device.createShaderModule({ code });
        const [error, { messages }] = await Promise.all([
          device.popErrorScope(),
          module.getCompilationInfo(),
        ]);
        if (messages.length === 0) return error?.message ?? "";
        const lines = code.split("\n");
        return messages.map(({ type, lineNum, message }) =>
          `${type}, line ${lineNum}: ${message}\n${lines[lineNum - 1]}`
        ).join("\n");
      }));
    }, codes);
  } finally {
    await browser.close();
  }
}
