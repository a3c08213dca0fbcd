/** What training takes of the CPU engine's shared memory, by the functions that reserve it. */
import { CROSS_ENTROPY } from "../../models/loss.ts";
import { architectureOf } from "../../models/neural.ts";
import { batchCount } from "../../samplers/sequences.ts";
import { type MemoryUse, TRAINED_BYTES, type TrainingWork, WASM_BYTES } from "../memory_use.ts";
import { measureBatches, reserveExchange } from "./batch_memory.ts";
import { layoutOf } from "./layout.ts";
import { partsOf } from "./parts.ts";

/** Measures it; of the batches, the largest counts. */
export function measureWasm(
  { model, loss = CROSS_ENTROPY, threads = navigator.hardwareConcurrency, batches }: TrainingWork,
): MemoryUse {
  const parts = partsOf(model, loss);
  const layout = layoutOf(model);
  let bytes = TRAINED_BYTES * layout.size;
  if (batches !== undefined) {
    const { sequences, plan } = batches;
    const most = measureBatches(parts, model, {
      windows: sequences,
      plan,
      from: 0,
      to: batchCount(plan),
      training: true,
      padded: architectureOf(model).readsLastColumn(model),
    }, threads);
    const reserve = (size: number) => {
      bytes += size;
      return 0;
    };
    reserveExchange({ reserve }, parts, model, layout, most, threads);
    for (const words of [...Object.values(sequences), plan.order, plan.offsets]) {
      bytes += words.byteLength;
    }
    bytes += threads * most.scratch;
  }
  return { bytes, limit: WASM_BYTES, place: "WebAssembly's memory" };
}
