import { assert, assertEquals } from "@std/assert";
import { meanLoss, planEpoch } from "../../../lib/engine/webgpu/plan.ts";
import { readWords } from "../../../lib/kernels/webgpu/fields.ts";
import {
  LONG,
  NO_LABEL,
  STRETCH,
  STRETCH_TOKENS,
  TARGET,
  WINDOW,
} from "../../../lib/kernels/webgpu/plan_records.ts";
import { NO_COUNTS, readStep } from "../../../lib/kernels/webgpu/step_uniform.ts";
import { shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { randomWindows } from "./cases.ts";

const ITEMS = 20;
const sequences = randomWindows(ITEMS, 50, 8, 3, true);
const plan = shuffledPlan(50, 16, 1, "m", 1);

const SHAPES = [[1, false, 0], [2, false, 0], [1, true, 0], [1, true, ITEMS]] as const;
for (const [windowsAWorkgroup, padded, padding] of SHAPES) {
  const how = `${windowsAWorkgroup} windows a workgroup${padded ? ", padded" : ""}${
    padding > 0 ? ", a padding row of its own" : ""
  }`;
  Deno.test(`every window, target and token is in the plan once, ${how}`, () => {
    const { words, numbers, steps, losses, most } = planEpoch(sequences, plan, {
      items: padding + ITEMS,
      padding,
      windowsAWorkgroup,
      padded,
    });
    assertEquals(steps.map((step) => step.windows), [16, 16, 16, 2]);
    assertEquals(most.tokens, Math.max(...steps.map((step) => step.tokens)));
    let lossesAt = 0;
    steps.forEach((step, b) => {
      const { windowsAt, tokensAt, tokens, distinctAt, distinct, ...others } = readStep(numbers, b);
      const { segmentsAt, sortedAt, targetsAt, targets } = others;
      assertEquals([tokens, distinct, targets, step.lossesAt], [
        step.tokens,
        step.distinct,
        step.targets,
        lossesAt,
      ]);
      const batch = plan.order.subarray(plan.offsets[b], plan.offsets[b + 1]);
      const seen = new Set<number>();
      const rowsTaken = new Set<number>();
      const itemOfRow = new Map<number, number>();
      let labels = 0;
      const places = Math.ceil(batch.length / windowsAWorkgroup) * windowsAWorkgroup;
      for (let i = 0; i < places; i++) {
        const planned = readWords(WINDOW, words, windowsAt + i * WINDOW.size);
        const { firstRow, firstToken, items, rows, firstTarget, targets: count, place } = planned;
        if (rows === 0) continue;
        const window = batch[place];
        const at = sequences.start[window];
        assert(!seen.has(place));
        seen.add(place);
        assertEquals([items, rows], [sequences.length[window], padded ? step.longest : items]);
        for (let t = 0; t < rows; t++) {
          assert(!rowsTaken.has(firstRow + t));
          rowsTaken.add(firstRow + t);
        }
        for (let t = 0; t < items; t++) {
          itemOfRow.set(firstRow + t, words[distinctAt + words[tokensAt + firstToken + t]]);
          assertEquals(itemOfRow.get(firstRow + t), sequences.items[at + t]);
        }
        for (let k = 0; k < count; k++, labels++) {
          const target = targetsAt + (firstTarget + k) * TARGET.size;
          const { row, label, position } = readWords(TARGET, words, target);
          const own = sequences.targetOffsets[window] + k;
          assertEquals(label, sequences.targetLabel[own]);
          assertEquals(
            [row, position],
            padded
              ? [firstRow + rows - 1, rows - 1]
              : [firstRow + sequences.targetPosition[own], sequences.targetPosition[own]],
          );
        }
      }
      assertEquals([seen.size, rowsTaken.size, labels], [batch.length, tokens, targets]);
      for (let k = targets; k % 4 > 0; k++) {
        const { label } = readWords(TARGET, words, targetsAt + k * TARGET.size);
        assertEquals(label, NO_LABEL);
      }
      // the padding, then the distinct items, ascending; the tokens of each are its segment in
      // their order, and padding has none
      const ids = [...words.subarray(distinctAt, distinctAt + distinct)];
      assertEquals(ids.slice(1), [...new Set(ids.slice(1))].sort((x, y) => x - y));
      assertEquals([ids[0], words[segmentsAt], words[segmentsAt + 1]], [padding, 0, 0]);
      assert(!ids.slice(1).includes(padding));
      ids.forEach((id, slot) => {
        const segment = [
          ...words.subarray(
            sortedAt + words[segmentsAt + slot],
            sortedAt + words[segmentsAt + slot + 1],
          ),
        ];
        assertEquals(
          segment,
          id === padding
            ? []
            : [...itemOfRow].filter(([, item]) => item === id).map(([row]) => row).sort((x, y) =>
              x - y
            ),
        );
      });
      lossesAt += Math.ceil(targets / 4) * 4;
    });
    assertEquals(losses, lossesAt);
  });
}

Deno.test("with two windows a workgroup the longest is beside the shortest", () => {
  const { words } = planEpoch(sequences, plan, {
    items: ITEMS,
    padding: 0,
    windowsAWorkgroup: 2,
    padded: false,
  });
  const lengths = Array.from(
    { length: 16 },
    (_, i) => readWords(WINDOW, words, i * WINDOW.size).rows,
  );
  assertEquals(lengths[0], Math.max(...lengths));
  assertEquals(lengths[1], Math.min(...lengths));
  const pairs = Array.from({ length: 8 }, (_, i) => lengths[2 * i]);
  assertEquals(pairs, [...pairs].sort((a, b) => b - a));
});

Deno.test("a popular item's tokens are cut into stretches in their order, within capacity", () => {
  // tokens of item 3: two whole stretches and one more; of item 5: just short; of item 7: just long
  const counts: Record<number, number> = { 3: 2 * STRETCH_TOKENS + 1, 5: LONG, 7: LONG + 1 };
  const items = Int32Array.from(
    Object.entries(counts).flatMap(([item, n]) => new Array<number>(n).fill(Number(item))),
  );
  const one = { order: Int32Array.of(0), offsets: Int32Array.of(0, 1) };
  const window = {
    items,
    start: Int32Array.of(0),
    length: Int32Array.of(items.length),
    targetOffsets: Int32Array.of(0, 1),
    targetPosition: Int32Array.of(0),
    targetLabel: Int32Array.of(0),
  };
  const { words, capacity, numbers, most } = planEpoch(window, one, {
    items: ITEMS,
    padding: 0,
    windowsAWorkgroup: 1,
    padded: false,
  });
  assert(words.length <= capacity, `${words.length} words, room for ${capacity}`);
  assertEquals([most.stretches, most.furtherStretches], [4, 2]);
  const { stretchesAt, segmentsAt, stretches } = readStep(numbers, 0);
  const laid = Array.from(
    { length: stretches },
    (_, i) => readWords(STRETCH, words, stretchesAt + i * STRETCH.size),
  );
  const ofItem3 = { slot: 1, firstSum: 0, further: 2 };
  const [first, second] = [STRETCH_TOKENS, 2 * STRETCH_TOKENS];
  assertEquals(laid, [
    { ...ofItem3, number: 0, begin: 0, end: first },
    { ...ofItem3, number: 1, begin: first, end: second },
    { ...ofItem3, number: 2, begin: second, end: words[segmentsAt + 2] },
    {
      slot: 3,
      firstSum: 2,
      further: 0,
      number: 0,
      begin: words[segmentsAt + 3],
      end: words[segmentsAt + 4],
    },
  ]);
});

Deno.test("a plan for another order of the same windows fits the same buffer", () => {
  const shape = { items: ITEMS, padding: 0, windowsAWorkgroup: 2, padded: false };
  const first = planEpoch(sequences, plan, shape);
  for (let epoch = 2; epoch < 12; epoch++) {
    const other = planEpoch(sequences, shuffledPlan(50, 16, 1, "m", epoch), shape);
    assertEquals(other.capacity, first.capacity);
    assert(other.words.length <= other.capacity);
  }
});

Deno.test("a step's loss is the mean of its targets'", () => {
  const step = { ...NO_COUNTS, windows: 2, tokens: 5, distinct: 3, targets: 3, lossesAt: 4 };
  assertEquals(meanLoss(step, Float32Array.of(9, 1, 2, 3, 9), 3), 2);
});
