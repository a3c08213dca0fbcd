/**
 * Kernels compiled, once: limits checked that Deno does not check, and a shader that fails shown
 * with message, line and source.
 */
import { InputError, messageOf } from "../../errors/input_error.ts";
import { BINDINGS, type KernelCode, STORAGE } from "../../kernels/webgpu/kernel.ts";
import { describeGpu, type Gpu } from "./device.ts";
import { limitError } from "./errors.ts";

/** The bindings that all kernels share. */
export function bindGroupLayout(device: GPUDevice): GPUBindGroupLayout {
  const visibility = GPUShaderStage.COMPUTE;
  return device.createBindGroupLayout({
    label: "step",
    entries: [
      {
        binding: BINDINGS.step,
        visibility,
        buffer: { type: "uniform", hasDynamicOffset: true },
      },
      ...STORAGE.map((name) => {
        const type: GPUBufferBindingType = name === "plan" ? "read-only-storage" : "storage";
        return { binding: BINDINGS[name], visibility, buffer: { type } };
      }),
      { binding: BINDINGS.shard, visibility, buffer: { type: "uniform" } },
    ],
  });
}

/** Compiles kernels. @throws InputError when one exceeds the device's limits or is rejected. */
export async function compile<K extends KernelCode>(
  gpu: Gpu,
  layout: GPUBindGroupLayout,
  kernels: readonly K[],
): Promise<Map<K, GPUComputePipeline>> {
  const pipelineLayout = gpu.device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const compiled = new Map<K, GPUComputePipeline>();
  for (const kernel of kernels) {
    if (!compiled.has(kernel)) {
      compiled.set(kernel, await compileOne(gpu, pipelineLayout, kernel));
    }
  }
  return compiled;
}

async function compileOne(
  gpu: Gpu,
  layout: GPUPipelineLayout,
  kernel: KernelCode,
): Promise<GPUComputePipeline> {
  const doing = `compiling the kernel ${kernel.name}`;
  checkLimits(gpu, kernel, doing);
  const module = await compileModule(gpu, kernel, doing);
  try {
    return await gpu.device.createComputePipelineAsync({
      label: kernel.name,
      layout,
      compute: { module, entryPoint: "main" },
    });
  } catch (error) {
    throw new InputError({
      doing: `${doing} on ${describeGpu(gpu)}`,
      found: messageOf(error),
      next: "report it with this message, and use --device wasm",
    }, { cause: error });
  }
}

/** The limits of a workgroup, which the implementation does not check. */
function checkLimits(gpu: Gpu, kernel: KernelCode, doing: string): void {
  const { limits } = gpu;
  const next = "use a smaller model or --device wasm";
  const threads = Math.min(
    limits.maxComputeInvocationsPerWorkgroup,
    limits.maxComputeWorkgroupSizeX,
  );
  if (kernel.workgroupSize > threads) {
    throw limitError(gpu, {
      doing,
      what: "its workgroup size",
      needed: kernel.workgroupSize,
      limit: "maxComputeInvocationsPerWorkgroup",
      next,
    });
  }
  if (kernel.workgroupBytes > limits.maxComputeWorkgroupStorageSize) {
    throw limitError(gpu, {
      doing,
      what: "its workgroup storage",
      needed: kernel.workgroupBytes,
      limit: "maxComputeWorkgroupStorageSize",
      next,
    });
  }
}

/** The shader. @throws InputError with the compiler's first error and the lines around it. */
async function compileModule(
  gpu: Gpu,
  kernel: KernelCode,
  doing: string,
): Promise<GPUShaderModule> {
  const { device } = gpu;
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: kernel.name, code: kernel.code });
  const [error, { messages }] = await Promise.all([
    device.popErrorScope(),
    module.getCompilationInfo(),
  ]);
  const failed = messages.find((message) => message.type === "error");
  if (error === null && failed === undefined) return module;
  const line = failed?.lineNum ?? 0;
  const source = line > 0 ? `, line ${line}:\n${sourceAround(kernel.code, line)}\n` : "";
  // some implementations append their own excerpt
  const told = (failed?.message ?? error?.message ?? "").split("┌─")[0].trim();
  throw new InputError({
    doing: `${doing} on ${describeGpu(gpu)}`,
    found: `${told}${source}`,
    next: "report it with this message, and use --device wasm",
  });
}

/** A line of a shader with its neighbours, numbered. */
function sourceAround(code: string, line: number): string {
  const lines = code.split("\n");
  const first = Math.max(0, line - 3);
  return lines.slice(first, line + 2).map((text, i) => {
    const number = first + i + 1;
    return `${number === line ? ">" : " "}${String(number).padStart(5)} ${text}`;
  }).join("\n");
}
