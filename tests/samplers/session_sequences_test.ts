import { assert, assertEquals } from "@std/assert";
import { ADAM, type CreateEngine } from "../../lib/engine/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createTfjsEngine } from "../../lib/engine/tfjs/engine.ts";
import { createWasmEngine } from "../../lib/engine/wasm/engine.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { pairSequences } from "../../lib/samplers/pair_sequences.ts";
import { sessionPlan, sessionSequences } from "../../lib/samplers/session_sequences.ts";
import { batchCount, type Sequences } from "../../lib/samplers/sequences.ts";
import { assertClose } from "../close.ts";
import { pairsOf } from "../dataset/tiny.ts";

/**
 * Sessions of up to 9 items; one pair is skipped, one prefix has two labels, and some prefixes are
 * longer than the window of 6.
 */
const pairs = pairsOf([3, 9, 2, 7, 5].flatMap((length, s) => {
  const items = Array.from({ length }, (_, t) => (3 * s + t * t) % 11);
  const rows = Array.from(
    { length: length - 1 },
    (_, t) => ({ user: `u${s}`, prefix: items.slice(0, t + 1), label: items[t + 1], time: t }),
  ).filter((_, t) => s !== 1 || t !== 2);
  return s === 3 ? [...rows, { ...rows[rows.length - 1], label: 0 }] : rows;
}));
const MAX_LEN = 6;

Deno.test("sessions hold every pair once, with the prefix it sees and its label", () => {
  const { items, start, length, targetOffsets, targetPosition, targetLabel } = sessionSequences(
    pairs,
    MAX_LEN,
  );
  const seen: string[] = [];
  for (let w = 0; w < start.length; w++) {
    assert(length[w] <= MAX_LEN);
    for (let t = targetOffsets[w]; t < targetOffsets[w + 1]; t++) {
      seen.push(`${items.slice(start[w], start[w] + targetPosition[t] + 1)} → ${targetLabel[t]}`);
    }
  }
  const plain = pairSequences(pairs, MAX_LEN);
  const wanted = Array.from(
    { length: pairs.count },
    (_, i) =>
      `${plain.items.slice(plain.start[i], plain.start[i] + plain.length[i])} → ${
        plain.targetLabel[i]
      }`,
  );
  assertEquals(seen.sort(), wanted.sort());
  assert(start.length < pairs.count / 2, `${start.length} windows for ${pairs.count} pairs`);
});

Deno.test("a plan has every window once; batches close at their number of targets", () => {
  const sequences = sessionSequences(pairs, MAX_LEN);
  const plan = sessionPlan(sequences, 5, 1, "m", 1);
  assertEquals([...plan.order].sort((a, b) => a - b), Array.from(sequences.start, (_, i) => i));
  const targets = (b: number) =>
    [...plan.order.subarray(plan.offsets[b], plan.offsets[b + 1])].reduce(
      (sum, w) => sum + sequences.targetOffsets[w + 1] - sequences.targetOffsets[w],
      0,
    );
  for (let b = 0; b < batchCount(plan) - 1; b++) assert(targets(b) >= 5);
  assertEquals(
    Array.from({ length: batchCount(plan) }, (_, b) => targets(b)).reduce((a, b) => a + b, 0),
    pairs.count,
  );
});

const model = gruModel(11, { embeddingDim: 6, hiddenDim: 10, maxLen: MAX_LEN });
const oneBatch = async (create: CreateEngine, sequences: Sequences) => {
  const engine = await create({
    model,
    state: startingState(model, 3),
    sequences,
    optimizer: ADAM,
    seed: 1,
    threads: 2,
  });
  const n = sequences.start.length;
  try {
    return await engine.gradients({
      order: Int32Array.from({ length: n }, (_, i) => i),
      offsets: Int32Array.of(0, n),
    }, 0);
  } finally {
    engine.dispose();
  }
};

for (
  const [name, create] of [["wasm", createWasmEngine], [
    "tfjs",
    (options) => createTfjsEngine(options, "cpu"),
  ]] as [string, CreateEngine][]
) {
  Deno.test(`one pass a session has the gradients of its pairs: ${name}`, async () => {
    const bySession = await oneBatch(create, sessionSequences(pairs, MAX_LEN));
    const byPair = await oneBatch(create, pairSequences(pairs, MAX_LEN));
    assertClose([bySession.loss], [byPair.loss], "loss", 1e-6, 0);
    for (const [key, { data }] of Object.entries(byPair.gradients)) {
      assertClose(bySession.gradients[key].data, data, key, 1e-6, 0);
    }
  });
}
