import { assertEquals, assertRejects } from "@std/assert";
import { batching } from "../../lib/serve/batching.ts";

/** Doubles numbers and remembers the batches; each call takes a turn of the event loop. */
function doubler(maxBatch: number) {
  const batches: number[][] = [];
  let running = 0;
  const queue = batching<number, number>(async (questions) => {
    assertEquals(++running, 1, "two calls at once");
    batches.push([...questions]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running--;
    return questions.map((x) => 2 * x);
  }, maxBatch);
  return { queue, batches };
}

Deno.test("what is asked together goes together, and each gets its own answers", async () => {
  const { queue, batches } = doubler(100);
  const first = Promise.all([queue.ask([1]), queue.ask([2, 3]), queue.ask([4])]);
  assertEquals(queue.pending(), 4);
  // the call is under way: these wait for the next one
  await new Promise((resolve) => setTimeout(resolve, 2));
  const second = Promise.all([queue.ask([5]), queue.ask([6])]);
  assertEquals([await first, await second], [[[2], [4, 6], [8]], [[10], [12]]]);
  assertEquals(batches, [[1, 2, 3, 4], [5, 6]]);
  assertEquals([queue.calls(), queue.pending()], [2, 0]);
});

Deno.test("a call takes whole requests up to its limit; a larger request goes alone", async () => {
  const { queue, batches } = doubler(3);
  const asked = [[1, 2], [3], [4, 5, 6, 7], [8], [9]];
  assertEquals(
    await Promise.all(asked.map(queue.ask)),
    asked.map((request) => request.map((x) => 2 * x)),
  );
  assertEquals(batches, [[1, 2, 3], [4, 5, 6, 7], [8, 9]]);
});

Deno.test("a failed call fails its own questions only", async () => {
  const queue = batching<number, number>((questions) => {
    if (questions.includes(13)) return Promise.reject(new RangeError("unlucky"));
    return Promise.resolve(questions);
  }, 2);
  const bad = queue.ask([1, 13]);
  const good = queue.ask([2]);
  await assertRejects(() => bad, RangeError, "unlucky");
  assertEquals([await good, queue.pending()], [[2], 0]);
});
