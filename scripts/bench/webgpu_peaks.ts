/**
 * What a device can do at most, measured on it: bytes a second of a stream, multiply-adds a second
 * in registers. The floors rest on it.
 */
import type { Gpu } from "../../lib/engine/webgpu/device.ts";
import { bindGroupLayout, compile } from "../../lib/engine/webgpu/pipelines.ts";
import { type Kernel, kernel, STORAGE } from "../../lib/kernels/webgpu/kernel.ts";
import { NO_COUNTS, STEP_BYTES } from "../../lib/kernels/webgpu/step_uniform.ts";
import { timePasses } from "./webgpu_timing.ts";

/** Bytes and floating point operations a second. */
export interface Peaks {
  readonly bytes: number;
  readonly flops: number;
}

const ROUNDS = 256;
const THREADS = 256;

/** Eight independent chains of vec4 multiply-adds a thread; 64 operations a round. */
const fused = (groups: number): Kernel =>
  kernel({
    name: "peakFlops",
    bindings: { activations: "vec4f" },
    key: { SIZE: THREADS, ROUNDS },
    text: [`@compute @workgroup_size(SIZE) fn main(@builtin(global_invocation_id) id: vec3u) {
  let x = vec4f(f32(id.x) * 1.0e-9 + 0.5);
#for i < 8
  var c\${i} = x + \${i}.0;
#end
  for (var r = 0u; r < ROUNDS; r++) {
#for i < 8
    c\${i} = fma(c\${i}, x, x);
#end
  }
  activations[id.x % 1024u] = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7;
}`],
    dispatch: () => [groups],
  });

const stream = (groups: number): Kernel =>
  kernel({
    name: "peakBytes",
    bindings: { weights: "vec4f", activations: "vec4f" },
    key: { SIZE: THREADS, ROUNDS: 8 },
    text: [
      `@compute @workgroup_size(SIZE)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(num_workgroups) groups: vec3u,
) {
#for i < ROUNDS
  activations[id.x + \${i}u * groups.x * SIZE] = weights[id.x + \${i}u * groups.x * SIZE];
#end
}`,
    ],
    dispatch: () => [groups],
  });

/** Measures both; `quick` uses little of each, for software adapters. */
export async function measurePeaks(gpu: Gpu, quick: boolean): Promise<Peaks> {
  const { device } = gpu;
  const groups = quick ? 64 : 8192;
  const copied = groups * THREADS * 8 * 16;
  const kernels = [fused(quick ? 64 : 65535), stream(groups)];
  const layout = bindGroupLayout(device);
  const pipelines = await compile(gpu, layout, kernels);
  const buffer = (size: number, usage: number = GPUBufferUsage.STORAGE) =>
    device.createBuffer({ size, usage });
  const [uniform, shard] = [
    buffer(STEP_BYTES, GPUBufferUsage.UNIFORM),
    buffer(256, GPUBufferUsage.UNIFORM),
  ];
  const storage = STORAGE.map((name) =>
    buffer(name === "weights" || name === "activations" ? copied : 256)
  );
  const group = device.createBindGroup({
    layout,
    entries: [uniform, ...storage, shard].map((buffer, binding) => ({
      binding,
      resource: { buffer, ...binding === 0 ? { size: STEP_BYTES } : {} },
    })),
  });
  const sizes = {
    ...NO_COUNTS,
    shardItems: 0,
    storeSize: 0,
  };
  const encode = kernels.map((kernel) => (pass: GPUComputePassEncoder) => {
    pass.setBindGroup(0, group, [0]);
    pass.setPipeline(pipelines.get(kernel)!);
    pass.dispatchWorkgroups(kernel.dispatch(sizes)[0]);
  });
  const [flops, bytes] = await timePasses(device, encode, quick ? 3 : 10);
  [uniform, shard, ...storage].forEach((b) => b.destroy());
  return {
    flops: (quick ? 64 : 65535) * THREADS * ROUNDS * 64 / (flops * 1e-9),
    bytes: 2 * copied / (bytes * 1e-9),
  };
}
