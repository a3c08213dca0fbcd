/** The start on the device: its parameters, Adam's moments, and the rates that are learnt. */
import { RATE_LISTS, SUM_GROUPS } from "../../../kernels/webgpu/tasks/kernels.ts";
import { RATES, type TaskLayout, TENSORS } from "../../../kernels/webgpu/tasks/layout.ts";
import { type NeuralModel, parameterSpecs } from "../../../models/neural.ts";
import { type Parameters, zeros } from "../../../models/parameters.ts";
import type { InnerLoop, LearntRates, MetaState } from "../../adaptation.ts";
import { packMoments, packWeights, unpack } from "../parameters.ts";
import type { BufferBytes, TaskDevice } from "./task_device.ts";

/** What is kept from call to call. */
export interface Start {
  /** Bytes of its buffers. */
  readonly bytes: BufferBytes;
  /** Where the rates of an inner loop are: 0 for what does not move. */
  ratesFor(inner: InnerLoop): Promise<number>;
  /** Parameters as they lie in the store. */
  packed(): Promise<Float32Array>;
  /** The same as a record, of what lies in a store. */
  record(packed: Float32Array): Parameters;
  /** The outer gradient that was summed last, and its rates'. */
  gradients(): Promise<Parameters>;
  rateGradients(): Promise<readonly number[]>;
  /** A copy of everything but the step. */
  export(): Promise<Omit<MetaState, "step">>;
}

/** Uploads a state. */
export async function uploadStart(
  device: TaskDevice,
  { store }: TaskLayout,
  model: NeuralModel,
  state: MetaState,
): Promise<Start> {
  const specs = parameterSpecs(model);
  const bytes = {
    start: 4 * store.weightsSize,
    moments: 8 * store.targetEnd,
    sums: 4 * store.targetEnd + 16 * SUM_GROUPS,
    rates: 4 * Object.keys(RATE_LISTS).length * RATES,
  };
  await device.fit(bytes);
  device.write("start", 0, packWeights(store, state.parameters));
  device.write("moments", 0, packMoments(store, state.firstMoments, state.secondMoments));
  if (state.rates !== undefined) {
    const { values, firstMoments, secondMoments } = state.rates;
    device.write("rates", RATE_LISTS.learnt, Float32Array.from(values));
    device.write("rates", RATE_LISTS.first, Float32Array.from(firstMoments));
    device.write("rates", RATE_LISTS.second, Float32Array.from(secondMoments));
  }

  const list = async (name: keyof typeof RATE_LISTS) => [
    ...await device.read("rates", RATE_LISTS[name], TENSORS.length, "reading rates"),
  ];

  async function learntRates(): Promise<LearntRates> {
    return {
      values: await list("learnt"),
      firstMoments: await list("first"),
      secondMoments: await list("second"),
    };
  }

  function record(packed: Float32Array): Parameters {
    const parameters = zeros(specs);
    unpack(store, packed, parameters);
    return parameters;
  }

  const size = store.targetEnd;
  const packed = () => device.read("start", 0, size, "reading the start");
  const moments = (at: number) => device.read("moments", at, size, "reading moments");
  return {
    bytes,
    async ratesFor({ moves, rate }) {
      if (state.rates !== undefined && moves === "all") return RATE_LISTS.learnt;
      const learnt = state.rates && await list("learnt");
      const isMoved = {
        bias: (name: string) => name === "fc.bias",
        head: (name: string) => name.startsWith("fc."),
        all: () => true,
      }[moves];
      const rates = TENSORS.map((name, t) => isMoved(name) ? learnt?.[t] ?? rate : 0);
      device.write("rates", RATE_LISTS.fixed, Float32Array.from(rates));
      return RATE_LISTS.fixed;
    },
    packed,
    record,
    gradients: async () => record(await device.read("sums", 0, size, "reading gradients")),
    rateGradients: () => list("sums"),
    export: async () => ({
      parameters: record(await packed()),
      firstMoments: record(await moments(0)),
      secondMoments: record(await moments(size)),
      ...(state.rates && { rates: await learntRates() }),
    }),
  };
}
