/**
 * `deno task gpu`: which adapter the webgpu engine would take, and with --bench how fast it is. The
 * program that goes to GPU servers.
 */
import { runCommand } from "../lib/cli/command.ts";
import type { Command } from "../lib/settings/command.ts";
import { toggle } from "../lib/settings/settings.ts";
import { table } from "../lib/terminal/table.ts";
import { VERSION } from "../lib/terminal/terminal.ts";
import { describeGpu, requestGpu } from "../lib/engine/webgpu/device.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { writeJson } from "../lib/files/atomic.ts";
import { describeEnvironment } from "../lib/runs/environment.ts";
import { benchWebGpu, benchWebGpuKernels } from "./bench/webgpu.ts";
import { measureFully } from "./gpu/full.ts";
import { findVulkan } from "./gpu/vulkan.ts";
import { benchWebGpuFewshot } from "./bench/webgpu_fewshot.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { give, say, sayJson } from "../lib/terminal/say.ts";

const FLAGS = {
  bench: toggle(
    "measure training and meta-training at the notebook's sizes, and every kernel; writes " +
      "reports/bench/",
  ),
  quick: toggle("fewer repetitions, smaller data"),
  full: toggle("everything about the card in one file, in ten minutes: reports/gpu/full.json"),
  json: JSON_OUT,
};
const BENCHES = {
  training: benchWebGpu,
  kernels: benchWebGpuKernels,
  fewshot: benchWebGpuFewshot,
};
const COMMAND: Command<typeof FLAGS> = {
  name: "gpu",
  summary: "shows which GPU is there and, asked to, measures it",
  flags: FLAGS,
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { bench, quick, full, json } }) => {
    // before anything asks for an adapter: what it writes is read then
    const vulkan = full && Deno.build.os === "linux" ? await findVulkan("reports/gpu") : undefined;
    const tell = json ? say : give; // say is silent then
    const told: Record<string, unknown> = {};
    for (const path of vulkan?.written ?? []) tell(`written: ${path}`);
    for (const thing of vulkan?.missing ?? []) tell(`missing: ${thing}`);
    const gpu = await requestGpu({ allowSoftware: true });
    if (gpu === undefined) {
      throw new InputError({
        doing: "looking for a GPU",
        found: "there is no WebGPU adapter",
        wanted: "a GPU with its driver and, on Linux, the Vulkan loader (libvulkan1)",
        next: "check that vulkaninfo --summary lists the card",
      });
    }
    told.adapter = describeGpu(gpu);
    told.software = gpu.software;
    told.limits = gpu.limits;
    told.features = [...gpu.device.features];
    tell(
      `adapter: ${describeGpu(gpu)}${gpu.software ? " (--device auto does not take it)" : ""}`,
    );
    tell(
      table(
        ["limit", "value"],
        Object.entries(gpu.limits).map(([limit, value]) => [limit, `${value}`]),
      ),
    );
    tell(`features: ${[...gpu.device.features].join(", ")}`);
    gpu.device.destroy();
    const environment = await describeEnvironment(".", VERSION);
    if (full) {
      const { limits, device } = gpu;
      const measured = await measureFully(gpu);
      const file = "reports/gpu/full.json";
      await writeJson(file, {
        ...measured,
        limits,
        features: [...device.features],
        vulkan,
        environment,
      });
      told.full = file;
      tell(`\n== Summary of ${measured.device}, ${measured.seconds.toFixed(0)} s`);
      measured.summary.forEach(tell);
      tell(`everything: ${file}`);
    }
    const benches: Record<string, unknown> = {};
    for (
      const [name, measure] of bench ? Object.entries(BENCHES) : []
    ) {
      const result = await measure(quick);
      benches[name] = result;
      tell(
        `\n== ${result.title}\n\n${
          table(result.columns, result.rows.map((row) => row.map(String)))
        }`,
      );
      tell((result.notes ?? []).map((note) => `   ${note}`).join("\n"));
      await writeJson(`reports/bench/webgpu_${name}.json`, { ...result, quick, environment });
    }
    if (json) sayJson({ ...told, ...bench && { benches } }, 2);
  }),
);
