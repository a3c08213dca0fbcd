/**
 * Everything about a card in one call, without a network and in minutes: what there is of Vulkan,
 * parity with PyTorch's fixtures, a whole training with its timeline, kernels against their floors,
 * other choices, and PyTorch beside it. Each part is told as it ends; one that fails does not end
 * the others.
 */
import { messageOf } from "../../lib/errors/input_error.ts";
import { describeGpu, type Gpu } from "../../lib/engine/webgpu/device.ts";
import { say } from "../../lib/terminal/say.ts";
import { table } from "../../lib/terminal/table.ts";
import { ORACLES } from "../../tests/engine/reference.ts";
import { NOTEBOOK, notebookPairs } from "../bench/notebook_lengths.ts";
import { torchPeer } from "../bench/torch_peer.ts";
import { benchWebGpuKernels, modelsOver } from "../bench/webgpu.ts";
import { checkParity, type ParityRow } from "./parity.ts";
import { sweep, type SweepRow } from "./sweep.ts";
import { timeFit, type Timeline } from "./timeline.ts";

/** Seconds for everything; parts that would begin later are left out and named. */
const MOST_SECONDS = 540;

/** Sizes: the notebook's on a card, so little on a software adapter that it only shows it works. */
interface Sizes {
  readonly fixtures: readonly (typeof ORACLES[number])[];
  readonly pairs: number;
  readonly sweepPairs: number;
  readonly batch: number;
  readonly epochs: number;
  readonly catalogues: readonly number[];
  /** Names of `modelsOver`: those that are trained, and those that are trained in many ways. */
  readonly models: readonly string[];
  readonly swept: readonly string[];
}
const CARD: Sizes = {
  fixtures: ORACLES,
  pairs: NOTEBOOK.pairs,
  sweepPairs: 20_000,
  batch: 256,
  epochs: NOTEBOOK.epochs,
  catalogues: [343, 1350, 100_000],
  models: ["GRU, pairs", "SASRec, last_column"],
  swept: ["GRU, pairs", "SASRec, last_column"],
};
const SOFTWARE: Sizes = {
  fixtures: ["gru_changing_batches.json", "sasrec_small.last_item.json"],
  pairs: 12,
  sweepPairs: 12,
  batch: 8,
  epochs: 2,
  catalogues: [343],
  models: ["GRU, pairs", "SASRec, last_item"],
  swept: ["GRU, pairs"],
};

/** What a full measurement found; a part that failed or was left out says so instead. */
export interface FullResult {
  readonly device: string;
  readonly software: boolean;
  readonly seconds: number;
  readonly parts: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
  readonly summary: readonly string[];
}

/** Measures everything on an adapter. */
export async function measureFully(gpu: Gpu): Promise<FullResult> {
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1000;
  const sizes = gpu.software ? SOFTWARE : CARD;
  const parts: Record<string, unknown> = {};
  const problems: string[] = [];
  async function part<T>(name: string, run: () => Promise<T>): Promise<T | undefined> {
    if (seconds() > MOST_SECONDS) {
      problems.push(`${name}: left out after ${seconds().toFixed(0)} s`);
      return undefined;
    }
    say(`== ${name} (${seconds().toFixed(0)} s)`);
    try {
      const result = await run();
      parts[name] = result;
      return result;
    } catch (error) {
      problems.push(`${name}: ${messageOf(error)}`);
      say(`   ${messageOf(error)}`);
      return undefined;
    }
  }
  const parity = await part("parity with PyTorch's fixtures", () => checkParity(sizes.fixtures));
  const pairs = notebookPairs(sizes.pairs);
  const timelines: Record<string, Timeline> = {};
  for (const name of sizes.models) {
    const model = modelsOver(NOTEBOOK.courses)[name];
    const { batch, epochs } = sizes;
    const timeline = await part(
      `training, ${name}`,
      () => timeFit({ model, pairs, batch, epochs }),
    );
    if (timeline !== undefined) timelines[name] = timeline;
  }
  const peer = await part("PyTorch", () => {
    if (!gpu.software) return torchPeer(pairs, false, "cuda");
    const notes = ["PyTorch CUDA SKIPPED: there is no hardware GPU"];
    return Promise.resolve({ version: "", results: {}, notes });
  });
  const swept = await part(
    "other choices",
    () =>
      sweep(gpu, {
        pairs: notebookPairs(sizes.sweepPairs),
        courses: NOTEBOOK.courses,
        batch: sizes.batch,
        models: sizes.swept,
      }),
  );
  for (const courses of sizes.catalogues) {
    const kernels = await part(
      `kernels over ${courses} courses`,
      () => benchWebGpuKernels(gpu.software, courses, sizes.models),
    );
    if (kernels !== undefined) say(table(kernels.columns, kernels.rows.map((r) => r.map(String))));
  }
  return {
    device: describeGpu(gpu),
    software: gpu.software,
    seconds: seconds(),
    parts,
    problems,
    summary: [
      ...summaryOfParity(parity),
      ...Object.entries(timelines).flatMap(([name, t]) => summaryOfTraining(name, t, peer)),
      ...summaryOfSweep(swept),
      ...peer?.notes ?? [],
      ...problems,
    ],
  };
}

function summaryOfParity(rows: readonly ParityRow[] | undefined): string[] {
  if (rows === undefined) return [];
  const right = rows.filter(({ error }) => error === "").length;
  const same = rows.filter(({ repeats }) => repeats).length;
  return [
    `parity: ${right} of ${rows.length} fixtures within the tests' tolerance, ` +
    `${same} with the same bits in two runs`,
    ...rows.filter(({ error }) => error !== "").map((row) => `  ${row.fixture}: ${row.error}`),
  ];
}

function summaryOfTraining(
  name: string,
  { epochs, steps, start, total, firstPlan, laterPlans, encode, encodeStep, wait }: Timeline,
  peer: { readonly results: Readonly<Record<string, { readonly ms: number }>> } | undefined,
): string[] {
  const s = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const torch = peer?.results[name];
  return [
    `${name}: ${epochs} epochs, ${steps} steps in ${s(total)} ` +
    `(${(total / steps).toFixed(3)} ms a step) after ${s(start)} of compiling; of it ` +
    `first plan ${s(firstPlan)}, later plans ${s(laterPlans)}, ` +
    `commands ${s(encode)} (${encodeStep.toFixed(0)} µs a step), waiting ${s(wait)}`,
    ...torch === undefined ? [] : [
      `  PyTorch ${torch.ms.toFixed(3)} ms a step: ${(torch.ms * steps / total).toFixed(1)} times`,
    ],
  ];
}

function summaryOfSweep(rows: readonly SweepRow[] | undefined): string[] {
  const names = [...new Set(rows?.map(({ model }) => model))];
  return names.flatMap((name) => {
    const of = rows!.filter(({ model, error }) => model === name && error === "");
    if (of.length === 0) return [];
    const best = of.reduce((a, b) => b.msAStep < a.msAStep ? b : a);
    return [
      `${name}, best of ${of.length} choices: ${best.threads} threads, ` +
      `${best.stepsASubmit} steps a submit, ${best.msAStep.toFixed(3)} ms a step ` +
      `(the engine's own: ${of[0].msAStep.toFixed(3)})`,
    ];
  });
}
