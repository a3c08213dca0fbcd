/**
 * The kernels' tests and the engine's parity with PyTorch as one module for a page, where other
 * people's WebGPU runs them: Dawn and Tint instead of wgpu and naga.
 */
import { loadFixtures, TESTS } from "./deno.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/engine.ts";
import { describeGpu, requestGpu } from "../../../../lib/engine/webgpu/device.ts";
import { testParity } from "../../parity.ts";
import "../../../kernels/webgpu/gradients_test.ts";
import "../../../kernels/webgpu/gru_test.ts";
import "../../../kernels/webgpu/head_test.ts";
import "../../../kernels/webgpu/sampled_head_test.ts";
import "../../../kernels/webgpu/sasrec_test.ts";

testParity("webgpu", createWebGpuEngine);

/** The adapter that the tests get, and what became of each test whose name the pattern matches. */
export async function runTests(
  pattern: RegExp,
  fixtures: readonly string[],
): Promise<{ device: string; results: (readonly [name: string, error: string])[] }> {
  const gpu = await requestGpu({ allowSoftware: true });
  if (gpu === undefined) throw new Error("the page has no WebGPU adapter");
  gpu.device.destroy();
  await loadFixtures(fixtures);
  const results: [string, string][] = [];
  for (const { name, ignore, fn } of TESTS) {
    if (ignore || !pattern.test(name)) continue;
    let error = "";
    try {
      await fn();
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
    }
    results.push([name, error]);
  }
  return { device: describeGpu(gpu), results };
}
