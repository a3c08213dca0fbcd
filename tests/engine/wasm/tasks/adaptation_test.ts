/** The CPU's adaptation: as PyTorch's, however many threads. */
import { assertRejects, assertStringIncludes } from "@std/assert";
import { ADAM } from "../../../../lib/engine/engine.ts";
import { startingState } from "../../../../lib/engine/training_state.ts";
import { InputError } from "../../../../lib/errors/input_error.ts";
import { gruModel } from "../../../../lib/models/gru.ts";
import { sasRecModel } from "../../../../lib/models/sasrec.ts";
import { createWasmAdaptation } from "../../../../lib/engine/wasm/tasks/adaptation.ts";
import { testAdaptation } from "../../adaptation_parity.ts";

for (const threads of [1, 2]) {
  testAdaptation(`wasm, ${threads} threads`, createWasmAdaptation, threads);
}

Deno.test("models whose passes tasks cannot share are refused, with what to do", async () => {
  const tied = gruModel(7, { embeddingDim: 8, hiddenDim: 8, tied: true, ownPadding: true });
  for (
    const [model, found] of [
      [tied, "one table for items and output"],
      [sasRecModel(7, { hiddenDim: 8 }), "read once a window"],
    ] as const
  ) {
    const { message } = await assertRejects(
      () => createWasmAdaptation({ model, state: startingState(model, 1), optimizer: ADAM }),
      InputError,
    );
    assertStringIncludes(message, found);
    assertStringIncludes(message, "--methods untrained");
  }
});
