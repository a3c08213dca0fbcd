/**
 * Few-shot adaptation on the CPU: whole tasks dealt to the threads, each with its own copy of the
 * parameters, by the same passes and kernels as training. All memory is taken before a range of
 * tasks or of outer steps begins. Deterministic for a fixed number of threads.
 */
import { counted } from "../../../errors/counted.ts";
import { BLOCK_BYTES } from "../../../kernels/wasm/fields.ts";
import { CROSS_ENTROPY } from "../../../models/loss.ts";
import type { Parameters } from "../../../models/parameters.ts";
import { taskCount, type TaskWindows } from "../../../samplers/task_windows.ts";
import { checkAdaptable } from "../../adaptable.ts";
import type { Adaptation, AdaptationOptions, InnerLoop, LearntRates } from "../../adaptation.ts";
import { checkLosses } from "../../losses.ts";
import { BARRIER_WORDS } from "../barrier.ts";
import { layoutOf, readTensor, writeTensor } from "../layout.ts";
import { sharedMemory } from "../memory.ts";
import { partsOf } from "../parts.ts";
import { startPool } from "../pool.ts";
import type { Steps } from "./inner_loop.ts";
import { dealTasks, measureTasks } from "./measure.ts";
import { type PlaceNeeds, reservePlace } from "./place.ts";
import type { AdaptWork, AnswerWork, OuterWork } from "./run.ts";

/**
 * Makes it. `threads` defaults to the number of cores. @throws InputError for a model whose passes
 * tasks cannot share (`checkAdaptable`).
 */
export async function createWasmAdaptation(options: AdaptationOptions): Promise<Adaptation> {
  const { model, state, optimizer } = options;
  const threads = options.threads ?? navigator.hardwareConcurrency;
  const parts = partsOf(model, CROSS_ENTROPY);
  const layout = layoutOf(model);
  checkAdaptable(model);
  const shared = sharedMemory();
  const { memory, reserve, put, floats } = shared;
  const write = (at: number, record: Parameters) => {
    const region = floats(at, layout.size);
    for (const tensor of layout.tensors) writeTensor(region, tensor, record[tensor.name].data);
    return at;
  };
  const upload = (record: Parameters) => write(reserve(4 * layout.size), record);
  const download = (at: number): Parameters => {
    const region = floats(at, layout.size);
    return Object.fromEntries(
      layout.tensors.map((tensor) => [tensor.name, readTensor(region, tensor)]),
    );
  };
  const doubles = (at: number, count: number) => new Float64Array(memory.buffer, at, count);
  const putDoubles = (values: readonly number[]) => {
    const at = reserve(8 * values.length);
    doubles(at, values.length).set(values);
    return at;
  };
  const regions = {
    control: reserve(4 * BARRIER_WORDS),
    parameters: upload(state.parameters),
    first: upload(state.firstMoments),
    second: upload(state.secondMoments),
    gradients: reserve(4 * layout.size),
  };
  const rates = state.rates && {
    values: putDoubles(state.rates.values),
    firstMoments: putDoubles(state.rates.firstMoments),
    secondMoments: putDoubles(state.rates.secondMoments),
  };
  const blocks = Array.from({ length: threads }, () => reserve(BLOCK_BYTES));
  const pool = await startPool(memory, { control: regions.control, blocks }, {
    model,
    loss: CROSS_ENTROPY,
    optimizer,
    seed: 0,
  });
  let step = state.step;

  /** The inner loop with its rates by tensor. */
  function stepsOf({ optimizer, moves, rate, steps }: InnerLoop): Steps {
    const { weight, bias } = layout.output;
    const movesTensor = {
      bias: (tensor: unknown) => tensor === bias,
      head: (tensor: unknown) => tensor === bias || tensor === weight,
      all: () => true,
    }[moves];
    const learnt = rates && doubles(rates.values, layout.tensors.length);
    return {
      optimizer,
      rates: layout.tensors.map((tensor, t) => movesTensor(tensor) ? learnt?.[t] ?? rate : 0),
      steps,
      headOnly: moves !== "all",
    };
  }

  type Work = AdaptWork | AnswerWork | OuterWork;

  /** Has the threads do their work on tasks; `read` takes what came of it. */
  function run<T>(
    tasks: TaskWindows,
    steps: Steps,
    needs: PlaceNeeds,
    prepare: () => { readonly workOf: (thread: number) => Work; readonly read: () => T },
  ): Promise<T> {
    return shared.temporarily(async () => {
      const { windows } = tasks;
      const addresses = {
        ...regions,
        items: put(windows.items),
        start: put(windows.start),
        length: put(windows.length),
        targetOffsets: put(windows.targetOffsets),
        targetPosition: put(windows.targetPosition),
        targetLabel: put(windows.targetLabel),
      };
      const partsAt = put(tasks.parts);
      const most = measureTasks(parts, model, tasks);
      const places = Array.from({ length: threads }, () => {
        const place = reservePlace(shared, parts, model, layout, most, needs);
        const scratch = reserve(most.scratch);
        return { place, scratch: [scratch, scratch + most.scratch] as const };
      });
      const { workOf, read } = prepare();
      const work = workWithPlaces(places.map(({ place }) => place.outer), workOf);
      await pool.all((thread) => ({
        kind: "tasks",
        shared: addresses,
        ...places[thread],
        parts: partsAt,
        steps,
        work: work(thread),
      }));
      return read();
    });
  }

  /** Outer work tells each thread where the others' sums lie. */
  function workWithPlaces(outers: readonly number[], workOf: (thread: number) => Work) {
    return (thread: number): Work => {
      const work = workOf(thread);
      return work.kind === "outer" ? { ...work, together: { ...work.together, outers } } : work;
    };
  }

  function runOuter<T>(
    tasks: TaskWindows,
    offsets: Int32Array,
    inner: InnerLoop,
    asked: Pick<OuterWork, "outer" | "update">,
    read: (losses: Float64Array, sums: readonly number[]) => T,
  ): Promise<T> {
    const { outer } = asked;
    const steps = stepsOf(inner);
    const count = offsets.length - 1;
    const passes = inner.steps * (outer.method === "second_order" ? 3 : 1);
    const dealt = Array.from(
      { length: count },
      (_, s) => dealTasks(tasks, passes, threads, offsets[s], offsets[s + 1]),
    );
    const needs = {
      outer: true,
      savedSteps: outer.method === "second_order" ? inner.steps : 0,
      moments: inner.optimizer === "adam",
    };
    return run(tasks, steps, needs, () => {
      const losses = putDoubles(new Array(count).fill(NaN));
      const sums = Array.from(
        { length: threads },
        () => putDoubles(new Array(2 + layout.tensors.length).fill(0)),
      );
      const together = { sums, outers: [] };
      return {
        workOf: (thread) => ({
          kind: "outer",
          ...asked,
          together,
          rates: outer.learnsRates ? rates : undefined,
          tasks: dealt.map((of) => of[thread]),
          counts: dealt.map((of) => of.reduce((sum, { length }) => sum + length, 0)),
          step: step + 1,
          losses,
        }),
        read: () => read(doubles(losses, count).slice(), sums),
      };
    });
  }

  return {
    name: "wasm",
    device: `wasm, ${counted(threads, "thread")}`,
    nItems: model.nItems,
    adapt(tasks, inner) {
      const count = taskCount(tasks);
      const dealt = dealTasks(tasks, inner.steps, threads);
      const needs = { outer: false, savedSteps: 0, moments: inner.optimizer === "adam" };
      return run(tasks, stepsOf(inner), needs, () => {
        const parameters = reserve(4 * layout.size * count);
        const losses = putDoubles(new Array(count * inner.steps).fill(0));
        return {
          workOf: (thread) => ({ kind: "adapt", tasks: dealt[thread], parameters, losses }),
          read: () =>
            Array.from({ length: count }, (_, t) => ({
              parameters: download(parameters + 4 * t * layout.size),
              losses: [...doubles(losses + 8 * t * inner.steps, inner.steps)],
            })),
        };
      });
    },
    answer(tasks, inner, after) {
      const count = taskCount(tasks);
      const dealt = dealTasks(tasks, after[after.length - 1], threads);
      const needs = { outer: false, savedSteps: 0, moments: inner.optimizer === "adam" };
      const firstRow: number[] = [];
      let rows = 0;
      for (let t = 0; t < count; t++) {
        firstRow.push(rows);
        rows += tasks.parts[2 * t + 2] - tasks.parts[2 * t + 1];
      }
      return run(tasks, stepsOf(inner), needs, () => {
        const out = after.map(() => reserve(4 * rows * model.nItems));
        return {
          workOf: (thread) => ({ kind: "answer", tasks: dealt[thread], after, out, firstRow }),
          read: () => out.map((at) => floats(at, rows * model.nItems).slice()),
        };
      });
    },
    outerGradient(tasks, inner, outer) {
      const offsets = Int32Array.of(0, taskCount(tasks));
      return runOuter(tasks, offsets, inner, { outer, update: false }, ([loss], sums) => ({
        loss,
        gradients: download(regions.gradients),
        ...(outer.learnsRates && {
          rateGradients: layout.tensors.map((_, t) =>
            sums.reduce((sum, at) => sum + doubles(at, 3 + t)[2 + t], 0) / taskCount(tasks)
          ),
        }),
      }));
    },
    async trainOuter(tasks, offsets, inner, outer) {
      const losses = await runOuter(tasks, offsets, inner, { outer, update: true }, (all) => all);
      checkLosses(losses, { batch: 0, step: step + 1, device: "the CPU" });
      step += losses.length;
      return losses;
    },
    export: () =>
      Promise.resolve({
        step,
        parameters: download(regions.parameters),
        firstMoments: download(regions.first),
        secondMoments: download(regions.second),
        ...(rates && { rates: ratesNow() }),
      }),
    dispose: pool.end,
  };

  function ratesNow(): LearntRates {
    const { values, firstMoments, secondMoments } = rates!;
    const list = (at: number) => [...doubles(at, layout.tensors.length)];
    return {
      values: list(values),
      firstMoments: list(firstMoments),
      secondMoments: list(secondMoments),
    };
  }
}
