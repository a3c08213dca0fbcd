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
import { benchWebGpuFewshot } from "./bench/webgpu_fewshot.ts";
import { say } from "../lib/terminal/say.ts";

const FLAGS = {
  bench: toggle(
    "measure training and meta-training at the notebook's sizes, and every kernel; writes " +
      "reports/bench/",
  ),
  quick: toggle("fewer repetitions, smaller data"),
};
const COMMAND: Command<typeof FLAGS> = {
  name: "gpu",
  summary: "shows which GPU is there and, asked to, measures it",
  flags: FLAGS,
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { bench, quick } }) => {
    const gpu = await requestGpu({ allowSoftware: true });
    if (gpu === undefined) {
      throw new InputError({
        doing: "looking for a GPU",
        found: "there is no WebGPU adapter",
        wanted: "a GPU with its driver and, on Linux, the Vulkan loader (libvulkan1)",
        next: "check that vulkaninfo --summary lists the card",
      });
    }
    say(
      `adapter: ${describeGpu(gpu)}${gpu.software ? " (--device auto does not take it)" : ""}`,
    );
    say(
      table(
        ["limit", "value"],
        Object.entries(gpu.limits).map(([limit, value]) => [limit, `${value}`]),
      ),
    );
    say(`features: ${[...gpu.device.features].join(", ")}`);
    gpu.device.destroy();
    if (!bench) return;
    const environment = await describeEnvironment(".", VERSION);
    for (
      const [name, measure] of Object.entries({
        training: benchWebGpu,
        kernels: benchWebGpuKernels,
        fewshot: benchWebGpuFewshot,
      })
    ) {
      const result = await measure(quick);
      say(
        `\n== ${result.title}\n\n${
          table(result.columns, result.rows.map((row) => row.map(String)))
        }`,
      );
      say((result.notes ?? []).map((note) => `   ${note}`).join("\n"));
      await writeJson(`reports/bench/webgpu_${name}.json`, { ...result, quick, environment });
    }
  }),
);
