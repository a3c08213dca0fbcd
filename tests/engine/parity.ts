/**
 * One parity suite for all engines: the oracles' losses, gradients, weights after the steps, and
 * logits; the states that those logits are of, and what an engine refuses.
 */
import { assertEquals, assertRejects } from "@std/assert";
import { ADAM, type CreateEngine } from "../../lib/engine/engine.ts";
import { createTfjsEngine } from "../../lib/engine/tfjs/engine.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { architectureOf, type NeuralModel } from "../../lib/models/neural.ts";
import type { Parameters } from "../../lib/models/parameters.ts";
import { batchCount, type Windows } from "../../lib/samplers/sequences.ts";
import { assertClose } from "../close.ts";
import { movedState } from "./moved_state.ts";
import { type Oracle, ORACLES, readOracle } from "./reference.ts";

/**
 * Registers a test for every oracle. `only` picks some, for engines too slow for the large ones.
 */
export function testParity(
  engineName: string,
  create: CreateEngine,
  only: readonly string[] = ORACLES,
): void {
  for (const name of ORACLES.filter((oracle) => only.includes(oracle))) {
    Deno.test(`${engineName} matches PyTorch on ${name}`, async () => {
      const oracle = readOracle(name);
      const engine = await create(oracle.options);
      try {
        if (oracle.logits !== undefined) {
          assertClose(await engine.score(asTrained(oracle)), oracle.logits, "logits");
        }
        for (let step = 0; step < batchCount(oracle.plan); step++) {
          if (step < oracle.gradients.length) {
            const { loss, gradients } = await engine.gradients(oracle.plan, step);
            assertClose([loss], [oracle.losses[step]], `loss of step ${step + 1}`);
            assertEquals(Object.keys(gradients), Object.keys(oracle.gradients[step]));
            for (const [key, { data }] of Object.entries(oracle.gradients[step])) {
              assertClose(gradients[key].data, data, `step ${step + 1}, gradient of ${key}`);
            }
          }
          const [loss] = await engine.train(oracle.plan, step, step + 1);
          assertClose([loss], [oracle.losses[step]], `training loss of step ${step + 1}`);
        }
        const state = await engine.export();
        assertEquals(state.step, batchCount(oracle.plan));
        for (const [key, { data }] of Object.entries(oracle.finalWeights ?? {})) {
          compareWeights(key, state.parameters[key].data, data, state.step);
        }
      } finally {
        engine.dispose();
      }
    });

    Deno.test(`${engineName} gives the states that its logits are of: ${name}`, async () => {
      const { options, logits } = readOracle(name);
      const { model } = options;
      // biases that are not zero, but where the logits are PyTorch's own
      const state = logits === undefined ? movedState(model) : options.state;
      const windows = asTrained(readOracle(name));
      const engine = await create({ ...options, state });
      try {
        const states = await engine.represent(windows);
        const scores = await engine.score(windows);
        assertClose(states, await tfjsStates(name, { ...options, state }, windows), "states");
        assertClose(logitsOf(model, state.parameters, states), logits ?? scores, "their logits");
      } finally {
        engine.dispose();
      }
    });
  }
  testRefusals(engineName, create);
}

/**
 * What an engine lacks is refused by name when the engine is made, whatever the state, and is not
 * computed as something else.
 */
function testRefusals(engineName: string, create: CreateEngine): void {
  const refused = async (change: (model: NeuralModel) => object, part: string) => {
    const { options } = readOracle("gru_small.json");
    const changed = { ...options, ...change(options.model) };
    await assertRejects(() => create(changed), InputError, part);
  };

  Deno.test(`${engineName} refuses a third architecture by name`, () =>
    refused(
      (model) => ({ model: { ...model, architecture: "third" } }),
      'the architecture "third"',
    ));
  Deno.test(`${engineName} refuses an unknown loss by name`, () =>
    refused(() => ({ loss: { name: "hinge" } }), 'the loss "hinge"'));
}

const statesByOracle = new Map<string, Promise<Float32Array>>();

/** The states as tfjs gives them on its plain backend; once an oracle. */
function tfjsStates(
  name: string,
  options: Oracle["options"],
  windows: Windows,
): Promise<Float32Array> {
  let states = statesByOracle.get(name);
  if (states === undefined) {
    states = createTfjsEngine(options, "cpu").then(async (engine) => {
      try {
        return await engine.represent(windows);
      } finally {
        engine.dispose();
      }
    });
    statesByOracle.set(name, states);
  }
  return states;
}

/** states [windows × hiddenDim] · weightᵀ + bias, in double precision. */
function logitsOf(
  model: NeuralModel,
  parameters: Parameters,
  states: Float32Array,
): Float64Array {
  const { nItems, hiddenDim } = model;
  const { weight, bias } = architectureOf(model).outputLayer(model);
  const weights = parameters[weight].data;
  const biases = bias === undefined ? undefined : parameters[bias].data;
  const logits = new Float64Array(states.length / hiddenDim * nItems);
  return logits.map((_, i) => {
    const row = Math.floor(i / nItems) * hiddenDim;
    const course = i % nItems;
    let logit = biases?.[course] ?? 0;
    for (let j = 0; j < hiddenDim; j++) {
      logit += states[row + j] * weights[course * hiddenDim + j];
    }
    return logit;
  });
}

/**
 * Weights after the steps. The key third of an attention's bias is left to a bound of its own: a
 * constant added to all keys shifts every score of a query alike and the softmax not at all, so its
 * gradient is zero in exact arithmetic and rounding noise (1e-9) in any other. Adam divides a
 * gradient by its own size, so these entries move by the sign of noise, at most a learning rate a
 * step.
 */
function compareWeights(
  key: string,
  actual: Float32Array,
  expected: Float32Array,
  steps: number,
): void {
  const what = `${key} after ${steps} steps`;
  if (!key.endsWith("self_attn.in_proj_bias")) return assertClose(actual, expected, what);
  const width = expected.length / 3;
  assertClose(actual.subarray(0, width), expected.subarray(0, width), `${what}, query`);
  assertClose(actual.subarray(2 * width), expected.subarray(2 * width), `${what}, value`);
  assertClose(
    actual.subarray(width, 2 * width),
    new Float32Array(width),
    `${what}, key`,
    steps * ADAM.learningRate,
  );
}

/**
 * The first batch as windows whose last item is where training reads: with `last_column` the
 * padding is part of the window, since scoring takes every window as it is.
 */
function asTrained({ options, plan }: Oracle): Windows {
  const { sequences, model } = options;
  const rows = plan.order.subarray(0, plan.offsets[1]);
  const length = Int32Array.from(rows, (row) => sequences.length[row]);
  if (!architectureOf(model).readsLastColumn(model)) {
    return {
      items: sequences.items,
      start: Int32Array.from(rows, (row) => sequences.start[row]),
      length,
    };
  }
  const longest = Math.max(...length);
  const padding = architectureOf(model).paddingRow(model);
  const items = new Int32Array(rows.length * longest).fill(padding);
  rows.forEach((row, i) =>
    items.set(
      sequences.items.subarray(sequences.start[row], sequences.start[row] + length[i]),
      i * longest,
    )
  );
  return {
    items,
    start: Int32Array.from(rows, (_, i) => i * longest),
    length: length.fill(longest),
  };
}
