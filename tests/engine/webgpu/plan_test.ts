import { assert, assertEquals } from "@std/assert";
import { meanLoss, planEpoch } from "../../../lib/engine/webgpu/plan.ts";
import { NO_LABEL, STEP_BYTES } from "../../../lib/kernels/webgpu/step_uniform.ts";
import { shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { randomWindows } from "./cases.ts";

const ITEMS = 20;
const sequences = randomWindows(ITEMS, 50, 8, 3, true);
const plan = shuffledPlan(50, 16, 1, "m", 1);

for (const [rows, padded] of [[1, false], [2, false], [1, true]] as const) {
  Deno.test(`every window, target and token is in the plan once, ${rows} windows a workgroup${padded ? ", padded" : ""}`, () => {
    const { words, numbers, steps, losses, most } = planEpoch(sequences, plan, {
      items: ITEMS,
      rows,
      padded,
    });
    assertEquals(steps.map((step) => step.windows), [16, 16, 16, 2]);
    assertEquals(most.tokens, Math.max(...steps.map((step) => step.tokens)));
    let lossesAt = 0;
    steps.forEach((step, b) => {
      const view = new DataView(numbers, b * STEP_BYTES, STEP_BYTES);
      const [
        windowsAt,
        ,
        tokensAt,
        tokens,
        distinctAt,
        distinct,
        segmentsAt,
        sortedAt,
        targetsAt,
        targets,
      ] = Array.from(
        { length: 10 },
        (_, i) => view.getUint32(4 * i, true),
      );
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
      for (let i = 0; i < Math.ceil(batch.length / rows) * rows; i++) {
        const [row, token, real, span, first, count, place] = words.subarray(
          windowsAt + 8 * i,
          windowsAt + 8 * i + 7,
        );
        if (span === 0) continue;
        const window = batch[place];
        const at = sequences.start[window];
        assert(!seen.has(place));
        seen.add(place);
        assertEquals([real, span], [sequences.length[window], padded ? step.longest : real]);
        for (let t = 0; t < span; t++) {
          assert(!rowsTaken.has(row + t));
          rowsTaken.add(row + t);
        }
        for (let t = 0; t < real; t++) {
          itemOfRow.set(row + t, words[distinctAt + words[tokensAt + token + t]]);
          assertEquals(itemOfRow.get(row + t), sequences.items[at + t]);
        }
        for (let k = 0; k < count; k++, labels++) {
          const [targetRow, label, position] = words.subarray(
            targetsAt + 4 * (first + k),
            targetsAt + 4 * (first + k) + 3,
          );
          const own = sequences.targetOffsets[window] + k;
          assertEquals(label, sequences.targetLabel[own]);
          assertEquals(
            [targetRow, position],
            padded
              ? [row + span - 1, span - 1]
              : [row + sequences.targetPosition[own], sequences.targetPosition[own]],
          );
        }
      }
      assertEquals([seen.size, rowsTaken.size, labels], [batch.length, tokens, targets]);
      for (let k = targets; k % 4 > 0; k++) assertEquals(words[targetsAt + 4 * k + 1], NO_LABEL);
      // distinct items ascend, the tokens of each are its segment in their order, and item 0 has
      // none
      const ids = [...words.subarray(distinctAt, distinctAt + distinct)];
      assertEquals(ids, [...new Set(ids)].sort((x, y) => x - y));
      assertEquals([ids[0], words[segmentsAt], words[segmentsAt + 1]], [0, 0, 0]);
      ids.forEach((id, slot) => {
        const segment = [
          ...words.subarray(
            sortedAt + words[segmentsAt + slot],
            sortedAt + words[segmentsAt + slot + 1],
          ),
        ];
        assertEquals(
          segment,
          id === 0
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
  const { words } = planEpoch(sequences, plan, { items: ITEMS, rows: 2, padded: false });
  const lengths = Array.from({ length: 16 }, (_, i) => words[8 * i + 3]);
  assertEquals(lengths[0], Math.max(...lengths));
  assertEquals(lengths[1], Math.min(...lengths));
  const pairs = Array.from({ length: 8 }, (_, i) => lengths[2 * i]);
  assertEquals(pairs, [...pairs].sort((a, b) => b - a));
});

Deno.test("a plan for another order of the same windows fits the same buffer", () => {
  const shape = { items: ITEMS, rows: 2, padded: false };
  const first = planEpoch(sequences, plan, shape);
  for (let epoch = 2; epoch < 12; epoch++) {
    const other = planEpoch(sequences, shuffledPlan(50, 16, 1, "m", epoch), shape);
    assertEquals(other.capacity, first.capacity);
    assert(other.words.length <= other.capacity);
  }
});

Deno.test("a step's loss is the mean of its targets'", () => {
  const step = { windows: 2, tokens: 5, distinct: 3, targets: 3, longest: 3, lossesAt: 4 };
  assertEquals(meanLoss(step, Float32Array.of(9, 1, 2, 3, 9), 3), 2);
});
