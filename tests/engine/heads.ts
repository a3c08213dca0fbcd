/**
 * One suite for the heads of all engines: tied output layers and sampled losses over ragged batches
 * with dropout, against tfjs; and the same bits whether a run is interrupted or not.
 */
import { assertEquals } from "@std/assert";
import {
  ADAM,
  type CreateEngine,
  type Engine,
  type EngineOptions,
} from "../../lib/engine/engine.ts";
import { createTfjsEngine } from "../../lib/engine/tfjs/engine.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { CROSS_ENTROPY, type DrawingLoss, type Loss } from "../../lib/models/loss.ts";
import type { NeuralModel } from "../../lib/models/neural.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import type { Plan, Sequences } from "../../lib/samplers/sequences.ts";
import { assertClose } from "../close.ts";
import { movedState } from "./moved_state.ts";
import { randomWindows } from "./random_windows.ts";

/** A model under a loss. */
interface HeadCase {
  readonly name: string;
  readonly model: NeuralModel;
  readonly loss: Loss;
  /** Whether windows have several targets. */
  readonly several: boolean;
}

const COURSES = 33;
const gru = { maxLen: 9, hiddenDim: 12 };
const sasrec = { maxLen: 9, hiddenDim: 16, feedForwardDim: 20 };
const bce = (negatives: number): DrawingLoss => ({ name: "bce", negatives, calibration: 0 });
const gbce = (negatives: number): DrawingLoss => ({ name: "gbce", negatives, calibration: 0.5 });
const bprMax = (negatives: number): DrawingLoss => ({
  name: "bpr_max",
  negatives,
  regularisation: 0.7,
});

const CASES: readonly HeadCase[] = [
  {
    name: "a tied GRU with dropout",
    model: gruModel(COURSES, { ...gru, embeddingDim: 12, embeddingDropout: 0.3, tied: true }),
    loss: CROSS_ENTROPY,
    several: true,
  },
  {
    name: "a tied GRU of odd width, bpr_max",
    model: gruModel(COURSES, { maxLen: 9, embeddingDim: 7, hiddenDim: 7, tied: true }),
    loss: bprMax(9),
    several: true,
  },
  {
    name: "a GRU, bce of more negatives than courses",
    model: gruModel(COURSES, { ...gru, embeddingDim: 6 }),
    loss: bce(71),
    several: true,
  },
  {
    name: "a tied SASRec, gbce at every position",
    model: sasRecModel(COURSES, { ...sasrec, readout: "all_positions", tied: true }),
    loss: gbce(8),
    several: true,
  },
  {
    name: "a tied SASRec over padding",
    model: sasRecModel(COURSES, { ...sasrec, tied: true }),
    loss: CROSS_ENTROPY,
    several: false,
  },
  {
    name: "a SASRec of one block, bpr_max of one negative",
    model: sasRecModel(COURSES, { ...sasrec, numBlocks: 1, readout: "last_item" }),
    loss: bprMax(1),
    several: false,
  },
];

/** Options of a case over made-up windows. */
function optionsOf(
  { model, loss, several }: HeadCase,
): EngineOptions & { readonly sequences: Sequences } {
  const sequences = randomWindows(COURSES, 40, 9, 4, several);
  return { model, loss, state: movedState(model), sequences, optimizer: ADAM, seed: 9 };
}

/** Five batches of different sizes, one of a single window. */
const RAGGED: Plan = {
  order: Int32Array.from({ length: 40 }, (_, i) => (i * 17) % 40),
  offsets: Int32Array.of(0, 13, 14, 26, 35, 40),
};

/** How an engine's tests are registered, and of which cases; default: of all. */
export interface HeadTests {
  readonly register?: (name: string, fn: () => Promise<void>) => void;
  readonly only?: readonly string[];
}

/** Registers the tests of an engine. */
export function testHeads(
  engineName: string,
  create: CreateEngine,
  { register = Deno.test, only = CASES.map(({ name }) => name) }: HeadTests = {},
): void {
  for (const head of CASES.filter(({ name }) => only.includes(name))) {
    register(`${engineName} and tfjs agree on ragged batches: ${head.name}`, async () => {
      const options = optionsOf(head);
      const wanted = await wantedOf(head.name, options);
      const got = await runThrough(await create(options), options);
      wanted.steps.forEach(({ loss, gradients }, b) => {
        const step = got.steps[b];
        assertClose([step.loss, step.trained], [loss, loss], `loss of step ${b + 1}`);
        // gradients near zero move a parameter by their sign, so later steps may differ a little
        const [absolute, relative] = b === 0 ? [1e-5, 1e-4] : [3e-5, 1e-3];
        for (const [key, { data }] of Object.entries(gradients)) {
          const what = `step ${b + 1}, ${key}`;
          assertClose(step.gradients[key].data, data, what, absolute, relative);
        }
      });
      assertClose(got.scores, wanted.scores, "scores after five steps", 1e-4, 1e-3);
    });

    register(`${engineName} gives the same bits, restarted or not: ${head.name}`, async () => {
      const options = optionsOf(head);
      const whole = await using(await create(options), async (engine) => ({
        losses: [...await engine.train(RAGGED, 0, 5)],
        state: await engine.export(),
      }));
      const half = await using(await create(options), async (engine) => ({
        losses: [...await engine.train(RAGGED, 0, 1), ...await engine.train(RAGGED, 1, 3)],
        gradients: await engine.gradients(RAGGED, 4), // looking moves nothing
        state: await engine.export(),
      }));
      const rest = await using(
        await create({ ...options, state: half.state }),
        async (engine) => ({
          losses: [...await engine.train(RAGGED, 3, 5)],
          state: await engine.export(),
        }),
      );
      assertEquals([...half.losses, ...rest.losses], whole.losses);
      assertEquals(rest.state, whole.state);
    });
  }
}

async function using<T>(engine: Engine, run: (engine: Engine) => Promise<T>): Promise<T> {
  try {
    return await run(engine);
  } finally {
    engine.dispose();
  }
}

/** Every step's loss and gradients, looked at and trained, and the scores at the end. */
function runThrough(engine: Engine, { sequences }: ReturnType<typeof optionsOf>) {
  return using(engine, async () => {
    const steps = [];
    for (let b = 0; b < 5; b++) {
      const { loss, gradients } = await engine.gradients(RAGGED, b);
      steps.push({ loss, gradients, trained: (await engine.train(RAGGED, b, b + 1))[0] });
    }
    return { steps, scores: await engine.score(sequences) };
  });
}

const wantedByName = new Map<string, ReturnType<typeof runThrough>>();

/** What tfjs gives on its plain backend; once a case. */
function wantedOf(name: string, options: ReturnType<typeof optionsOf>) {
  let wanted = wantedByName.get(name);
  if (wanted === undefined) {
    wanted = createTfjsEngine(options, "cpu").then((engine) => runThrough(engine, options));
    wantedByName.set(name, wanted);
  }
  return wanted;
}
