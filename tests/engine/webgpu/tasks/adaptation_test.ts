/** The GPU's adaptation: as PyTorch's, as the CPU's, on small devices too; the same bits again. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ADAM } from "../../../../lib/engine/engine.ts";
import {
  type Adaptation,
  type AdaptationOptions,
  type InnerLoop,
  MOVES,
} from "../../../../lib/engine/adaptation.ts";
import { chooseAdaptation } from "../../../../lib/engine/device.ts";
import { startingState } from "../../../../lib/engine/training_state.ts";
import { createWasmAdaptation } from "../../../../lib/engine/wasm/tasks/adaptation.ts";
import {
  type AdaptationRequest,
  createWebGpuAdaptation,
} from "../../../../lib/engine/webgpu/tasks/adaptation.ts";
import { InputError } from "../../../../lib/errors/input_error.ts";
import { gruModel } from "../../../../lib/models/gru.ts";
import { parameterSpecs } from "../../../../lib/models/neural.ts";
import { sasRecModel } from "../../../../lib/models/sasrec.ts";
import { taskWindows } from "../../../../lib/samplers/task_windows.ts";
import { assertClose } from "../../../close.ts";
import { testAdaptation } from "../../adaptation_parity.ts";
import { loopsOf, readAdaptationReference, referenceState } from "../../adaptation_reference.ts";
import { movedState } from "../../moved_state.ts";
import { adapterThere, gpuTest } from "../cases.ts";
import { randomTasks } from "./random_tasks.ts";

testAdaptation("webgpu", createWebGpuAdaptation, 1, adapterThere);

/** 64 threads a workgroup, and tasks that do not all fit into memory together. */
const SMALL: AdaptationRequest = {
  allowSoftware: true,
  limits: { maxComputeInvocationsPerWorkgroup: 64 },
  mostTasks: 2,
};

async function using<T>(adaptation: Adaptation, run: (of: Adaptation) => Promise<T>): Promise<T> {
  try {
    return await run(adaptation);
  } finally {
    adaptation.dispose();
  }
}

gpuTest("a small device takes a step's tasks in waves, and the sum is the same", async () => {
  const reference = readAdaptationReference();
  const { model, tasks, optimizer, methods } = reference;
  const windows = taskWindows(tasks, model.maxLen, "shared");
  for (const method of ["fomaml", "meta_sgd"] as const) {
    const { inner, outer } = loopsOf(reference, method);
    const state = referenceState(reference, outer.learnsRates);
    const create = createWebGpuAdaptation({ model, state, optimizer }, SMALL);
    await using(await create, async (adaptation) => {
      const { gradients, rateGradients } = await adaptation.outerGradient(windows, inner, outer);
      const { gradient, rate_gradients } = methods[method];
      const near = method === "fomaml" ? [1e-5, 1e-4] as const : [1e-4, 1e-3] as const;
      for (const [name, { data }] of Object.entries(gradients)) {
        assertClose(data, gradient[name], name, ...near);
      }
      if (rateGradients === undefined) return;
      const rates = parameterSpecs(model).map(({ name }) => rate_gradients![name]);
      assertClose(rateGradients, rates, "rates", ...near);
    });
  }
});

const NOTEBOOK = gruModel(343);
const TASKS = taskWindows(randomTasks(343, 3, 4), NOTEBOOK.maxLen, "shared");
const ASKED = taskWindows(randomTasks(343, 3, 4), NOTEBOOK.maxLen, "apart");

/** Options of a model that has been trained. */
function optionsOf(): AdaptationOptions {
  return { model: NOTEBOOK, state: movedState(NOTEBOOK), optimizer: ADAM, threads: 1 };
}

for (const moves of MOVES) {
  gpuTest(`at the notebook's sizes ${moves} moves as on the CPU`, async () => {
    const options = optionsOf();
    const answered = async (adaptation: Adaptation) => {
      const found = [];
      for (const optimizer of ["sgd", "adam"] as const) {
        // Adam makes much of the rounding of a gradient near zero: its steps are short
        const rate = optimizer === "sgd" ? 0.3 : 0.0003;
        const inner: InnerLoop = { optimizer, moves, rate, steps: 2 };
        const adapted = await adaptation.adapt(TASKS, inner);
        found.push({ adapted, answers: await adaptation.answer(ASKED, inner, [0, 1, 2]) });
      }
      return found;
    };
    const gpu = await using(await createWebGpuAdaptation(options), answered);
    const cpu = await using(await createWasmAdaptation(options), answered);
    gpu.forEach(({ adapted, answers }, i) => {
      adapted.forEach(({ parameters, losses }, task) => {
        const wanted = cpu[i].adapted[task];
        assertClose(losses, wanted.losses, "losses");
        for (const [name, { data }] of Object.entries(parameters)) {
          assertClose(data, wanted.parameters[name].data, `task ${task}, ${name}`);
        }
      });
      answers.forEach((rows, after) => assertClose(rows, cpu[i].answers[after], "answers"));
    });
  });
}

gpuTest("two runs give the same bits, in one call or in several", async () => {
  const options = optionsOf();
  const inner: InnerLoop = { optimizer: "sgd", moves: "all", rate: 0.1, steps: 2 };
  const outer = { method: "first_order", learnsRates: false, clipNorm: 1 } as const;
  const one = (task: number) =>
    taskWindows(randomTasks(343, 3, 4).slice(task, task + 1), 50, "shared");
  const once = await using(await createWebGpuAdaptation(options), async (adaptation) => {
    await adaptation.trainOuter(TASKS, Int32Array.of(0, 1, 2, 3), inner, outer);
    return await adaptation.export();
  });
  const resumed = await using(await createWebGpuAdaptation(options), async (adaptation) => {
    await adaptation.trainOuter(one(0), Int32Array.of(0, 1), inner, outer);
    return await adaptation.export();
  });
  const again = { ...options, state: resumed };
  const twice = await using(await createWebGpuAdaptation(again), async (adaptation) => {
    await adaptation.trainOuter(one(1), Int32Array.of(0, 1), inner, outer);
    await adaptation.trainOuter(one(2), Int32Array.of(0, 1), inner, outer);
    return await adaptation.export();
  });
  assertEquals(twice, once);
});

Deno.test("a model without kernels for its tasks is refused before a device is asked", async () => {
  const tied = gruModel(7, { embeddingDim: 8, hiddenDim: 8, tied: true, ownPadding: true });
  for (
    const [model, found] of [
      [tied, "one table for items and output"],
      [sasRecModel(7, { hiddenDim: 8, readout: "all_positions" }), "no GRU"],
    ] as const
  ) {
    const { message } = await assertRejects(
      () => createWebGpuAdaptation({ model, state: startingState(model, 1), optimizer: ADAM }),
      InputError,
    );
    assertStringIncludes(message, found);
    assertStringIncludes(message, "--device wasm or --methods untrained");
  }
});

Deno.test("the device adapts where it has the kernels, else the CPU", async () => {
  const tied = gruModel(7, { embeddingDim: 8, hiddenDim: 8, tied: true, ownPadding: true });
  const everyPosition = sasRecModel(7, { hiddenDim: 8, readout: "all_positions" });
  const chosen = async (...asked: Parameters<typeof chooseAdaptation>) =>
    (await chooseAdaptation(...asked)).name;
  assertEquals(await chosen("webgpu", NOTEBOOK), "webgpu");
  assertEquals(await chosen("webgpu", everyPosition), "wasm");
  assertEquals(await chosen("webgpu", tied), "wasm");
  assertEquals(await chosen("wasm", NOTEBOOK), "wasm");
  assertEquals(await chosen("tfjs-webgpu", NOTEBOOK), "wasm");
});
