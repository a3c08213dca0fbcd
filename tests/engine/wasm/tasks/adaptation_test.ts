/** The CPU's adaptation: as PyTorch's, however many threads. */
import { createWasmAdaptation } from "../../../../lib/engine/wasm/tasks/adaptation.ts";
import { testAdaptation } from "../../adaptation_parity.ts";

for (const threads of [1, 2]) {
  testAdaptation(`wasm, ${threads} threads`, createWasmAdaptation, threads);
}
