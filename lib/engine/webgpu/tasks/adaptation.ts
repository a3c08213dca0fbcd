/**
 * Few-shot adaptation on a GPU: tasks side by side, each with its own copy of what moves, a
 * workgroup a window or target of a task. Inner steps, outer gradients, their sum and the start's
 * step follow one another on the device; losses are read once a call. Every sum has a fixed order,
 * so two runs on one device give the same bits.
 */
import { taskLayout } from "../../../kernels/webgpu/tasks/layout.ts";
import { paddingRowOf } from "../../../models/architecture.ts";
import type { GruModel } from "../../../models/gru.ts";
import type { TaskWindows } from "../../../samplers/task_windows.ts";
import type {
  Adaptation,
  AdaptationOptions,
  AdaptedTask,
  InnerLoop,
  OuterLoop,
} from "../../adaptation.ts";
import { checkLosses } from "../../losses.ts";
import { describeGpu, type Gpu, type GpuRequest, openGpu } from "../device.ts";
import { checkAdaptable } from "./adaptable.ts";
import { answerQueries, beginTasks, innerStep, type WaveWork } from "./inner_loop.ts";
import { type Loaded, loader } from "./load.ts";
import { addOuterGradients, moveStart } from "./outer_step.ts";
import { adaptedStore, lossesOfTasks, mean } from "./results.ts";
import { type ScriptWriter, writeScript } from "./script.ts";
import { uploadStart } from "./start.ts";
import { taskDevice } from "./task_device.ts";

/** Which device, and for tests how many tasks may be in memory together. */
export interface AdaptationRequest extends GpuRequest {
  readonly mostTasks?: number;
}

/**
 * Makes it. @throws InputError for a model that it cannot adapt, before a device is asked for,
 * where there is no adapter, or where the model does not fit it.
 */
export async function createWebGpuAdaptation(
  options: AdaptationOptions,
  request: AdaptationRequest = { allowSoftware: true },
): Promise<Adaptation> {
  const { model } = options;
  checkAdaptable(model);
  const gpu = await openGpu(request);
  try {
    return await adaptationOn(gpu, { ...options, model }, request.mostTasks ?? Infinity);
  } catch (error) {
    gpu.device.destroy();
    throw error;
  }
}

async function adaptationOn(
  gpu: Gpu,
  { model, state, optimizer }: AdaptationOptions & { readonly model: GruModel },
  mostTasks: number,
): Promise<Adaptation> {
  const layout = taskLayout(model);
  const device = taskDevice(gpu);
  const start = await uploadStart(device, layout, model, state);
  const paddingRow = paddingRowOf(model);
  const load = loader({ gpu, device, start, layout, paddingRow, mostTasks });
  let taken = state.step;

  /** Takes the outer steps of all tasks or, without `update`, finds the first one's gradient. */
  async function runOuter(
    tasks: TaskWindows,
    offsets: Int32Array,
    { inner, outer, update }: {
      readonly inner: InnerLoop;
      readonly outer: OuterLoop;
      readonly update: boolean;
    },
  ): Promise<Float64Array> {
    const targets = tasks.windows.targetLabel.length;
    const savedSteps = outer.method === "second_order" ? inner.steps : 0;
    const loaded = await load(tasks, inner, {
      moved: "all",
      outer: true,
      savedSteps,
      losses: targets,
      offsets,
    });
    const script = writeScript();
    let steps = 0;
    for (const [i, { from, to }] of loaded.plan.waves.entries()) {
      const last = to === offsets[steps + 1];
      addOuterGradients({
        ...workOf(loaded, script, i),
        outer,
        outerKernels: loaded.outerKernels,
        count: offsets[steps + 1] - offsets[steps],
        first: from === offsets[steps],
        last,
      });
      if (!last) continue;
      steps++;
      if (update) moveStart(script, loaded, { outer, optimizer, step: taken + steps });
    }
    await device.run(script);
    const doing = `outer steps ${taken + 1} to ${taken + steps}`;
    const losses = await device.read("losses", 0, targets, doing);
    const means = lossesOfTasks(tasks, losses, outer.method === "reptile" ? 0 : 1);
    return Float64Array.from(
      { length: steps },
      (_, s) => mean(means.subarray(offsets[s], offsets[s + 1])),
    );
  }

  /** Adapts a loaded wave of tasks; losses of step s go to s · `targets` on. */
  async function adaptWave(loaded: Loaded, wave: number, targets: number): Promise<Float32Array[]> {
    const script = writeScript();
    const work = workOf(loaded, script, wave);
    beginTasks(work);
    for (let step = 1; step <= loaded.inner.steps; step++) {
      innerStep(work, step, { lossesAt: (step - 1) * targets });
    }
    await device.run(script);
    const { from, to } = loaded.plan.waves[wave];
    const own: Float32Array[] = [];
    for (let task = 0; task < to - from; task++) {
      const { taskQuads, ownQuads } = loaded.arena;
      const doing = "reading adapted parameters";
      own.push(await device.read("tasks", 4 * taskQuads * task, 4 * ownQuads, doing));
    }
    return own;
  }

  return {
    name: "webgpu",
    device: `webgpu, ${describeGpu(gpu)}`,
    nItems: model.nItems,
    async adapt(tasks, inner) {
      const targets = tasks.windows.targetLabel.length;
      const moved = inner.moves;
      const losses = targets * inner.steps;
      const loaded = await load(tasks, inner, { moved, outer: false, savedSteps: 0, losses });
      const { plan } = loaded;
      const before = await start.packed();
      const adapted: Omit<AdaptedTask, "losses">[] = [];
      for (const wave of plan.waves.keys()) {
        for (const own of await adaptWave(loaded, wave, targets)) {
          const task = adapted.length;
          const after = adaptedStore(layout, moved, { start: before, own, plan, task });
          adapted.push({ parameters: start.record(after) });
        }
      }
      const all = inner.steps > 0
        ? await device.read("losses", 0, losses, "reading losses")
        : new Float32Array(0);
      const means = Array.from(
        { length: inner.steps },
        (_, s) => lossesOfTasks(tasks, all.subarray(s * targets, (s + 1) * targets), 0),
      );
      return adapted.map(({ parameters }, task) => ({
        parameters,
        losses: means.map((ofStep) => ofStep[task]),
      }));
    },
    async answer(tasks, inner, after) {
      const loaded = await load(tasks, inner, {
        moved: inner.moves,
        outer: false,
        savedSteps: 0,
        losses: tasks.windows.targetLabel.length,
        answers: after.length,
      });
      const { waves } = loaded.plan;
      const queries = waves.reduce((sum, wave) => sum + wave.queries, 0);
      const answers = after.map(() => new Float32Array(queries * model.nItems));
      let at = 0;
      for (const [i, wave] of waves.entries()) {
        const floats = wave.queries * model.nItems;
        const script = writeScript();
        const work = workOf(loaded, script, i);
        beginTasks(work);
        let step = 0;
        after.forEach((until, list) => {
          while (step < until) innerStep(work, ++step);
          answerQueries(work, list * floats, list > 0 && inner.moves !== "all");
        });
        await device.run(script);
        const read = await device.read("answers", 0, floats * after.length, "answering queries");
        after.forEach((_, list) =>
          answers[list].set(read.subarray(list * floats, (list + 1) * floats), at)
        );
        at += floats;
      }
      return answers;
    },
    async outerGradient(tasks, inner, outer) {
      const offsets = Int32Array.of(0, (tasks.parts.length - 1) / 2);
      const [loss] = await runOuter(tasks, offsets, { inner, outer, update: false });
      return {
        loss,
        gradients: await start.gradients(),
        ...(outer.learnsRates && { rateGradients: await start.rateGradients() }),
      };
    },
    async trainOuter(tasks, offsets, inner, outer) {
      const losses = await runOuter(tasks, offsets, { inner, outer, update: true });
      const by = { batch: 0, step: taken + 1, device: describeGpu(gpu) };
      checkLosses(losses, by);
      taken += losses.length;
      return losses;
    },
    export: async () => ({ step: taken, ...await start.export() }),
    dispose: device.dispose,
  };
}

/** A loaded wave, whose dispatches go to a script. */
function workOf(loaded: Loaded, script: ScriptWriter, wave: number): WaveWork {
  return { ...loaded, script, wave: loaded.plan.waves[wave] };
}
