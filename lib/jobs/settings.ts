/** Settings that several programs share. */
import { type Device, DEVICES } from "../engine/device.ts";
import { choice, integer, type Setting, text, toggle } from "../settings/settings.ts";

/** `--device`. */
export const DEVICE: Setting<Device> = choice(
  DEVICES,
  "what computes neural baselines; auto takes a hardware GPU where there is one",
  "auto",
);

/** `--threads`, every core unless another number is the fallback. */
export function threads(fallback = 0): Setting<number> {
  return integer("threads of the CPU engine; 0 takes every core", fallback, 0, 256);
}

/** `--out` of programs that read a run. */
export const RUN_ROOT: Setting<string> = text(
  "folder",
  "project folder in which the run's reports/ lies",
  ".",
);

/** `--exclude-seen` of programs that evaluate. */
export const EXCLUDE_SEEN: Setting<boolean> = toggle(
  "evaluates a second time without each query's own courses, where the right one is not among them",
);

/** `--json` of programs that say something in tables or lines. */
export const JSON_OUT: Setting<boolean> = toggle("print JSON instead of text, for programs");

/** `--json` of programs whose results lie in a file. */
export const JSON_RESULTS: Setting<boolean> = toggle("print results.json instead of a table");

/** `--config`. */
export const CONFIG_FILE: Setting<string | undefined> = text(
  "file",
  "JSON file with any of these values (keys in camelCase); flags override it",
);

/** Settings that say where a run goes and how it is told, but not what it computes. */
export const OF_THE_CALL: readonly string[] = [
  "checkpointEvery",
  "config",
  "json",
  "out",
  "quiet",
  "resume",
  "track",
];
