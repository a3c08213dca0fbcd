/** The program of either architecture. */
import type { NeuralModel } from "../../models/neural.ts";
import type { Gpu } from "./device.ts";
import { gruProgram } from "./gru.ts";
import type { Program } from "./program.ts";
import { sasRecProgram } from "./sasrec.ts";

/** Chooses and sizes the kernels for a device. */
export function programOf(model: NeuralModel, { limits }: Gpu, shardItems?: number): Program {
  const sizes = {
    threads: Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX),
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    bindingBytes: limits.maxStorageBufferBindingSize,
    bufferBytes: limits.maxBufferSize,
    shardItems,
  };
  return model.architecture === "gru" ? gruProgram(model, sizes) : sasRecProgram(model, sizes);
}
