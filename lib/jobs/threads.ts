/** What is said of a number of threads that costs more than it gives. */
import { counted } from "../errors/counted.ts";
import type { Choice } from "../engine/device.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Says that more threads than cores were asked for, before they are waited for. */
export function warnOfThreads(
  terminal: Terminal,
  threads: number,
  { device }: Pick<Choice, "device">,
  cores: number = navigator.hardwareConcurrency,
): void {
  if (device !== "wasm" || threads <= cores) return;
  terminal.warn(
    `--threads ${threads} on ${counted(cores, "core")}: they wait for each ` +
      "other, so that a model takes longer to start and every batch too; --threads 0 takes a " +
      "thread a core",
  );
}
