/**
 * Where the time of a whole training goes, seen from the processor: planning an epoch, encoding and
 * submitting, waiting for the device.
 */
import { ADAM } from "../../lib/engine/engine.ts";
import { fit } from "../../lib/engine/fit.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWebGpuEngine, type WebGpuRequest } from "../../lib/engine/webgpu/engine.ts";
import type { Pairs } from "../../lib/dataset/dataset.ts";
import type { NeuralModel } from "../../lib/models/neural.ts";
import { pairSequences, shuffledPlan } from "../../lib/samplers/pair_sequences.ts";

/** Milliseconds of a training. */
export interface Timeline {
  readonly epochs: number;
  readonly steps: number;
  /** Compiling, allocating, the first upload. */
  readonly start: number;
  readonly total: number;
  /** The first epoch's plan; the others' are made while the device computes. */
  readonly firstPlan: number;
  readonly laterPlans: number;
  /** Commands and uploads, and of these what a step takes, in microseconds. */
  readonly encode: number;
  readonly encodeStep: number;
  readonly wait: number;
  readonly lastLoss: number;
}

/** What is trained. */
export interface Training {
  readonly model: NeuralModel;
  readonly pairs: Pairs;
  readonly batch: number;
  readonly epochs: number;
  readonly request?: WebGpuRequest;
}

/** Trains, and takes the time of each part. */
export async function timeFit(
  { model, pairs, batch, epochs, request }: Training,
): Promise<Timeline> {
  const calls = watchDevice();
  try {
    const begin = performance.now();
    const engine = await createWebGpuEngine({
      model,
      state: startingState(model, 1),
      sequences: pairSequences(pairs, model.maxLen),
      optimizer: ADAM,
      seed: 1,
    }, request);
    const started = performance.now();
    let steps = 0;
    const spent = { firstPlan: 0, laterPlans: 0, encode: 0, wait: 0 };
    const { epochLosses } = await fit({
      engine: {
        ...engine,
        async train(plan, from, to, next) {
          calls.clear();
          const before = performance.now();
          const losses = await engine.train(plan, from, to, next);
          const { submits, wait } = calls;
          // the last submit is the losses' copy; what comes before it is the next epoch's plan
          const [last, copy] = submits.slice(-2);
          const planned = next === undefined ? 0 : copy - last;
          const first = steps === 0 ? submits[0] - before : 0;
          spent.firstPlan += first;
          spent.laterPlans += planned;
          spent.wait += wait;
          spent.encode += performance.now() - before - wait - planned - first;
          steps += to - from;
          return losses;
        },
      },
      epochs,
      plan: (epoch) => shuffledPlan(pairs.count, batch, 1, "gpu", epoch),
    });
    const total = performance.now() - started;
    engine.dispose();
    return {
      epochs,
      steps,
      start: started - begin,
      total,
      ...spent,
      encodeStep: 1000 * spent.encode / steps,
      lastLoss: epochLosses.at(-1)!,
    };
  } finally {
    calls.stop();
  }
}

/** Notes when the engine submits, and how long it waits for buffers. */
function watchDevice() {
  const { submit } = GPUQueue.prototype;
  const { mapAsync } = GPUBuffer.prototype;
  const calls = {
    submits: [] as number[],
    wait: 0,
    clear() {
      calls.submits = [];
      calls.wait = 0;
    },
    stop() {
      GPUQueue.prototype.submit = submit;
      GPUBuffer.prototype.mapAsync = mapAsync;
    },
  };
  GPUQueue.prototype.submit = function (...given) {
    const result = submit.apply(this, given);
    calls.submits.push(performance.now());
    return result;
  };
  GPUBuffer.prototype.mapAsync = async function (...given) {
    const begin = performance.now();
    await mapAsync.apply(this, given);
    calls.wait += performance.now() - begin;
  };
  return calls;
}
