/** What training takes of a GPU: its largest buffer, which the device's limits bound. */
import { architectureOf, parameterSpecs } from "../../models/neural.ts";
import { sizeOf } from "../../models/parameters.ts";
import type { MeasureMemory, MemoryUse, TrainingWork } from "../memory_use.ts";
import { programOf } from "./architectures.ts";
import { describeGpu, type Gpu, type GpuRequest, requestGpu } from "./device.ts";
import { planEpoch } from "./plan.ts";

/** Bytes of a value's two moments, which share a buffer. */
const MOMENT_BYTES = 8;

/** Measures on the adapter that the engine would take, which is asked for its limits once. */
export function webGpuMeasure(request: GpuRequest): MeasureMemory {
  let asked: Promise<Gpu | undefined> | undefined;
  return async (work: TrainingWork): Promise<MemoryUse> => {
    const gpu = await (asked ??= limitsOf(request));
    if (gpu === undefined) return { bytes: 0, limit: 0, place: "no GPU" }; // the engine says so
    const { maxBufferSize, maxStorageBufferBindingSize } = gpu.limits;
    return {
      bytes: largestBuffer(gpu, work),
      limit: Math.min(maxBufferSize, maxStorageBufferBindingSize),
      place: `a buffer of ${describeGpu(gpu)}`,
    };
  };
}

async function limitsOf(request: GpuRequest): Promise<Gpu | undefined> {
  const gpu = await requestGpu(request);
  gpu?.device.destroy();
  return gpu;
}

function largestBuffer(gpu: Gpu, { model, loss, batches }: TrainingWork): number {
  // Tables with a row a course may lie in shards; all else lies in one store.
  const { itemTable, outputLayer } = architectureOf(model);
  const tables = [itemTable, ...Object.values(outputLayer(model))];
  const dense = parameterSpecs(model).filter(({ name }) => !tables.includes(name));
  const least = MOMENT_BYTES * dense.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (batches === undefined) return least;
  const { stores, shape, regions } = programOf({ model, loss })(gpu);
  const { most } = planEpoch(batches.sequences, batches.plan, shape);
  return Math.max(
    least,
    16 * regions(most).quads,
    ...stores.map(({ layout }) => MOMENT_BYTES * layout.targetEnd),
    ...stores.map(({ layout }) => 4 * Math.max(layout.weightsSize, layout.gradientsSize)),
  );
}
