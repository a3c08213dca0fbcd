import { assertEquals, assertThrows } from "@std/assert";
import {
  fields,
  placesInQuads,
  quadConstants,
  readWords,
  structWgsl,
  words,
} from "../../../lib/kernels/webgpu/fields.ts";
import { gruLayout } from "../../../lib/kernels/webgpu/gru_layout.ts";
import { PLAN_WGSL, TARGET, WINDOW } from "../../../lib/kernels/webgpu/plan_records.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import { sasRecRecords } from "../../../lib/kernels/webgpu/sasrec_records.ts";
import {
  readStep,
  shardWords,
  STEP_BYTES,
  STEP_WGSL,
  writeStep,
} from "../../../lib/kernels/webgpu/step_uniform.ts";

Deno.test("fields follow one another, and WGSL gets their places in quads", () => {
  const record = fields({ input: 8, dOutput: 4, normed1: 12 });
  assertEquals(record, { at: { input: 0, dOutput: 8, normed1: 12 }, size: 24 });
  assertEquals(quadConstants("blockRow", record), {
    BLOCK_ROW_INPUT: 0,
    BLOCK_ROW_D_OUTPUT: 2,
    BLOCK_ROW_NORMED1: 3,
    BLOCK_ROW_QUADS: 6,
  });
  assertThrows(() => placesInQuads({ bias: 6 }), RangeError, "bias is at float 6");
});

Deno.test("a record of words is read by name, spare words left out", () => {
  const record = words(["row", "label"], 3);
  assertEquals(record, { at: { row: 0, label: 1 }, size: 3 });
  assertEquals(readWords(record, [9, 1, 2, 9], 1), { row: 1, label: 2 });
  assertEquals(structWgsl("A", [["b", "u32"]]), "struct A {\n  b: u32,\n}\n");
});

Deno.test("the plan's words: windows and targets", () => {
  assertEquals(Object.keys(WINDOW.at), [
    "firstRow",
    "firstToken",
    "items",
    "rows",
    "firstTarget",
    "targets",
    "place",
  ]);
  assertEquals([WINDOW.size, Object.keys(TARGET.at), TARGET.size], [
    8,
    ["row", "label", "position", "place"],
    4,
  ]);
  // each field is read from its own place, in the struct's order
  for (const [struct, record] of [["Window", WINDOW], ["Target", TARGET]] as const) {
    const [, members] = PLAN_WGSL.match(new RegExp(`struct ${struct} {([^}]*)}`))!;
    const [, values] = PLAN_WGSL.match(new RegExp(`return ${struct}\\(([^)]*)\\)`))!;
    assertEquals([...members.matchAll(/(\w+): u32/g)].map(([, name]) => name), [
      ...Object.keys(record.at),
    ]);
    assertEquals(
      [...values.matchAll(/at \+ (\d+)u/g)].map(([, at]) => Number(at)),
      Object.values<number>(record.at),
    );
  }
});

Deno.test("SASRec's records hold what they always held: floats of each", () => {
  const [h, f, heads, blocks] = [16, 20, 2, 3];
  const { block, query, token, target, partials } = sasRecRecords({
    hiddenDim: h,
    feedForwardDim: f,
    numHeads: heads,
    numBlocks: blocks,
  });
  const querySize = 7 * h + 2 * f + 4 + 4 * heads;
  assertEquals(query.size, querySize);
  assertEquals(block.size, 7 * h + querySize);
  assertEquals(token.size, (blocks - 1) * block.size + 8 * h);
  assertEquals(token.at.gradient, token.size - h);
  assertEquals(target.size, querySize + 4 * h);
  assertEquals(partials.size, (2 * blocks + 1) * 2 * h);
});

Deno.test("the GRU's record is the three gates, hn and the state before, in padded units", () => {
  const { record, gates } = gruLayout(gruModel(9, { embeddingDim: 6, hiddenDim: 7 }), false);
  assertEquals(record, { at: { r: 0, z: 8, n: 16, hn: 24, before: 32 }, size: 40 });
  assertEquals(gates, { at: { r: 0, z: 8, n: 16 }, size: 24 });
});

Deno.test("a step's numbers are read as they were written, beside their neighbours'", () => {
  const block = new ArrayBuffer(3 * STEP_BYTES);
  writeStep(block, 1, { windowsAt: 4294967295, capacity: 7, keep: 1.25, oneMinusBeta2: 0.5 });
  writeStep(block, 1, { seed: 5 });
  const step = readStep(block, 1);
  const { windowsAt, capacity, keep, oneMinusBeta2, seed, targets } = step;
  assertEquals([windowsAt, capacity, keep, oneMinusBeta2, seed, targets], [
    4294967295,
    7,
    1.25,
    0.5,
    5,
    0,
  ]);
  for (const other of [0, 2]) {
    assertEquals(Object.values(readStep(block, other)).every((x) => x === 0), true);
  }
  // WGSL has the same members in the same order, and they fit
  const members = [...STEP_WGSL.matchAll(/(\w+): [uf]32/g)].map(([, name]) => name);
  assertEquals(members, Object.keys(step));
  assertEquals(4 * members.length <= STEP_BYTES, true);
});

Deno.test("a shard's numbers that are not given are 0", () => {
  assertEquals([...shardWords({ items: 3, count: 2 })], [0, 3, 0, 0, 0, 0, 0, 2, 0]);
});
