import { createTfjsEngine } from "../../../lib/engine/tfjs/engine.ts";
import { testParity } from "../parity.ts";

testParity("tfjs on cpu", (options) => createTfjsEngine(options, "cpu"));
testParity("tfjs on wasm", (options) => createTfjsEngine(options, "wasm"));

const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
if (adapter) testParity("tfjs on webgpu", (options) => createTfjsEngine(options, "webgpu"));
else {Deno.test({
    name: "tfjs on webgpu: skipped, there is no WebGPU adapter",
    ignore: true,
    fn: () => {},
  });}
