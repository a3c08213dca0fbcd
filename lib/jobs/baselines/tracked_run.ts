/** A run as it is told to trackers when it begins. */
import { isRecord } from "../../files/json.ts";
import type { Parameters, TrackedRun } from "../../track/tracker.ts";
import { VERSION } from "../../terminal/terminal.ts";
import type { RunRecord } from "./documents.ts";

/** A run as trackers see it. */
export function trackedRun({ identity, config, device }: RunRecord): TrackedRun {
  const { own, models, out: _out, config: _file, resume: _resume, track: _track, ...flags } =
    config;
  return {
    id: identity.runId,
    tag: identity.runTag,
    program: "baselines",
    folder: `${identity.root}/${identity.outDir}`,
    parameters: { version: VERSION, ...parametersOf({ ...flags, device }) },
    models: Object.fromEntries(models.map((name) => [name, parametersOf(own[name])])),
  };
}

/** Settings as flat values, as trackers show them; those that are not set are left out. */
export function parametersOf(settings: Readonly<Record<string, unknown>>): Parameters {
  const flat: Record<string, Parameters[string]> = {};
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined || value === null || isRecord(value)) continue;
    flat[key] = typeof value === "number" || typeof value === "boolean" ? value : `${value}`;
  }
  return flat;
}
