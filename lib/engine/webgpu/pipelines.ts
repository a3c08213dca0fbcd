/**
 * Kernels compiled, once: limits checked that Deno does not check, and a shader that fails shown
 * with message, line and source.
 */
import { InputError } from "../../errors/input_error.ts";
import { type Kernel, STORAGE } from "../../kernels/webgpu/kernel.ts";
import { describeGpu, type Gpu } from "./device.ts";
import { limitError } from "./errors.ts";

/** The bindings that all kernels share. */
export function bindGroupLayout(device: GPUDevice): GPUBindGroupLayout {
  const visibility = GPUShaderStage.COMPUTE;
  return device.createBindGroupLayout({
    label: "step",
    entries: [
      { binding: 0, visibility, buffer: { type: "uniform", hasDynamicOffset: true } },
      ...STORAGE.map((name, i) => {
        const type: GPUBufferBindingType = name === "plan" ? "read-only-storage" : "storage";
        return { binding: i + 1, visibility, buffer: { type } };
      }),
      { binding: STORAGE.length + 1, visibility, buffer: { type: "uniform" } },
    ],
  });
}

/** Compiles kernels. @throws InputError when one exceeds the device's limits or is rejected. */
export async function compile(
  gpu: Gpu,
  layout: GPUBindGroupLayout,
  kernels: readonly Kernel[],
): Promise<Map<Kernel, GPUComputePipeline>> {
  const pipelineLayout = gpu.device.createPipelineLayout({ bindGroupLayouts: [layout] });
  const compiled = new Map<Kernel, GPUComputePipeline>();
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
  kernel: Kernel,
): Promise<GPUComputePipeline> {
  const { device, limits } = gpu;
  const doing = `compiling the kernel ${kernel.name}`;
  const smaller = "use a smaller model or --device wasm";
  if (
    kernel.workgroupSize >
      Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX)
  ) {
    throw limitError(
      gpu,
      doing,
      "its workgroup size",
      kernel.workgroupSize,
      "maxComputeInvocationsPerWorkgroup",
      smaller,
    );
  }
  if (kernel.workgroupBytes > limits.maxComputeWorkgroupStorageSize) {
    throw limitError(
      gpu,
      doing,
      "its workgroup storage",
      kernel.workgroupBytes,
      "maxComputeWorkgroupStorageSize",
      smaller,
    );
  }
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: kernel.name, code: kernel.code });
  const [error, { messages }] = await Promise.all([
    device.popErrorScope(),
    module.getCompilationInfo(),
  ]);
  const failed = messages.find((message) => message.type === "error");
  if (error !== null || failed !== undefined) {
    const line = failed?.lineNum ?? 0;
    // some implementations append their own excerpt
    const told = (failed?.message ?? error?.message ?? "").split("┌─")[0].trim();
    throw new InputError({
      doing: `${doing} on ${describeGpu(gpu)}`,
      found: `${told}${line > 0 ? `, line ${line}:\n${sourceAround(kernel.code, line)}\n` : ""}`,
      next: "report it with this message, and use --device wasm",
    });
  }
  try {
    return await device.createComputePipelineAsync({
      label: kernel.name,
      layout,
      compute: { module, entryPoint: "main" },
    });
  } catch (error) {
    throw new InputError({
      doing: `${doing} on ${describeGpu(gpu)}`,
      found: error instanceof Error ? error.message : String(error),
      next: "report it with this message, and use --device wasm",
    }, { cause: error });
  }
}

/** A line of a shader with its neighbours, numbered. */
function sourceAround(code: string, line: number): string {
  const lines = code.split("\n");
  const first = Math.max(0, line - 3);
  return lines.slice(first, line + 2).map((text, i) =>
    `${first + i + 1 === line ? ">" : " "}${String(first + i + 1).padStart(5)} ${text}`
  )
    .join("\n");
}
