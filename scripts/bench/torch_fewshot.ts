/** The same outer steps in PyTorch, where a Python with torch is at hand (`PYTHON` names one). */
import { messageOf } from "../../lib/errors/input_error.ts";
import type { Parameters } from "../../lib/models/parameters.ts";
import type { TaskPair, TaskPairs } from "../../lib/samplers/task_windows.ts";

/** What a step took in milliseconds, medians, and the first step's loss. */
export interface PeerStep {
  readonly ms: number;
  readonly cpu_ms: number;
  readonly loss?: number;
}

/** Steps by the way in which PyTorch took them. */
export interface PeerSteps {
  readonly version: string;
  readonly results: Readonly<Record<string, PeerStep>>;
  readonly notes: readonly string[];
}

const SCRIPT = new URL("./peers/torch_fewshot.py", import.meta.url).pathname;

/** Has PyTorch take the steps; without torch it says so and gives nothing. */
export async function torchSteps(
  steps: readonly (readonly TaskPairs[])[],
  parameters: Parameters,
): Promise<PeerSteps> {
  const python = Deno.env.get("PYTHON") ?? "python3";
  const pairs = (list: readonly TaskPair[]) =>
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
    const { success, stdout, stderr } = await new Deno.Command(python, { args: [SCRIPT, given] })
      .output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim().split("\n").pop());
    return { ...JSON.parse(new TextDecoder().decode(stdout)), notes: [] };
  } catch (error) {
    const notes = [
      `PyTorch SKIPPED: ${python} cannot run scripts/bench/peers/torch_fewshot.py ` +
      `(${messageOf(error)})`,
    ];
    return { version: "", results: {}, notes };
  } finally {
    await Deno.remove(given);
  }
}
