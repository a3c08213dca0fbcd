/**
 * The engine `tfjs`: the pure forward functions under tfjs autodiff, on any of its backends. Slow,
 * and the reference of the fast engines: it computes whole padded rectangles and shares no kernel
 * with them.
 */
import * as tf from "@tensorflow/tfjs";
import { checkLoss, CROSS_ENTROPY } from "../../models/loss.ts";
import { architectureOf, parameterSpecs } from "../../models/neural.ts";
import { countParameters, type Parameters } from "../../models/parameters.ts";
import { linear, oneHot } from "../../models/tfjs_layers.ts";
import { padWindows } from "../../samplers/padded_batch.ts";
import type { Plan, Windows } from "../../samplers/sequences.ts";
import { findByName } from "../architecture.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { checkLosses } from "../losses.ts";
import { type MemoryUse, TRAINED_BYTES, type TrainingWork, WASM_BYTES } from "../memory_use.ts";
import { ARCHITECTURES } from "./architectures.ts";
import { type TfjsBackend, useBackend } from "./backend.ts";
import { HEADS } from "./heads.ts";

/** Windows that are scored at once. */
const SCORED_AT_ONCE = 64;

/**
 * What training takes at least: the parameters' records, which lie in WebAssembly's memory or, on
 * the other backends, are as large. What tfjs makes of a batch is not known beforehand.
 */
export function measureTfjs({ model }: TrainingWork): MemoryUse {
  const bytes = TRAINED_BYTES * countParameters(parameterSpecs(model));
  return { bytes, limit: WASM_BYTES, place: "WebAssembly's memory" };
}

/**
 * Makes the engine on a backend of tfjs. @throws InputError when the backend is not to be had here,
 * and for an architecture or a loss that this engine lacks.
 */
export async function createTfjsEngine(
  options: EngineOptions,
  backend: TfjsBackend = "wasm",
): Promise<Engine> {
  const { model, sequences, optimizer, seed, loss = CROSS_ENTROPY } = options;
  const architecture = findByName(ARCHITECTURES, model.architecture, {
    engine: "tfjs",
    what: "architecture",
  });
  const head = findByName(HEADS, loss.name, { engine: "tfjs", what: "loss" });
  checkLoss(loss, model.nItems);
  const output = architectureOf(model).outputLayer(model);
  const lastColumn = architectureOf(model).readsLastColumn(model);
  const padding = architectureOf(model).paddingRow(model);
  const device = await useBackend(backend);
  const upload = (record: Parameters): Record<string, tf.Variable> =>
    Object.fromEntries(
      Object.entries(record).map((
        [name, { shape, data }],
      ) => [name, tf.variable(tf.tensor(data.slice(), [...shape]))]),
    );
  let step = options.state.step;
  const weights = upload(options.state.parameters);
  const first = upload(options.state.firstMoments);
  const second = upload(options.state.secondMoments);
  const shapes = Object.fromEntries(parameterSpecs(model).map(({ name, shape }) => [name, shape]));

  /** The output layer; of a tied model the courses' rows of the item table. */
  const outputLayer = () => {
    const weight = weights[output.weight] as tf.Tensor2D;
    const tied = weight.shape[0] > model.nItems;
    return {
      weight: tied ? weight.slice([0, 0], [model.nItems, model.hiddenDim]) : weight,
      bias: output.bias === undefined ? undefined : weights[output.bias],
    };
  };

  /** Loss and gradients of a batch; the caller disposes the gradients. */
  function differentiate(
    plan: Plan,
    batchNumber: number,
  ): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    if (sequences === undefined) {
      throw new TypeError("this engine was made without training sequences");
    }
    const { targetOffsets, targetPosition, targetLabel } = sequences;
    const order = plan.order.subarray(plan.offsets[batchNumber], plan.offsets[batchNumber + 1]);
    const batch = padWindows(sequences, order, padding);
    const cells: number[] = [];
    const labels: number[] = [];
    order.forEach((window, row) => {
      for (let t = targetOffsets[window]; t < targetOffsets[window + 1]; t++) {
        const column = lastColumn ? batch.columns - 1 : targetPosition[t];
        cells.push(row * batch.columns + column);
        labels.push(targetLabel[t]);
      }
    });
    return tf.variableGrads(() =>
      head.loss(loss, {
        states: architecture.states(model, {
          weights,
          batch,
          targets: oneHot(Int32Array.from(cells), batch.rows * batch.columns),
          dropout: { seed, step: step + 1 },
        }),
        ...outputLayer(),
        labels: Int32Array.from(labels),
        seed,
        step: step + 1,
      }), Object.values(weights));
  }

  /** The names of variables are tfjs's; ours come from the record's order. */
  const byName = (grads: tf.NamedTensorMap) =>
    Object.fromEntries(
      Object.entries(weights).map(([name, variable]) => [name, grads[variable.name]]),
    );

  /** torch.optim.Adam: the denominator is √v/√(1-β2ᵗ) + ε. */
  function adam(grads: Record<string, tf.Tensor>): void {
    const { learningRate, beta1, beta2, epsilon } = optimizer;
    const size = learningRate / (1 - beta1 ** step);
    const rootCorrection = Math.sqrt(1 - beta2 ** step);
    for (const [name, gradient] of Object.entries(grads)) {
      tf.tidy(() => {
        const m = first[name].mul(beta1).add(gradient.mul(1 - beta1));
        const v = second[name].mul(beta2).add(gradient.square().mul(1 - beta2));
        first[name].assign(m);
        second[name].assign(v);
        weights[name].assign(
          weights[name].sub(m.mul(size).div(v.sqrt().div(rootCorrection).add(epsilon))),
        );
      });
    }
  }

  const download = async (tensors: Record<string, tf.Tensor>): Promise<Parameters> => {
    const entries = Object.entries(tensors).map(async ([name, tensor]) =>
      [name, { shape: shapes[name], data: Float32Array.from(await tensor.data()) }] as const
    );
    return Object.fromEntries(await Promise.all(entries));
  };

  /**
   * Rows [windows × width] of what `read` makes of the windows' last states [windows × hidden].
   * Batches are of equal length, so that no window is padded.
   */
  async function readLastStates(
    windows: Windows,
    width: number,
    read: (states: tf.Tensor2D) => tf.Tensor2D,
  ): Promise<Float32Array> {
    await useBackend(backend);
    const out = new Float32Array(windows.start.length * width);
    for (const rows of equalLengths(windows.length)) {
      const batch = padWindows(windows, rows, padding);
      const last = Int32Array.from(rows, (_, row) => (row + 1) * batch.columns - 1);
      const result = tf.tidy(() => {
        const targets = oneHot(last, batch.rows * batch.columns);
        return read(architecture.states(model, { weights, batch, targets }));
      });
      const values = await result.data();
      result.dispose();
      rows.forEach((window, row) =>
        out.set(values.subarray(row * width, (row + 1) * width), window * width)
      );
    }
    return out;
  }

  return {
    name: "tfjs",
    device: `tfjs, ${device}`,
    async train(plan, from, to) {
      await useBackend(backend);
      const losses = new Float64Array(to - from);
      for (let batch = from; batch < to; batch++) {
        const { value, grads } = differentiate(plan, batch);
        const values = Float64Array.from(await value.data());
        value.dispose();
        try {
          checkLosses(values, { batch, step: step + 1, device });
          step++;
          adam(byName(grads));
        } finally {
          tf.dispose(grads);
        }
        losses[batch - from] = values[0];
      }
      return losses;
    },
    async gradients(plan, batch) {
      await useBackend(backend);
      const { value, grads } = differentiate(plan, batch);
      const [loss] = await value.data();
      const gradients = await download(byName(grads));
      tf.dispose([value, ...Object.values(grads)]);
      return { loss, gradients };
    },
    score: (windows: Windows) =>
      readLastStates(
        windows,
        model.nItems,
        (states) => {
          const { weight, bias } = outputLayer();
          return linear(states, weight, bias);
        },
      ),
    represent: (windows: Windows) => readLastStates(windows, model.hiddenDim, (states) => states),
    async export() {
      return {
        step,
        parameters: await download(weights),
        firstMoments: await download(first),
        secondMoments: await download(second),
      };
    },
    dispose: () =>
      tf.dispose([...Object.values(weights), ...Object.values(first), ...Object.values(second)]),
  };
}

/** Window numbers in batches of one length, none larger than SCORED_AT_ONCE. */
function equalLengths(length: Int32Array): Int32Array[] {
  const byLength = Int32Array.from(length, (_, i) => i).sort((a, b) => length[a] - length[b]);
  const batches: Int32Array[] = [];
  for (let from = 0, to = 0; from < byLength.length; from = to) {
    const equal = (i: number) => length[byLength[i]] === length[byLength[from]];
    while (to < byLength.length && to - from < SCORED_AT_ONCE && equal(to)) to++;
    batches.push(byLength.subarray(from, to));
  }
  return batches;
}
