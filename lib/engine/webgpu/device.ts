/**
 * Which GPU, if any: the adapter, a device with all its limits, its name for people, and whether it
 * is only a processor posing as one. Deno's WebGPU needs no flag; without a Vulkan, Metal or
 * DirectX 12 driver there is simply no adapter.
 */
import { anotherDevice, InputError, messageOf } from "../../errors/input_error.ts";

/** An adapter with a device made on it. Whoever asked for it destroys the device. */
export interface Gpu {
  readonly adapter: GPUAdapter;
  readonly device: GPUDevice;
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
  };
  /**
   * Drawn by the processor (lavapipe, llvmpipe, SwiftShader, WARP): right for tests, hopeless for
   * work.
   */
  readonly software: boolean;
  /** What the device allows or, where the request asked for less, that. */
  readonly limits: Readonly<Record<Limit, number>>;
}

/** What to ask for. */
export interface GpuRequest {
  /** Without it a software adapter counts as none. */
  readonly allowSoftware: boolean;
  /**
   * Limits to keep to although the device has more (WebGPU itself gives no less than its defaults),
   * so that tests reach smaller devices' paths.
   */
  readonly limits?: Partial<Readonly<Record<Limit, number>>>;
}

/** Limits that default to less than most adapters have; a device gets only what it asks for. */
const LIMITS = [
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxBufferSize",
] as const;

/** The limits that the project looks at. */
export type Limit = typeof LIMITS[number];

/** Features the project uses when they are there; nothing needs them. */
const FEATURES: readonly GPUFeatureName[] = ["timestamp-query"];

/**
 * The best adapter and a device on it; undefined where there is none, or only a software one and
 * that is not allowed.
 */
export async function requestGpu(
  { allowSoftware, limits = {} }: GpuRequest,
): Promise<Gpu | undefined> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return undefined;
  const software = isSoftware(adapter.info);
  if (software && !allowSoftware) return undefined;
  const { vendor, architecture, device: name, description } = adapter.info;
  const info = { vendor, architecture, device: name, description };
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  try {
    const device = await adapter.requestDevice({
      requiredLimits,
      requiredFeatures: FEATURES.filter((f) => adapter.features.has(f)),
    });
    const kept = LIMITS.map((
      limit,
    ) => [limit, Math.min(device.limits[limit], limits[limit] ?? Infinity)]);
    return { adapter, device, info, software, limits: Object.fromEntries(kept) };
  } catch (error) {
    throw new InputError({
      doing: `opening ${describeGpu({ info, software })}`,
      found: messageOf(error),
      wanted: "a device with the limits that its adapter offers",
      next: `update the driver or ${anotherDevice()}`,
    }, { cause: error });
  }
}

/** The same. @throws InputError where there is none. */
export async function openGpu(request: GpuRequest): Promise<Gpu> {
  const gpu = await requestGpu(request);
  if (gpu !== undefined) return gpu;
  throw new InputError({
    doing: "starting the webgpu engine",
    found: request.allowSoftware
      ? "there is no WebGPU adapter"
      : "there is no hardware WebGPU adapter",
    wanted: "a GPU with a Vulkan, Metal or DirectX 12 driver",
    next: "install the driver and, on Linux, the Vulkan loader, or " + anotherDevice(),
  });
}

/** PCI vendors, which some adapters give as a number only. */
const VENDORS: Readonly<Record<string, string>> = {
  4098: "AMD",
  4203: "Apple",
  4318: "NVIDIA",
  5045: "ARM",
  5140: "Microsoft",
  20803: "Qualcomm",
  32902: "Intel",
};

/** The device's name for people: "NVIDIA H200", "llvmpipe (LLVM 15.0.6, 256 bits), software". */
export function describeGpu({ info, software }: Pick<Gpu, "info" | "software">): string {
  const vendor = VENDORS[info.vendor] ?? (/^\d*$/.test(info.vendor) ? "" : info.vendor);
  const named = info.description || info.architecture ||
    (info.device ? `device ${info.device}` : "unnamed adapter");
  const name = named.toLowerCase().includes(vendor.toLowerCase()) ? named : `${vendor} ${named}`;
  return software ? `${name}, software` : name;
}

/**
 * Whether an adapter computes on the processor: it says so, or its name is that of a known
 * rasteriser.
 */
export function isSoftware(
  info: Pick<GPUAdapterInfo, "description" | "device" | "vendor"> & {
    readonly isFallbackAdapter?: boolean;
  },
): boolean {
  const names = `${info.description} ${info.device} ${info.vendor}`;
  return info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|softpipe|swiftshader|basic render|\bwarp\b/i.test(names);
}
