import { assertEquals } from "@std/assert";
import { largestShare } from "../../../lib/engine/wasm/deal.ts";
import type { Plan, Sequences } from "../../../lib/samplers/sequences.ts";

/** A batch of windows with these lengths and numbers of targets, and what a thread has of it. */
function shareOf(lengths: readonly number[], targets: readonly number[], threads: number) {
  const targetOffsets = Int32Array.from([0, ...targets]);
  for (let i = 0; i < targets.length; i++) targetOffsets[i + 1] += targetOffsets[i];
  const total = targetOffsets[targets.length];
  const sequences: Sequences = {
    items: new Int32Array(0),
    start: new Int32Array(lengths.length),
    length: Int32Array.from(lengths),
    targetOffsets,
    targetPosition: new Int32Array(total),
    targetLabel: new Int32Array(total),
  };
  const plan: Plan = {
    order: Int32Array.from(lengths, (_, i) => i),
    offsets: Int32Array.of(0, lengths.length),
  };
  return largestShare(plan, 0, sequences, threads, false);
}

Deno.test("sessions go to the thread with the fewest items", () => {
  const lengths = [4, 33, 7, 9, 5, 8];
  assertEquals(shareOf(lengths, lengths, 2), { targets: 66, windows: 5, tokens: 33, longest: 33 });
  // 33, 9 + 4, 8 + 7 + 5
  assertEquals(shareOf(lengths, lengths, 3), { targets: 66, windows: 3, tokens: 33, longest: 33 });
});

Deno.test("windows of one target go round in turn, to and fro", () => {
  // 33, 7 and 5 to the one thread, 9, 8 and 4 to the other
  const share = shareOf([4, 33, 7, 9, 5, 8], [1, 1, 1, 1, 1, 1], 2);
  assertEquals(share, { targets: 6, windows: 3, tokens: 45, longest: 33 });
});
