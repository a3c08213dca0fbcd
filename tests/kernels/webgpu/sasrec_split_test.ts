/** How SASRec's workgroups split their work, which is what its time depends on. */
import { assert, assertEquals } from "@std/assert";
import {
  attentionSplit,
  normSplit,
  sasRecBackward,
  sasRecForward,
} from "../../../lib/kernels/webgpu/sasrec.ts";
import { sasRecLayout } from "../../../lib/kernels/webgpu/sasrec_layout.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";

Deno.test("at the notebook's sizes: both heads at once, as many groups as 16 KiB hold", () => {
  const layout = sasRecLayout(sasRecModel(343), false);
  const kernels = [sasRecForward(layout, 256), sasRecBackward(layout, 256)];
  const splits = kernels.map(({ key }) => [key.HEADS_AT_ONCE, key.QUERY_GROUPS, key.LINES]);
  // 13 groups of four queries, forwards in two passes, backwards in four
  assertEquals(splits, [[2, 7, 14], [2, 4, 8]]);
  for (const { key, workgroupBytes } of kernels) {
    // a tile of four rows a thread, where several threads share a sum
    assert(key.SCRATCH >= 4 * key.SIZE);
    assertEquals([workgroupBytes, workgroupBytes <= 16384], [16 * key.SCRATCH, true]);
    assertEquals([key.NORM_LANES, key.NORM_ROWS, key.NORM_QUADS], [8, 32, 2]);
  }
});

Deno.test("heads take turns where the storage holds fewer lines than a group has heads", () => {
  const sizes = { maxLen: 200, numHeads: 8, quads: 216 };
  const split = (storageBytes: number) => {
    const { HEADS_AT_ONCE, QUERY_GROUPS, LINES } = attentionSplit({ ...sizes, storageBytes });
    assertEquals(LINES, HEADS_AT_ONCE * QUERY_GROUPS);
    return [HEADS_AT_ONCE, QUERY_GROUPS];
  };
  assertEquals(split(16384), [4, 1]);
  assertEquals(split(8 * 16 * 216), [8, 1]);
  assertEquals(split(3 * 16 * 216), [2, 1]);
  assertEquals(split(100), [1, 1], "one line at least");
  assertEquals(
    split(2 ** 20),
    [8, 25],
    "50 groups in two even passes, not in one of 37 and a rest",
  );
});

Deno.test("the lanes of a norm share its quads evenly", () => {
  const split = (quads: number, size: number) => Object.values(normSplit(quads, size));
  assertEquals(split(16, 64), [8, 8, 2]);
  assertEquals(split(25, 256), [5, 51, 5]);
  assertEquals(split(2, 256), [2, 128, 1]);
  assertEquals(split(7, 64), [7, 9, 1]);
});
