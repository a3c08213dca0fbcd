/** Refuses sizes that a device's memory cannot hold, and finds the setting to lower. */
import type { MemoryUse } from "../engine/memory_use.ts";
import { counted } from "../errors/counted.ts";
import { InputError } from "../errors/input_error.ts";
import { settingName, type Settings, type Values } from "../settings/settings.ts";
import type { TrainingConfig } from "./baseline.ts";

/** What a network takes, and of what. */
export interface Measured extends MemoryUse {
  readonly parameters: number;
  /** What was measured, for people. */
  readonly of: string;
}

/** The settings that were asked for. */
export interface Sizes<S extends Settings> {
  readonly config: Values<S>;
  readonly training: TrainingConfig;
  readonly threads?: number;
}

/** Measures a network under other settings. @throws InputError for settings that make none. */
type Measure<S extends Settings> = (config: Values<S>, threads?: number) => Promise<Measured>;

/** @throws InputError when what is measured is larger than its place. */
export async function checkMemory<S extends Settings>(
  { name, config: settings }: { readonly name: string; readonly config: S },
  asked: Sizes<S>,
  measure: Measure<S>,
): Promise<void> {
  const { config, threads } = asked;
  const use = await measure(config, threads);
  if (fits(use)) return;
  const flags = [
    ...sizesOf(name, settings, asked).map(({ key, flag, value }): Size => ({
      flag,
      value,
      measure: (size) => measure({ ...config, [key]: size }, threads),
    })),
    {
      flag: "threads",
      value: threads ?? navigator.hardwareConcurrency,
      measure: (count: number) => measure(config, count),
    },
  ];
  const enough: string[] = [];
  const helping: string[] = [];
  for (const { flag, value, measure } of flags) {
    const { fitting, less } = await halve(value, use, measure);
    if (fitting !== undefined) enough.push(`--${flag} ${fitting}`);
    if (less) helping.push(`--${flag}`);
  }
  throw new InputError({
    doing: `measuring ${name} before it is trained`,
    found: `it has ${counted(use.parameters, "parameter")}, and ${use.of} takes ` +
      gibibytes(use.bytes),
    wanted: `at most ${gibibytes(use.limit)}, which ${use.place} can hold`,
    next: remedyOf(enough, helping),
  });
}

function remedyOf(enough: readonly string[], helping: readonly string[]): string {
  if (enough.length > 0) return enough.join(" or ");
  return helping.length > 0
    ? `lower ${helping.join(" and ")} together`
    : "a catalogue of fewer courses, or another --device";
}

/** A whole number that was asked for, the flag that sets it, and the network under another one. */
interface Size {
  readonly flag: string;
  readonly value: number;
  readonly measure: (value: number) => Promise<Measured>;
}

/** Every whole number of the settings, a baseline's own or the run's. */
function sizesOf<S extends Settings>(
  name: string,
  settings: S,
  { config, training }: Sizes<S>,
): { readonly key: string; readonly flag: string; readonly value: number }[] {
  const own: Readonly<Record<string, unknown>> = config;
  const shared: Readonly<Record<string, unknown>> = { ...training };
  return Object.entries(settings).flatMap(([key, { inherits }]) => {
    const isOwn = own[key] !== undefined;
    const value = isOwn || inherits === undefined ? own[key] : shared[inherits];
    if (typeof value !== "number" || !Number.isInteger(value)) return [];
    return [{ key, value, flag: `${isOwn ? `${name}.` : ""}${settingName(key)}` }];
  });
}

/** The first of value/2, value/4, … that fits, and whether any of them takes less. */
async function halve(
  value: number,
  { bytes }: Measured,
  measure: Size["measure"],
): Promise<{ readonly fitting?: number; readonly less: boolean }> {
  const least = await measure(1).catch(unlessRefused);
  if (least !== undefined && least.bytes >= bytes) return { less: false }; // it is no size
  let less = false;
  for (let size = value >> 1; size >= 1; size >>= 1) {
    const use = await measure(size).catch(unlessRefused);
    if (use === undefined) break;
    less ||= use.bytes < bytes;
    if (fits(use)) return { fitting: size, less };
  }
  return { less };
}

/** Sizes that make no network, such as heads that do not divide the width, measure nothing. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof InputError)) throw error;
}

function fits({ bytes, limit }: MemoryUse): boolean {
  return bytes <= limit;
}

function gibibytes(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return `${gib < 10 ? gib.toFixed(1) : Math.round(gib).toLocaleString("en")} GiB`;
}
