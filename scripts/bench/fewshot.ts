/**
 * Outer steps of meta-training on preset xuetangx: 32 tasks, 5 inner steps, K=5, Q=10. PyTorch
 * takes the same steps from the same start right after.
 */
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { ADAM } from "../../lib/engine/engine.ts";
import type { OuterLoop } from "../../lib/engine/adaptation.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { createWasmAdaptation } from "../../lib/engine/wasm/tasks/adaptation.ts";
import { messageOf } from "../../lib/errors/input_error.ts";
import { taskDraws } from "../../lib/fewshot/meta_tasks.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { type TaskPairs, taskWindows } from "../../lib/samplers/task_windows.ts";
import { type BenchTable, median } from "./bench.ts";

const TASKS = 32;
const INNER = { optimizer: "sgd", moves: "all", rate: 0.01, steps: 5 } as const;
const METHODS: Readonly<Record<string, OuterLoop["method"]>> = {
  FOMAML: "first_order",
  "MAML, second order": "second_order",
};

/** Medians over outer steps. */
export async function benchFewshot(quick: boolean): Promise<BenchTable> {
  const { courses, splits } = synthesize("xuetangx", 5, 10);
  const model = gruModel(courses.length);
  const draws = taskDraws(splits.train, "users", TASKS, 1);
  const steps = Array.from(
    { length: quick ? 3 : 12 },
    (_, step) => [...draws.draw(step + 1)].map(draws.pairs),
  );
  const state = startingState(model, 1);
  const rows: (string | number)[][] = [];
  const losses: number[] = [];
  const best: Record<string, number> = {};
  const cores = navigator.hardwareConcurrency;
  for (const [name, method] of Object.entries(METHODS)) {
    for (const threads of [...new Set([1, cores])]) {
      const adaptation = await createWasmAdaptation({ model, state, optimizer: ADAM, threads });
      const outer = { method, learnsRates: false, clipNorm: 10 };
      const times: number[] = [];
      for (const step of steps) {
        const begin = performance.now();
        const windows = taskWindows(step, model.maxLen, "shared");
        const offsets = Int32Array.of(0, step.length);
        const [loss] = await adaptation.trainOuter(windows, offsets, INNER, outer);
        times.push(performance.now() - begin);
        if (times.length === 1) losses.push(loss);
      }
      adaptation.dispose();
      const ms = median(times);
      best[name] = Math.min(best[name] ?? Infinity, ms);
      rows.push([name, `wasm, ${threads} threads`, ms.toFixed(0), ""]);
    }
  }
  const ratio = best["MAML, second order"] / best.FOMAML;
  const peer = await torchPeer(steps, state.parameters);
  for (const [way, { ms, loss }] of Object.entries(peer.results)) {
    if (loss !== undefined && !(Math.abs(loss - losses[0]) < 1e-4)) {
      throw new Error(`PyTorch's loss is ${loss}, ours ${losses[0]}: not the same step`);
    }
    rows.push([
      "FOMAML",
      `PyTorch ${peer.version}, ${way}`,
      ms.toFixed(0),
      `${(ms / best.FOMAML).toFixed(1)} times ours`,
    ]);
  }
  return {
    title: "An outer step of meta-training, 32 tasks, 5 inner steps, preset xuetangx",
    columns: ["method", "engine", "ms a step", "against"],
    rows,
    notes: [
      `medians of ${steps.length} steps`,
      `second order takes ${ratio.toFixed(1)} times FOMAML`,
      ...peer.notes,
    ],
  };
}

interface Peer {
  readonly version: string;
  readonly results: Readonly<Record<string, { readonly ms: number; readonly loss?: number }>>;
  readonly notes: readonly string[];
}

/** The same steps in PyTorch; without torch it says so and gives nothing. */
async function torchPeer(
  steps: readonly (readonly TaskPairs[])[],
  parameters: ReturnType<typeof startingState>["parameters"],
): Promise<Peer> {
  const python = Deno.env.get("PYTHON") ?? "python3";
  const script = new URL("./peers/torch_fewshot.py", import.meta.url).pathname;
  const pairs = (list: TaskPairs["support"]) =>
    list.map(({ prefix, label }) => [[...prefix.subarray(-50)], label]);
  const start = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]),
  );
  const given = await Deno.makeTempFile();
  try {
    const tasks = steps.map((step) =>
      step.map(({ support, queries }) => ({ support: pairs(support), queries: pairs(queries) }))
    );
    await Deno.writeTextFile(given, JSON.stringify({ start, steps: tasks }));
    const { success, stdout, stderr } = await new Deno.Command(python, { args: [script, given] })
      .output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim().split("\n").pop());
    return { ...JSON.parse(new TextDecoder().decode(stdout)), notes: [] };
  } catch (error) {
    const notes = [`PyTorch SKIPPED: ${python} cannot run ${script} (${messageOf(error)})`];
    return { version: "", results: {}, notes };
  } finally {
    await Deno.remove(given);
  }
}
