/** The architectures that the webgpu engine has, and the program of a model. */
import { checkLoss, CROSS_ENTROPY } from "../../models/loss.ts";
import { findByName } from "../architecture.ts";
import type { EngineOptions } from "../engine.ts";
import type { WebGpuArchitecture } from "./architecture.ts";
import type { Gpu } from "./device.ts";
import { GRU } from "./gru.ts";
import { HEADS } from "./heads.ts";
import { type Program, type ProgramWishes, threadsOf } from "./program.ts";
import { SASREC } from "./sasrec.ts";

/** Every architecture of this engine. */
export const ARCHITECTURES: readonly WebGpuArchitecture[] = [GRU, SASREC];

/** Makes the program for a device. */
export type MakeProgram = (gpu: Pick<Gpu, "limits">, wishes?: ProgramWishes) => Program;

/**
 * How the program of a model under its loss is made; asks no device yet. @throws InputError for an
 * architecture or a loss that this engine lacks.
 */
export function programOf(
  { model, loss = CROSS_ENTROPY }: Pick<EngineOptions, "model" | "loss">,
): MakeProgram {
  const engine = "webgpu";
  const architecture = findByName(ARCHITECTURES, model.architecture, {
    engine,
    what: "architecture",
  });
  const { kernels } = findByName(HEADS, loss.name, { engine, what: "loss" });
  checkLoss(loss, model.nItems);
  const head = kernels(loss, model.nItems);
  return (gpu, { threads = Infinity, registers, shardItems } = {}) => {
    const { limits } = gpu;
    return architecture.program(model, head, {
      threads: Math.min(threadsOf(gpu), threads),
      registers,
      workgroupBytes: limits.maxComputeWorkgroupStorageSize,
      bindingBytes: limits.maxStorageBufferBindingSize,
      bufferBytes: limits.maxBufferSize,
      shardItems,
    });
  };
}
