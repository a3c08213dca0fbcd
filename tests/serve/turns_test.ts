import { assertEquals } from "@std/assert";
import { turns } from "../../lib/serve/turns.ts";

Deno.test("work is done in order, a piece a turn, and refused where too much waits", async () => {
  const turn = turns(3);
  const done: number[] = [];
  const asked = [1, 2, 3, 4].map((n) => turn(() => done.push(n)));
  assertEquals(await asked[3], undefined);
  await asked[0];
  assertEquals(done, [1]);
  await Promise.all(asked);
  assertEquals(done, [1, 2, 3]);
  // what throws does not stop the others
  const failed = turn(() => {
    throw new Error("no");
  });
  const next = turn(() => 5);
  assertEquals([await failed.catch(() => "failed"), await next], ["failed", 5]);
});
