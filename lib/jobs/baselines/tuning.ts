/** What `--tune` remembers: in the run's folder for the run itself, in the project's for others. */
import type { TuningMemory } from "../../engine/tuning.ts";
import { describeTuned, describeVariant } from "../../engine/webgpu/variants.ts";
import { counted } from "../../errors/counted.ts";
import { InputError } from "../../errors/input_error.ts";
import { writeJson } from "../../files/atomic.ts";
import { within } from "../../files/confine.ts";
import { readTuning, RUN_TUNING, TUNING_CACHE } from "../../runs/tuning_file.ts";
import { VERSION } from "../../terminal/terminal.ts";
import type { Job } from "../job.ts";
import type { OpenRun } from "./open_run.ts";

/** The memory of a run; it says what was chosen. */
export async function openTuning(
  { terminal, device, signal }: Pick<Job<unknown>, "terminal" | "device" | "signal">,
  { record: { identity: { root, outDir } }, writer }: Pick<OpenRun, "record" | "writer">,
): Promise<TuningMemory> {
  if (device.device !== "webgpu") {
    terminal.line(`--tune: nothing to time on ${device.device}, which computes in one way only`);
  }
  const reading = { version: VERSION, complain: terminal.warn };
  const ownPath = `${outDir}/${RUN_TUNING}`;
  let own = await readTuning(root, ownPath, reading);
  const writeOwn = () => writer.writeJson(ownPath, own);
  if (Object.keys(own.choices).length > 0) await writeOwn(); // an artifact of this start, too
  const cached = () => readTuning(root, TUNING_CACHE, reading);
  return {
    recall: async (key) => own.choices[key] ?? (await cached()).choices[key],
    async keep(key, tuned, timed) {
      const before = own.choices[key] === undefined ? "remembered" : "as this run began";
      own = { ...own, choices: { ...own.choices, [key]: tuned } };
      await writeOwn();
      terminal.line(`   ${timed ? "tuned" : before}: ${describeTuned(tuned)}`);
      if (!timed) return;
      for (const one of tuned.times) {
        if (one.error !== undefined) terminal.line(`   ${describeVariant(one)}: ${one.error}`);
      }
      const { choices } = await cached();
      const document = { version: VERSION, choices: { ...choices, [key]: tuned } };
      try {
        await writeJson(await within(root, TUNING_CACHE), document);
      } catch (error) { // the run has its own
        if (!(error instanceof InputError)) throw error;
        terminal.warn(`the choice is not kept for later runs: ${error.message}`);
      }
    },
    begin: (variants, seconds) =>
      terminal.line(`   timing ${counted(variants, "variant")}; none is begun after ${seconds} s`),
    stopped: () => signal.received() !== undefined,
    refuse: (why) => terminal.line(`   --tune: ${why}; the engine's own choice stands`),
  };
}
