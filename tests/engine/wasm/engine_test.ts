import { assert, assertEquals, assertRejects } from "@std/assert";
import { InputError } from "../../../lib/errors/input_error.ts";
import { createTfjsEngine } from "../../../lib/engine/tfjs/engine.ts";
import { createWasmEngine } from "../../../lib/engine/wasm/engine.ts";
import { ADAM, type Engine, type EngineOptions } from "../../../lib/engine/engine.ts";
import { startingState } from "../../../lib/engine/training_state.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import type { NeuralModel } from "../../../lib/models/neural.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";
import { shuffledPlan } from "../../../lib/samplers/pair_sequences.ts";
import { batchCount, type Sequences } from "../../../lib/samplers/sequences.ts";
import { assertClose } from "../../close.ts";
import { movedState } from "../moved_state.ts";
import { testParity } from "../parity.ts";
import { atEveryPosition, randomSequences } from "./random_sequences.ts";

for (const threads of [1, 2, 3]) {
  testParity(
    `wasm with ${threads} threads`,
    (options) => createWasmEngine({ ...options, threads }),
  );
}

async function using<T>(engine: Engine, run: (engine: Engine) => Promise<T>): Promise<T> {
  try {
    return await run(engine);
  } finally {
    engine.dispose();
  }
}

const SMALL = randomSequences(10, 8, 4, 1);

const optionsOf = (model: NeuralModel, sequences: Sequences): EngineOptions => ({
  model,
  state: movedState(model),
  sequences,
  optimizer: ADAM,
  seed: 9,
});

/**
 * Odd sizes: two courses, hidden sizes and heads that are no multiples of four, windows of one
 * item, batches of one, several chunks of courses.
 */
const ODD: [string, NeuralModel, number?, typeof atEveryPosition?][] = [
  ["gru of 2 courses", gruModel(2, { embeddingDim: 3, hiddenDim: 5 })],
  ["gru of 9,001 courses", gruModel(9001, { embeddingDim: 6, hiddenDim: 7 })],
  [
    "sasrec of width 6, heads of 3",
    sasRecModel(11, { hiddenDim: 6, numHeads: 2, feedForwardDim: 10, maxLen: 9 }),
  ],
  [
    "sasrec of one block, last item",
    sasRecModel(11, { hiddenDim: 8, numHeads: 1, numBlocks: 1, maxLen: 9, readout: "last_item" }),
  ],
  [
    "sasrec of heads of 5, windows to 43",
    sasRecModel(11, { hiddenDim: 15, numHeads: 3, feedForwardDim: 10, maxLen: 43 }),
    43,
  ],
  [
    "sasrec of heads of 8, windows to 43, last item",
    sasRecModel(11, {
      hiddenDim: 16,
      numHeads: 2,
      feedForwardDim: 10,
      maxLen: 43,
      readout: "last_item",
    }),
    43,
  ],
  [
    "sasrec of three blocks without dropout",
    sasRecModel(2, { hiddenDim: 4, numHeads: 2, numBlocks: 3, maxLen: 9, dropout: 0 }),
  ],
  [
    "gru with dropout on embeddings of 6",
    gruModel(11, { embeddingDim: 6, hiddenDim: 7, maxLen: 9, embeddingDropout: 0.4 }),
  ],
  [
    "gru with dropout and a padding row of its own, several targets a window",
    gruModel(11, {
      embeddingDim: 8,
      hiddenDim: 5,
      maxLen: 9,
      embeddingDropout: 0.2,
      ownPadding: true,
    }),
    9,
    atEveryPosition,
  ],
  [
    "sasrec over a padding row of its own",
    sasRecModel(11, { hiddenDim: 8, maxLen: 9, ownPadding: true }),
  ],
  [
    "sasrec at all positions, heads of 5, windows to 43",
    sasRecModel(11, {
      hiddenDim: 15,
      numHeads: 3,
      feedForwardDim: 10,
      maxLen: 43,
      readout: "all_positions",
      ownPadding: true,
    }),
    43,
    atEveryPosition,
  ],
  [
    "sasrec of one block at all positions",
    sasRecModel(11, { hiddenDim: 8, numBlocks: 1, maxLen: 9, readout: "all_positions" }),
    9,
    atEveryPosition,
  ],
];

for (const [what, model, longest = 9, targets = (windows: Sequences) => windows] of ODD) {
  Deno.test(`wasm and tfjs agree, dropout masks included: ${what}`, async () => {
    const sequences = targets(randomSequences(model.nItems, 13, longest, 3), model.nItems);
    const plan = shuffledPlan(13, 6, 1, what, 1); // batches of 6, 6 and 1
    const run = (engine: Engine) =>
      using(
        engine,
        async () => ({
          first: await engine.gradients(plan, 0),
          losses: await engine.train(plan, 0, 3),
          scores: await engine.score(sequences),
        }),
      );
    const wanted = await run(await createTfjsEngine(optionsOf(model, sequences), "cpu"));
    for (const threads of [1, 2]) {
      const got = await run(await createWasmEngine({ ...optionsOf(model, sequences), threads }));
      assertClose(got.losses, wanted.losses, "losses");
      // Adam divides by small gradients
      assertClose(got.scores, wanted.scores, "scores after three steps", 1e-4, 1e-3);
      for (const [name, { data }] of Object.entries(wanted.first.gradients)) {
        assertClose(got.first.gradients[name].data, data, name);
      }
    }
  });
}

const TWICE: [string, NeuralModel][] = [
  ["gru", gruModel(40)],
  ["gru with dropout", gruModel(40, { embeddingDropout: 0.2 })],
  ["sasrec last_column", sasRecModel(40)],
  ["sasrec last_item", sasRecModel(40, { readout: "last_item" })],
  ["sasrec all_positions", sasRecModel(40, { readout: "all_positions", ownPadding: true })],
];
for (const [name, model] of TWICE) {
  const one = randomSequences(40, 60, 20, 4);
  const sequences = name.endsWith("all_positions") ? atEveryPosition(one, 40) : one;
  const plan = shuffledPlan(60, 16, 1, name, 1);

  Deno.test(`two runs give the same bits, restarted or not: ${name}`, async () => {
    const options = { ...optionsOf(model, sequences), threads: 2 };
    const whole = await using(
      await createWasmEngine(options),
      async (engine) => ({
        losses: [...await engine.train(plan, 0, 4)],
        state: await engine.export(),
      }),
    );
    const half = await using(
      await createWasmEngine(options),
      async (engine) => ({
        losses: [...await engine.train(plan, 0, 1), ...await engine.train(plan, 1, 2)],
        state: await engine.export(),
      }),
    );
    const rest = await using(
      await createWasmEngine({ ...options, state: half.state }),
      async (engine) => {
        await engine.score(sequences); // scoring between the steps moves nothing
        return { losses: [...await engine.train(plan, 2, 4)], state: await engine.export() };
      },
    );
    assertEquals([...half.losses, ...rest.losses], whole.losses);
    assertEquals(rest.state, whole.state);
  });
}

Deno.test("two epochs without dropout: every epoch's loss within 1e-3 of tfjs's", async () => {
  for (
    const model of [
      gruModel(30, { hiddenDim: 24, embeddingDim: 16 }),
      sasRecModel(30, { hiddenDim: 16, dropout: 0, maxLen: 20 }),
    ]
  ) {
    const sequences = randomSequences(30, 200, 12, 6);
    const plans = [1, 2].map((epoch) => shuffledPlan(200, 32, 1, "m", epoch));
    const epochs = (engine: Engine) =>
      using(engine, async () => {
        const means: number[] = [];
        for (const plan of plans) {
          means.push(
            (await engine.train(plan, 0, batchCount(plan))).reduce((sum, loss) => sum + loss, 0) /
              batchCount(plan),
          );
        }
        return means;
      });
    const wanted = await epochs(await createTfjsEngine(optionsOf(model, sequences), "cpu"));
    const got = await epochs(await createWasmEngine(optionsOf(model, sequences)));
    assertClose(got, wanted, `${model.architecture} epoch losses`, 0, 1e-3);
  }
});

Deno.test("SASRec that is read out once a window refuses several targets there", async () => {
  const one = randomSequences(11, 4, 5, 1);
  const two = { ...one, targetOffsets: Int32Array.of(0, 2, 2, 3, 4) };
  await assertRejects(
    () =>
      createWasmEngine({
        ...optionsOf(sasRecModel(11, { hiddenDim: 8, maxLen: 9 }), two),
        threads: 1,
      }),
    RangeError,
    "one target a window",
  );
});

Deno.test("what the engine lacks is refused before a worker starts", async () => {
  const { Worker } = globalThis;
  globalThis.Worker = class {
    constructor() {
      throw new Error("a worker started");
    }
  } as unknown as typeof Worker;
  try {
    const options = optionsOf(gruModel(10, { embeddingDim: 4, hiddenDim: 4 }), SMALL);
    const create = (changed: object) => createWasmEngine({ ...options, ...changed });
    const third = { ...options.model, architecture: "third" };
    await assertRejects(() => create({ model: third }), InputError, "one of gru, sasrec");
    await assertRejects(() => create({ loss: { name: "hinge" } }), InputError, "cross_entropy");
    await assertRejects(() => create({}), Error, "a worker started");
  } finally {
    globalThis.Worker = Worker;
  }
});

Deno.test("a loss that is not finite names its batch", async () => {
  const model = gruModel(10, { embeddingDim: 4, hiddenDim: 4 });
  const sequences = randomSequences(10, 8, 4, 1);
  const state = startingState(model, 1);
  state.parameters["fc.bias"].data[3] = NaN;
  await using(await createWasmEngine({ ...optionsOf(model, sequences), state }), async (engine) => {
    await assertRejects(
      () => engine.train(shuffledPlan(8, 4, 1, "m", 1), 0, 2),
      InputError,
      "batch 0",
    );
  });
});

Deno.test("a thread that traps ends the run with its error, soon, and nothing hangs", async () => {
  const model = sasRecModel(10, { hiddenDim: 4, maxLen: 4 });
  const sequences = randomSequences(10, 8, 4, 1);
  const begin = performance.now();
  // one thread alone reads this window, far outside the memory
  sequences.items[sequences.start[0]] = 10_000_000;
  await using(
    await createWasmEngine({ ...optionsOf(model, sequences), threads: 2 }),
    async (engine) => {
      await assertRejects(
        () => engine.train(shuffledPlan(8, 8, 1, "m", 1), 0, 1),
        InputError,
        "a thread failed",
      );
      assert(performance.now() - begin < 3000);
      await assertRejects(
        () => engine.train(shuffledPlan(8, 8, 1, "m", 1), 0, 1),
        TypeError,
        "failed",
      );
    },
  );
});
