import { assertEquals } from "@std/assert";
import { nearest, nearestFew } from "../../lib/errors/nearest.ts";

Deno.test("nearest: slips are found, strangers are not", () => {
  assertEquals(nearest("epohcs", ["epochs", "seed"]), "epochs");
  assertEquals(nearest("EPOCHS", ["epochs", "seed"]), "epochs");
  assertEquals(nearest("something", ["epochs", "seed"]), undefined);
  assertEquals(nearestFew("CourseA1", ["CourseA2", "CourseA3", "Other"], 2), [
    "CourseA2",
    "CourseA3",
  ]);
});
