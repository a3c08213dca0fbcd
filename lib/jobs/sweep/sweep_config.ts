/** The configuration of one trial or run of a sweep: that of a run of the baselines. */
import type { Baseline } from "../../baselines/baseline.ts";
import { isRecord } from "../../files/json.ts";
import type { Device } from "../../engine/device.ts";
import type { SweepDocument } from "../../runs/sweep_documents.ts";
import { defaultsOf, settingName } from "../../settings/settings.ts";
import { baselinesCommand, type BaselinesConfig } from "../baselines/config.ts";
import type { OwnSettings } from "./search.ts";

/** What is run: models with their settings that are not as by default, a seed and a data folder. */
export interface Asked {
  readonly models: Readonly<Record<string, OwnSettings>>;
  readonly seed: number;
  readonly data: string;
}

/** Makes it of the sweep's plan; `out` is the project's folder. */
export function configOf(
  sweep: SweepDocument,
  baselines: readonly Baseline[],
  { models, seed, data }: Asked,
  out: string,
): BaselinesConfig {
  const own = baselines.map(({ name, config }): [string, OwnSettings] => {
    const shared = sweep.flags[name];
    const settings = models[name] ?? (isRecord(shared) ? shared : {});
    return [name, { ...defaultsOf(config), ...settings }];
  });
  const names = baselines.map(({ name }) => name);
  const shared = Object.entries(sweep.flags).filter(([key]) => !names.includes(key));
  return {
    ...defaultsOf(baselinesCommand(baselines).flags),
    ...Object.fromEntries(shared),
    device: sweep.device as Device,
    threads: sweep.threads,
    models: Object.keys(models),
    seed,
    data,
    out,
    own: Object.fromEntries(own),
  };
}

/** What follows a sweep's trials and runs; sweeps of older versions name nothing. */
export function trackersOf({ flags: { track } }: SweepDocument): string[] {
  return Array.isArray(track) ? track.map(String) : [];
}

/**
 * Settings as a line of flags would give them, "hidden-dim=64 epochs=5"; of those that are searched
 * also what is as by default: "hidden-dim=128 (default)".
 */
export function settingsText(settings: OwnSettings, searched: OwnSettings = {}): string {
  const texts = Object.entries({ ...searched, ...settings }).map(([key, value]) =>
    `${settingName(key)}=${value ?? "none"}${Object.hasOwn(settings, key) ? "" : " (default)"}`
  );
  return texts.length === 0 ? "default settings" : texts.join(" ");
}
