import { createWasmEngine } from "../../../lib/engine/wasm/engine.ts";
import { testHeads } from "../heads.ts";

for (const threads of [1, 3]) {
  testHeads(
    `wasm with ${threads} threads`,
    (options) => createWasmEngine({ ...options, threads }),
  );
}
