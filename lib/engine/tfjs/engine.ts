/**
 * The engine `tfjs`: the pure forward functions under tfjs autodiff, on any of its backends. Slow,
 * and the oracle of the fast engines: it computes whole padded rectangles and shares no kernel with
 * them.
 */
import * as tf from "@tensorflow/tfjs";
import { gruForward } from "../../models/gru_forward.ts";
import { parameterSpecs } from "../../models/neural.ts";
import type { Parameters } from "../../models/parameters.ts";
import { sasRecForward } from "../../models/sasrec_forward.ts";
import { crossEntropy, oneHot, type Weights } from "../../models/tfjs_layers.ts";
import { InputError } from "../../errors/input_error.ts";
import { type PaddedBatch, padWindows } from "../../samplers/padded_batch.ts";
import type { Plan, Windows } from "../../samplers/sequences.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { type TfjsBackend, useBackend } from "./backend.ts";

/**
 * Makes the engine on a backend of tfjs. @throws InputError when the backend is not to be had here.
 */
export async function createTfjsEngine(
  options: EngineOptions,
  backend: TfjsBackend = "wasm",
): Promise<Engine> {
  const { model, sequences, optimizer, seed } = options;
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

  const forward = (w: Weights, batch: PaddedBatch, targets: tf.Tensor2D, dropoutStep?: number) =>
    model.architecture === "gru" ? gruForward(w, batch, targets) : sasRecForward(
      model,
      w,
      batch,
      targets,
      dropoutStep === undefined ? undefined : { seed, step: dropoutStep },
    );

  /** Loss and gradients of a batch; the caller disposes the gradients. */
  function differentiate(
    plan: Plan,
    batchNumber: number,
  ): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    if (sequences === undefined) {
      throw new TypeError("this engine was made without training sequences");
    }
    const order = plan.order.subarray(plan.offsets[batchNumber], plan.offsets[batchNumber + 1]);
    const batch = padWindows(sequences, order);
    const places: number[] = [];
    const labels: number[] = [];
    order.forEach((window, row) => {
      for (let t = sequences.targetOffsets[window]; t < sequences.targetOffsets[window + 1]; t++) {
        const lastColumn = model.architecture === "sasrec" && model.readout === "last_column";
        places.push(
          row * batch.columns + (lastColumn ? batch.columns - 1 : sequences.targetPosition[t]),
        );
        labels.push(sequences.targetLabel[t]);
      }
    });
    return tf.variableGrads(() => {
      const logits = forward(
        weights,
        batch,
        oneHot(Int32Array.from(places), batch.rows * batch.columns),
        step + 1,
      );
      return crossEntropy(logits, oneHot(Int32Array.from(labels), model.nItems));
    }, Object.values(weights));
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

  return {
    name: "tfjs",
    device: `tfjs, ${device}`,
    async train(plan, from, to) {
      await useBackend(backend);
      const losses = new Float64Array(to - from);
      for (let b = from; b < to; b++) {
        const { value, grads } = differentiate(plan, b);
        const loss = (await value.data())[0];
        value.dispose();
        if (!Number.isFinite(loss)) {
          tf.dispose(grads);
          throw new InputError({
            doing: `training batch ${b} on ${device}`,
            found: `the loss is ${loss}`,
            wanted: "a finite loss",
            next: "lower the learning rate or check the initial weights",
          });
        }
        step++;
        adam(byName(grads));
        tf.dispose(grads);
        losses[b - from] = loss;
      }
      return losses;
    },
    async gradients(plan, batch) {
      await useBackend(backend);
      const { value, grads } = differentiate(plan, batch);
      const loss = (await value.data())[0];
      const gradients = await download(byName(grads));
      tf.dispose([value, ...Object.values(grads)]);
      return { loss, gradients };
    },
    async score(windows: Windows) {
      await useBackend(backend);
      const scores = new Float32Array(windows.start.length * model.nItems);
      const size = 64;
      const byLength = Int32Array.from(windows.length, (_, i) => i).sort((a, b) =>
        windows.length[a] - windows.length[b]
      );
      // batches of equal length, so that no window is padded
      for (let at = 0; at < byLength.length;) {
        let end = at + 1;
        while (
          end < byLength.length && end - at < size &&
          windows.length[byLength[end]] === windows.length[byLength[at]]
        ) end++;
        const rows = byLength.subarray(at, end);
        const batch = padWindows(windows, rows);
        const logits = tf.tidy(() =>
          forward(
            weights,
            batch,
            oneHot(
              Int32Array.from(rows, (_, row) => (row + 1) * batch.columns - 1),
              batch.rows * batch.columns,
            ),
          )
        );
        const values = await logits.data();
        logits.dispose();
        rows.forEach((window, row) =>
          scores.set(
            values.subarray(row * model.nItems, (row + 1) * model.nItems),
            window * model.nItems,
          )
        );
        at = end;
      }
      return scores;
    },
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
