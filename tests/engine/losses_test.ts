import { assertEquals, assertThrows } from "@std/assert";
import { checkLosses } from "../../lib/engine/losses.ts";
import { InputError } from "../../lib/errors/input_error.ts";

Deno.test("a loss that is not finite is told by batch, step and device", () => {
  const finite = Float64Array.of(1, 0, -2);
  assertEquals(checkLosses(finite, { batch: 0, step: 1, device: "a test" }), finite);
  for (const bad of [NaN, Infinity, -Infinity]) {
    assertThrows(
      () => checkLosses(Float64Array.of(1, bad, NaN), { batch: 4, step: 31, device: "a test" }),
      InputError,
      `training batch 5 (step 32) on a test: the loss is ${bad}`,
    );
  }
});
