/** Meta-training learns to learn what no prefix tells, on the CPU and on a GPU. */
import { createWasmAdaptation } from "../../lib/engine/wasm/tasks/adaptation.ts";
import { createWebGpuAdaptation } from "../../lib/engine/webgpu/tasks/adaptation.ts";
import { metaMethods } from "../../lib/fewshot/meta_methods.ts";
import { gpuTest } from "../engine/webgpu/cases.ts";
import { learnsPermutations } from "./permutation_tasks.ts";

const SIZE = {
  courses: 10,
  embeddingDim: 16,
  hiddenDim: 32,
  steps: 300,
  validateEvery: 50,
  outerRate: 5e-3,
  innerRate: 0.3,
  innerSteps: 3,
};

for (const method of metaMethods(1)) {
  Deno.test(`${method.name} learns to learn a permutation that no prefix tells`, () =>
    learnsPermutations(method, createWasmAdaptation, SIZE));
}

/**
 * Few steps of a small network, because software adapters are slow; on the CPU it learns too. One
 * method of first order, one of second order with learnt rates.
 */
const SMALL = {
  courses: 8,
  embeddingDim: 8,
  hiddenDim: 16,
  steps: 60,
  validateEvery: 30,
  outerRate: 2e-2,
  innerRate: 1,
  innerSteps: 2,
};

for (const method of metaMethods(1).filter(({ name }) => ["maml", "meta_sgd"].includes(name))) {
  gpuTest(`${method.name} learns to learn a permutation on a GPU, too`, () =>
    learnsPermutations(
      method,
      (options) => createWebGpuAdaptation(options, { allowSoftware: true }),
      SMALL,
    ));
}
