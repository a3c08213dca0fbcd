import { assert, assertEquals, assertRejects } from "@std/assert";
import { type EpochCheck, type EpochScore, fit, START } from "../../lib/engine/fit.ts";
import { ADAM, type Engine } from "../../lib/engine/engine.ts";
import { createTfjsEngine } from "../../lib/engine/tfjs/engine.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { topK } from "../../lib/metrics/rank.ts";
import { pairSequences, shuffledPlan } from "../../lib/samplers/pair_sequences.ts";
import { pairsOf } from "../dataset/tiny.ts";

/** Sessions that walk 1, 2, 3, 4, 5, 1, … */
const pairs = pairsOf(
  Array.from({ length: 10 }, (_, s) =>
    Array.from({ length: 4 }, (_, t) => ({
      user: `user ${s}`,
      prefix: Array.from({ length: t + 1 }, (_, i) => 1 + (s + i) % 5),
      label: 1 + (s + t + 1) % 5,
      time: t,
    }))).flat(),
);
const model = gruModel(6, { embeddingDim: 8, hiddenDim: 12 });
const sequences = pairSequences(pairs, 50);
const plan = (epoch: number) => shuffledPlan(sequences.start.length, 8, 1, "gru", epoch);
const engineAt = (state = startingState(model, 1)) =>
  createTfjsEngine(
    { model, state, sequences, optimizer: { ...ADAM, learningRate: 0.02 }, seed: 1 },
    "cpu",
  );

async function using<T>(engine: Engine, run: (engine: Engine) => Promise<T>): Promise<T> {
  try {
    return await run(engine);
  } finally {
    engine.dispose();
  }
}

Deno.test("a repeating pattern is learnt; scoring moves nothing", async () => {
  await using(await engineAt(), async (engine) => {
    const { epochLosses } = await fit({ engine, epochs: 20, plan });
    assert(epochLosses[19] < 0.2 * epochLosses[0], `losses ${epochLosses}`);
    const before = await engine.export();
    const scores = await engine.score({
      items: Int32Array.of(3, 4),
      start: Int32Array.of(0),
      length: Int32Array.of(2),
    });
    assertEquals(topK(scores, 0, 6, 1), [5]);
    assertEquals(await engine.export(), before);
  });
});

Deno.test("training stopped anywhere and resumed repeats the same losses and weights", async () => {
  const whole = await using(
    await engineAt(),
    async (engine) => ({
      cursor: await fit({ engine, epochs: 3, plan }),
      state: await engine.export(),
    }),
  );
  for (const stopAfter of [1, 2, 5]) {
    let chunks = 0;
    const half = await using(
      await engineAt(),
      async (engine) => ({
        cursor: await fit({
          engine,
          epochs: 3,
          plan,
          onChunk: () => ++chunks >= stopAfter ? "stop" : undefined,
        }),
        state: await engine.export(),
      }),
    );
    const rest = await using(
      await engineAt(half.state),
      async (engine) => ({
        cursor: await fit({ engine, epochs: 3, plan, from: half.cursor }),
        state: await engine.export(),
      }),
    );
    assertEquals(rest, whole);
  }
});

Deno.test("an epoch's loss is the mean of its batch means, the ragged one included", async () => {
  await using(await engineAt(), async (engine) => {
    const seen: number[] = [];
    const { epochLosses } = await fit({
      engine,
      epochs: 1,
      plan,
      from: START,
      onChunk: ({ cursor, batch, batches, epochLoss }) => {
        assertEquals(batches, 5);
        assert(
          epochLoss === undefined
            ? cursor.batchLosses.length === batch
            : cursor.epochLosses.length === 1 && batch === 5,
        );
        if (epochLoss === undefined) seen.push(...cursor.batchLosses.slice(seen.length));
      },
    });
    const replay = await using(await engineAt(), (fresh) => fresh.train(plan(1), 0, 5));
    assertEquals(epochLosses[0], replay.reduce((sum, loss) => sum + loss, 0) / 5);
    assertEquals(seen, [...replay].slice(0, seen.length));
  });
});

/** A check that gives these scores in turn, keeps the highest, and ends at the first below it. */
function checkOf(values: readonly number[], seen: number[] = []): EpochCheck {
  const best = (scores: readonly EpochScore[]) => Math.max(...scores.map(({ x }) => x));
  return {
    score() {
      seen.push(values[seen.length]);
      return Promise.resolve({ x: seen[seen.length - 1] });
    },
    keeps: (scores) => scores[scores.length - 1].x === best(scores),
    ends: (scores) => scores.length > 0 && scores[scores.length - 1].x < best(scores),
  };
}

Deno.test("a check ends training, and the epoch that it keeps is given", async () => {
  const after = async (epochs: number) =>
    await using(await engineAt(), async (engine) => {
      await fit({ engine, epochs, plan });
      return (await engine.export()).parameters;
    });
  await using(await engineAt(), async (engine) => {
    const check = checkOf([0.25, 0.5, 0.375, 1]);
    const { epochLosses, scores, kept, finished } = await fit({ engine, epochs: 9, plan, check });
    assertEquals([epochLosses.length, finished], [3, true]);
    assertEquals(scores, [{ x: 0.25 }, { x: 0.5 }, { x: 0.375 }]);
    assertEquals(kept, await after(2));
    assertEquals((await engine.export()).parameters, await after(3), "scoring moves nothing");
  });
});

Deno.test("a checked training that stopped goes on to the same end", async () => {
  const values = [0.25, 0.5, 0.75, 0.375];
  const whole = await using(
    await engineAt(),
    (engine) => fit({ engine, epochs: 9, plan, check: checkOf(values) }),
  );
  for (const stopAt of [1, 2, 3, 4]) {
    const seen: number[] = [];
    const half = await using(await engineAt(), async (engine) => ({
      ...await fit({
        engine,
        epochs: 9,
        plan,
        check: checkOf(values, seen),
        onChunk: ({ epoch, epochLoss }) =>
          epoch === stopAt && epochLoss !== undefined ? "stop" : undefined,
      }),
      state: await engine.export(),
    }));
    assertEquals(half.finished, stopAt === 4);
    const { state, kept, finished: _, ...from } = half;
    const rest = await using(
      await engineAt(state),
      (engine) => fit({ engine, epochs: 9, plan, check: checkOf(values, seen), from, kept }),
    );
    assertEquals(rest, whole, `stopped after epoch ${stopAt}`);
  }
});

Deno.test("the next epoch's plan is made once, during the last chunk", async () => {
  const heard: string[] = [];
  const plans = new Map<unknown, number>();
  const engine = {
    async train(given: unknown, from: number, to: number, next?: () => unknown) {
      heard.push(`train ${plans.get(given)}`);
      if (next !== undefined) heard.push(`ready ${plans.get(next())}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      heard.push(`trained ${plans.get(given)}`);
      return new Float64Array(to - from);
    },
  } as unknown as Engine;
  const planOf = (epoch: number) => {
    const made = { order: Int32Array.of(0), offsets: Int32Array.of(0, 1) };
    plans.set(made, epoch);
    return made;
  };
  await fit({ engine, epochs: 3, plan: planOf });
  assertEquals(heard, [
    "train 1",
    "ready 2",
    "trained 1",
    "train 2",
    "ready 3",
    "trained 2",
    "train 3",
    "trained 3",
  ]);
  assertEquals([...plans.values()], [1, 2, 3]);
});

Deno.test("an error of a chunk during which a plan was made is the error of training", async () => {
  const engine = {
    train(_plan: unknown, _from: number, _to: number, next: () => unknown) {
      next();
      return Promise.reject(new Error("lost"));
    },
  } as unknown as Engine;
  await assertRejects(
    () =>
      fit({
        engine,
        epochs: 2,
        plan: () => ({ order: Int32Array.of(0), offsets: Int32Array.of(0, 1) }),
      }),
    Error,
    "lost",
  );
});
