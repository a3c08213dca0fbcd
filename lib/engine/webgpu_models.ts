/** The program of either architecture. */
import type { NeuralModel } from "../models/neural.ts";
import type { Gpu } from "./webgpu_device.ts";
import { gruProgram } from "./webgpu_gru.ts";
import type { Program } from "./webgpu_program.ts";
import { sasRecProgram } from "./webgpu_sasrec.ts";

/** Chooses and sizes the kernels for a device. */
export function programOf(model: NeuralModel, { device }: Gpu): Program {
  const threads = Math.min(device.limits.maxComputeInvocationsPerWorkgroup, device.limits.maxComputeWorkgroupSizeX);
  return model.architecture === "gru" ? gruProgram(model, threads) : sasRecProgram(model, threads);
}
