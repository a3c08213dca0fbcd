import { assert, assertRejects, assertStringIncludes } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { requestGpu } from "../../../lib/engine/webgpu/device.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { watch } from "../../../lib/engine/webgpu/errors.ts";
import { memory } from "../../../lib/engine/webgpu/memory.ts";
import { bindGroupLayout, compile } from "../../../lib/engine/webgpu/pipelines.ts";
import { kernel } from "../../../lib/kernels/webgpu/kernel.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { counting, gpuTest, optionsOf, randomWindows } from "./cases.ts";

const MODEL = gruModel(10, { embeddingDim: 4, hiddenDim: 4 });
const WINDOWS = randomWindows(10, 8, 4, 1);
const PLAN = shuffledPlan(8, 4, 1, "m", 1);

gpuTest("a loss that is no number names its batch, its step and the adapter", async () => {
  const options = optionsOf(MODEL, WINDOWS);
  options.state.parameters["fc.bias"].data[3] = NaN;
  const engine = await createWebGpuEngine(options);
  const error = await assertRejects(() => engine.train(PLAN, 0, 2), InputError, "batch 0 (step 1)");
  assertStringIncludes(error.message, engine.device.replace("webgpu, ", ""));
  await assertRejects(() => engine.rank!(WINDOWS, WINDOWS.targetLabel), InputError, "no number");
  engine.dispose();
});

gpuTest("a lost device is an error at once, not a wait", async () => {
  await counting(async (counts) => {
    const engine = await createWebGpuEngine(optionsOf(MODEL, WINDOWS));
    await engine.train(PLAN, 0, 1);
    const running = engine.train(PLAN, 1, 2);
    const begin = performance.now();
    counts.device!.destroy();
    await assertRejects(() => running, InputError, "device was lost");
    await assertRejects(() => engine.score(WINDOWS), InputError, "lost");
    assert(performance.now() - begin < 3000);
    engine.dispose();
  });
});

gpuTest("what the device reports to the side becomes an error of the next wait", async () => {
  const gpu = (await requestGpu({ allowSoftware: true }))!;
  const watcher = watch(gpu);
  // not allowed together
  gpu.device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  await assertRejects(
    () => watcher.wait(new Promise((resolve) => setTimeout(resolve, 50)), "testing"),
    InputError,
    "testing",
  );
  gpu.device.destroy();
});

gpuTest("a shader that does not compile is shown with message, line and source", async () => {
  const gpu = (await requestGpu({ allowSoftware: true }))!;
  const broken = kernel({
    name: "broken",
    bindings: {},
    key: { SIZE: 64 },
    text: ["@compute @workgroup_size(SIZE)\nfn main() {\n  let x = 1u + 1.0f;\n}"],
    dispatch: () => [1],
  });
  const error = await assertRejects(
    () => compile(gpu, bindGroupLayout(gpu.device), [broken]),
    InputError,
    "the kernel broken",
  );
  assertStringIncludes(error.message, "let x = 1u + 1.0f;");
  assertStringIncludes(error.message, "line ");
  gpu.device.destroy();
});

gpuTest(
  "workgroup size and storage over the limits are refused, which the implementation does not do",
  async () => {
    const gpu = (await requestGpu({
      allowSoftware: true,
      limits: {
        maxComputeWorkgroupStorageSize: 16384,
        maxComputeInvocationsPerWorkgroup: 256,
        maxComputeWorkgroupSizeX: 256,
      },
    }))!;
    const of = (SIZE: number, N: number) =>
      kernel({
        name: "large",
        bindings: {},
        key: { SIZE, N },
        text: [
          "var<workgroup> a: array<vec4f, N>;",
          "@compute @workgroup_size(SIZE) fn main() { a[0] = vec4f(); }",
        ],
        dispatch: () => [1],
      });
    await compile(gpu, bindGroupLayout(gpu.device), [of(256, 1024)]);
    await assertRejects(
      () => compile(gpu, bindGroupLayout(gpu.device), [of(512, 1)]),
      InputError,
      "maxComputeInvocationsPerWorkgroup is 256",
    );
    await assertRejects(
      () => compile(gpu, bindGroupLayout(gpu.device), [of(64, 1025)]),
      InputError,
      "needs 16400, and the device's maxComputeWorkgroupStorageSize is 16384",
    );
    gpu.device.destroy();
  },
);

gpuTest(
  "the smallest limits that WebGPU guarantees are enough for the notebook's models",
  async () => {
    const limits = {
      maxComputeWorkgroupStorageSize: 16384,
      maxComputeInvocationsPerWorkgroup: 256,
      maxComputeWorkgroupSizeX: 256,
      maxStorageBuffersPerShaderStage: 8,
      maxBufferSize: 2 ** 28,
      maxStorageBufferBindingSize: 2 ** 27,
    };
    for (const model of [gruModel(343), sasRecModel(343), gruModel(2000), sasRecModel(2000)]) {
      (await createWebGpuEngine(optionsOf(model, WINDOWS), { allowSoftware: true, limits }))
        .dispose();
    }
  },
);

gpuTest("buffers over the limits and out of memory are errors that say so", async () => {
  const gpu =
    (await requestGpu({ allowSoftware: true, limits: { maxStorageBufferBindingSize: 2 ** 20 } }))!;
  const room = memory(gpu);
  await assertRejects(
    () => room.create("activations", 2 ** 21, GPUBufferUsage.STORAGE),
    InputError,
    "maxStorageBufferBindingSize is 1048576",
  );
  await assertRejects(
    () => room.create("plan", 2 ** 40, GPUBufferUsage.COPY_DST),
    InputError,
    "maxBufferSize",
  );
  room.destroyAll();
  // a device that has no room: the scope answers, as the specification says it does
  const device = Object.assign(Object.create(gpu.device), {
    pushErrorScope: () => {},
    popErrorScope: () => Promise.resolve(new GPUOutOfMemoryError("no room")),
    createBuffer: () => ({ destroy: () => {} }),
  });
  await assertRejects(
    () => memory({ ...gpu, device }).create("activations", 1024, GPUBufferUsage.STORAGE),
    InputError,
    "no room",
  );
  gpu.device.destroy();
});

gpuTest("sizes that the kernels do not do are refused in words", async () => {
  await assertRejects(
    () => createWebGpuEngine(optionsOf(sasRecModel(10, { hiddenDim: 6, maxLen: 4 }), WINDOWS)),
    InputError,
    "multiples of 4",
  );
});
