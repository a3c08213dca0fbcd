/** Variants timed on an adapter: each computes the same, and what is chosen is kept. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Engine } from "../../../lib/engine/engine.ts";
import {
  type Tuned,
  type TuningMemory,
  TuningStopped,
  type Variant,
} from "../../../lib/engine/tuning.ts";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import { requestGpu } from "../../../lib/engine/webgpu/device.ts";
import { createWebGpuEngine } from "../../../lib/engine/webgpu/engine.ts";
import { threadsOf } from "../../../lib/engine/webgpu/program.ts";
import { distinctVariants, kernelVariants } from "../../../lib/engine/webgpu/variants.ts";
import { batchCount } from "../../../lib/samplers/sequences.ts";
import { assertClose } from "../../close.ts";
import { readOracle } from "../reference.ts";
import { gpuTest, using } from "./cases.ts";

const SOFTWARE = { allowSoftware: true };
const { options, plan, losses, gradients } = readOracle("gru_changing_batches.json");

const probe = await requestGpu(SOFTWARE);
const most = probe && threadsOf(probe);
const hasClock = probe?.device.features.has("timestamp-query") === true;
probe?.device.destroy();

/** Trains through the plan; all bits that came of it. */
async function bitsOf(engine: Engine): Promise<unknown> {
  return await using(engine, async () => [
    await engine.train(plan, 0, batchCount(plan)),
    await engine.export(),
  ]);
}

/** Remembers in a map; `events` are what it heard. */
function memory(kept: Map<string, Tuned> = new Map()) {
  const events: string[] = [];
  const tuning: TuningMemory = {
    recall: (key) => Promise.resolve(kept.get(key)),
    keep(key, tuned, timed) {
      kept.set(key, tuned);
      events.push(timed ? "timed" : "recalled");
      return Promise.resolve();
    },
    refuse: (why) => void events.push(why),
  };
  return { kept, events, options: { ...options, tuning: { ...tuning, plan } } };
}

gpuTest("every variant gives PyTorch's losses and gradients", async () => {
  const gpu = (await requestGpu(SOFTWARE))!;
  gpu.device.destroy();
  const variants = distinctVariants(
    kernelVariants(most!),
    (variant) => programOf(options)(gpu, variant),
  );
  assert(variants.length > 1);
  for (const variant of variants) {
    const engine = await createWebGpuEngine(options, { ...SOFTWARE, variant });
    await using(engine, async () => {
      const name = JSON.stringify(variant);
      const first = await engine.gradients(plan, 0);
      for (const [key, { data }] of Object.entries(gradients[0])) {
        assertClose(first.gradients[key].data, data, `${name}, gradient of ${key}`);
      }
      const got = await engine.train(plan, 0, batchCount(plan));
      assertClose(got, losses, `${name}, losses`);
    });
  }
});

gpuTest(
  `a tuned engine trains as its variant does, twice${
    hasClock ? "" : ": skipped, the adapter has no timestamps"
  }`,
  async () => {
    if (!hasClock) return;
    const first = memory();
    const engine = await createWebGpuEngine(first.options, SOFTWARE);
    const { tuned } = engine;
    const times = tuned!.times.map(({ ms }) => ms!);
    assert(times.length > 1 && times.every((ms) => ms > 0), JSON.stringify(tuned));
    const bits = await bitsOf(engine);
    const { chosen: variant } = tuned!;
    // timing has not moved the state
    assertEquals(bits, await bitsOf(await createWebGpuEngine(options, { ...SOFTWARE, variant })));
    const second = memory(first.kept);
    assertEquals(await bitsOf(await createWebGpuEngine(second.options, SOFTWARE)), bits);
    assertEquals([first.events, second.events], [["timed"], ["recalled"]]);
  },
);

gpuTest("a slow device is timed as far as time goes, and a wish to stop is heard", async () => {
  if (!hasClock) return;
  const slow = memory();
  const engine = await createWebGpuEngine(slow.options, { ...SOFTWARE, tuningMs: 0 });
  const { chosen, times } = engine.tuned!;
  const [own, ...others] = times;
  assert(own.ms! > 0 && others.length > 0);
  for (const { error } of others) assertEquals(error, "not timed: 0 s were over");
  assertEquals([chosen.threads, chosen.registers], [own.threads, own.registers]);
  assert(typeof (await bitsOf(engine)) === "object", "it trains");

  const { options: asked, events } = memory();
  let looks = 0;
  const begun: number[] = [];
  const tuning = {
    ...asked.tuning,
    begin: (variants: number, seconds: number) => void begun.push(variants, seconds),
    stopped: () => ++looks > 2,
  };
  await assertRejects(() => createWebGpuEngine({ ...asked, tuning }, SOFTWARE), TuningStopped);
  assertEquals([looks, events], [3, []], "between batches, and nothing is kept");
  assertEquals(begun, [times.length, 20]);
});

gpuTest("what is remembered is taken where the device can have it", async () => {
  const own: Variant = { threads: most!, registers: true, stepsASubmit: 128 };
  const first = memory();
  const slow = memory();
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = function (asked) {
    return requestDevice.call(this, { ...asked, requiredFeatures: [] });
  };
  try {
    const untuned = await createWebGpuEngine(slow.options, SOFTWARE);
    assertEquals(untuned.tuned, undefined);
    assertEquals(await bitsOf(untuned), await bitsOf(await createWebGpuEngine(options, SOFTWARE)));
    assert(slow.events[0].endsWith("has no timestamps"), slow.events[0]);
    const chosen = { ...own, threads: 64, stepsASubmit: 8 };
    first.options.tuning.recall = () =>
      Promise.resolve({ adapter: "", chosen, times: [{ ...chosen, ms: 1 }] });
    const taken = await createWebGpuEngine(first.options, SOFTWARE);
    assert(taken.device.endsWith("tuned: at most 64 threads a workgroup, 8 steps a submit"));
    taken.dispose();
    chosen.threads = 4096;
    const none = await createWebGpuEngine(first.options, SOFTWARE);
    assertEquals(none.tuned, undefined);
    none.dispose();
  } finally {
    GPUAdapter.prototype.requestDevice = requestDevice;
  }
});
