/**
 * `deno task bench`: timings as tables on the terminal and as JSON in reports/bench/. Never part of
 * a test.
 */
import type { Command } from "../lib/settings/command.ts";
import { choice, list, toggle } from "../lib/settings/settings.ts";
import { runCommand } from "../lib/cli/command.ts";
import { InputError, show } from "../lib/errors/input_error.ts";
import { table } from "../lib/terminal/table.ts";
import { VERSION } from "../lib/terminal/terminal.ts";
import { writeJson } from "../lib/files/atomic.ts";
import { describeEnvironment } from "../lib/runs/environment.ts";
import type { BenchTable } from "./bench/bench.ts";
import { benchFewshot } from "./bench/fewshot.ts";
import { benchGemm } from "./bench/gemm.ts";
import { benchNeighbours } from "./bench/neighbours.ts";
import { benchPositions } from "./bench/positions.ts";
import { benchTraining } from "./bench/training.ts";
import { benchWebGpu, benchWebGpuKernels } from "./bench/webgpu.ts";
import { benchWebGpuFewshot } from "./bench/webgpu_fewshot.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { give, sayJson } from "../lib/terminal/say.ts";

const BENCHES: Readonly<Record<string, (quick: boolean) => Promise<BenchTable> | BenchTable>> = {
  gemm: benchGemm,
  training: benchTraining,
  positions: benchPositions,
  neighbours: benchNeighbours,
  fewshot: benchFewshot,
  prepare: async (quick) =>
    await (await import("./bench/prepare.ts")).benchPrepare(quick ? [100_000, 200_000] : undefined),
  serve: async (quick) =>
    await (await import("./bench/serve.ts")).benchServe(quick ? { rates: [200], seconds: 3 } : {}),
  history: async (quick) => await (await import("./bench/history.ts")).benchHistory(quick ? 3 : 20),
};
const WEBGPU_BENCHES: typeof BENCHES = {
  training: benchWebGpu,
  kernels: benchWebGpuKernels,
  fewshot: benchWebGpuFewshot,
};

const FLAGS = {
  device: choice(["wasm", "webgpu"] as const, "which engine's benches", "wasm"),
  only: list("name,…", `benches to run; of wasm: ${Object.keys(BENCHES).join(", ")}`, []),
  quick: toggle("fewer repetitions, smaller data: to see that it works"),
  json: JSON_OUT,
};
const COMMAND: Command<typeof FLAGS> = {
  name: "bench",
  summary: "measures the engines and the scripts",
  flags: FLAGS,
};

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { device, only, quick, json } }) => {
    const benches = device === "wasm" ? BENCHES : WEBGPU_BENCHES;
    const names = only.length > 0 ? only : Object.keys(benches);
    const unknown = names.find((name) => benches[name] === undefined);
    if (unknown !== undefined) {
      throw new InputError({
        doing: "reading --only",
        found: `no bench ${show(unknown)} for ${device}`,
        wanted: Object.keys(benches).join(", "),
      });
    }
    const environment = await describeEnvironment(".", VERSION);
    const results: Record<string, BenchTable> = {};
    for (const name of names) {
      const result = await benches[name](quick);
      results[name] = result;
      if (!json) {
        give(
          `\n== ${result.title}\n\n${
            table(result.columns, result.rows.map((row) => row.map(String)))
          }\n${(result.notes ?? []).map((note) => `   ${note}`).join("\n")}`,
        );
      }
      await writeJson(`reports/bench/${device}_${name}.json`, { ...result, quick, environment });
    }
    if (json) sayJson({ device, quick, results, environment }, 2);
  }),
);
