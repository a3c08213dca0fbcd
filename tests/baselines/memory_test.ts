import { assert, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import type { Baseline } from "../../lib/baselines/baseline.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { chooseEngine, type Device } from "../../lib/engine/device.ts";
import { requestGpu } from "../../lib/engine/webgpu/device.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import { baselinesConfig, trainingOf } from "../../lib/jobs/baselines/config.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { COMMAND } from "../jobs/job.ts";

const { courses, splits } = synthesize("demo", 5, 10, 1, { users: 300, courses: 30, topics: 5 });
const DATA = { nItems: courses.length, pairs: splits.train.pairs };
const NEURAL = BASELINES.filter(({ family }) => family === "neural");

const engines: Partial<Record<Device, ReturnType<typeof chooseEngine>>> = {};

/** Measures a baseline as a run with these flags does. */
async function check({ name, check }: Baseline, flags: readonly string[], device: Device) {
  const config = baselinesConfig(parseFlags(COMMAND, flags));
  const { measure } = await (engines[device] ??= chooseEngine(device));
  const context = { measure, seed: 1, threads: config.threads || undefined };
  await check!(DATA, config.own[name], { ...context, training: trainingOf(config) });
}

async function refusal(baseline: Baseline, flags: readonly string[], device: Device = "wasm") {
  return (await assertRejects(() => check(baseline, flags, device), InputError)).message;
}

/** A baseline's own flags with the largest value that each takes, heads that divide the width. */
const largest = ({ name, config }: Baseline) =>
  Object.entries({ embeddingDim: 4096, hiddenDim: 4096, numBlocks: 64 })
    .filter(([key]) => key in config)
    .map(([key, size]) =>
      `--${name}.${key.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)}=${size}`
    );

Deno.test("every neural baseline as a run has it by default is measured and passes", async () => {
  for (const baseline of NEURAL) {
    for (const device of ["wasm", "tfjs"] as const) await check(baseline, [], device);
  }
});

for (const baseline of NEURAL) {
  Deno.test(`${baseline.name}: its largest sizes are refused at once, by name`, async () => {
    const flags = [...largest(baseline), "--batch-size=65536", "--threads=256"];
    const begin = performance.now();
    const message = await refusal(baseline, flags);
    assert(performance.now() - begin < 5000);
    for (const part of [baseline.name, "parameters", "GiB", "at most 4.0 GiB", "WebAssembly"]) {
      assertStringIncludes(message, part);
    }
  });

  Deno.test(`${baseline.name}: what the message says to try fits, each by itself`, async () => {
    const flags = [`--${baseline.name}.hidden-dim=4096`, "--threads=8"];
    const [, tried] = /Try: (.*)\.$/.exec(await refusal(baseline, flags))!;
    const tries = tried.split(" or ");
    assert(tries.length > 0 && tries[0].startsWith("--"), tried);
    for (const said of tries) {
      const [flag, value] = said.split(" ");
      const others = flags.filter((given) => !given.startsWith(`${flag}=`));
      await check(baseline, [...others, `${flag}=${value}`], "wasm");
      const more = [...others, `${flag}=${4 * Number(value)}`]; // a sharp bound but for halving
      if (flag.endsWith("hidden-dim")) await refusal(baseline, more);
    }
  });
}

Deno.test("a baseline's own batch size is named as its own, the run's as the run's", async () => {
  const [sasrec] = NEURAL.filter(({ name }) => name === "sasrec");
  const wide = ["--sasrec.hidden-dim=1024", "--sasrec.num-blocks=4", "--threads=1"];
  const run = await refusal(sasrec, [...wide, "--batch-size=65536"]);
  assertStringIncludes(run, "--batch-size ");
  const own = await refusal(sasrec, [...wide, "--sasrec.batch-size=65536"]);
  assertStringIncludes(own, "--sasrec.batch-size ");
});

Deno.test("on a GPU a buffer's size is the bound", async () => {
  const gpu = await requestGpu({ allowSoftware: true });
  if (gpu === undefined) return console.warn("skipped: there is no WebGPU adapter");
  gpu.device.destroy();
  for (const baseline of NEURAL) {
    await check(baseline, [], "webgpu");
    const flags = [
      `--${baseline.name}.hidden-dim=4096`,
      "--batch-size=65536",
      "--max-seq-len=1000",
    ];
    if ("numBlocks" in baseline.config) flags.push(`--${baseline.name}.num-blocks=64`);
    assertStringIncludes(await refusal(baseline, flags, "webgpu"), "a buffer of");
  }
});

Deno.test("a catalogue that no size makes fit is said to be too large", async () => {
  const { check } = NEURAL[0];
  const { measure } = await (engines.wasm ??= chooseEngine("wasm"));
  const config = baselinesConfig(parseFlags(COMMAND, []));
  const context = { measure, seed: 1, threads: 1, training: trainingOf(config) };
  const own = { ...config.own[NEURAL[0].name], embeddingDim: 1, hiddenDim: 1 };
  const error = await assertRejects(
    () => check!({ ...DATA, nItems: 1e9 }, own, context),
    InputError,
  );
  assertStringIncludes(error.message, "Try: a catalogue of fewer courses");
});

Deno.test("a model that no engine can hold has no weights made", () => {
  const model = sasRecModel(30, { hiddenDim: 4096, numBlocks: 64 });
  const { message } = assertThrows(() => startingState(model, 1), InputError);
  assertStringIncludes(message, "12,8");
});
