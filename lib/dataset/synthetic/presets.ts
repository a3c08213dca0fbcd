/**
 * The platforms that `deno task synthesize` knows by name. Their numbers were calibrated; the
 * README has the table of targets and results.
 */
import { counted } from "../../errors/counted.ts";
import { InputError, show } from "../../errors/input_error.ts";
import type { ProcessConfig } from "./config.ts";
import { PROCESS_VERSIONS } from "./process.ts";

/** Seed of a preset where none is given. */
export const SYNTHETIC_SEED = 20260107;

const XUETANGX: ProcessConfig = {
  users: 35792,
  courses: 343,
  topics: 24,
  terms: 2,
  styles: 1,
  head: [0.0245, 0.0155, 0.0142, 0.0141, 0.014],
  twoTerms: 0.4,
  featured: 1.65,
  focus: 0.26,
  mainTopic: 0.95,
  browseFirst: 0.88,
  browseLater: 0.1,
  browseEvents: 3,
  returns: 0.5,
  returnDecay: 0.5,
  sequels: 0.06,
  sessionScale: 5.2,
  sessionTail: 2.52,
  longest: 401,
  regulars: 0.1,
  oneMore: 0.7,
};

/** Learners with habits: many short sessions, each of which tells little of whose it is. */
const HABITS: ProcessConfig = {
  ...XUETANGX,
  users: 6000,
  courses: 120,
  topics: 6,
  styles: 8,
  head: [0.03, 0.025, 0.02],
  focus: 0.5,
  mainTopic: 0.9,
  browseFirst: 0.3,
  browseLater: 0.1,
  returns: 0.1,
  sequels: 0.3,
  sessionScale: 3,
  sessionTail: 4,
  longest: 20,
  regulars: 1,
  oneMore: 0.88,
};

/**
 * `xuetangx` has the scale of the notebook's data; `demo` is small enough for a first try; `habits`
 * is made to tell few-shot methods apart.
 */
export const PRESETS = {
  xuetangx: XUETANGX,
  demo: { ...XUETANGX, users: 4000, courses: 80, topics: 8, longest: 150 },
  habits: HABITS,
} as const satisfies Record<string, ProcessConfig>;

/** Name of a preset. */
export type Preset = keyof typeof PRESETS;

/** What may differ from a preset. */
export const CHANGEABLE = {
  users: [10, 10_000_000],
  courses: [2, 1_000_000],
  topics: [1, 10_000],
  terms: [1, 100],
} as const;

/** Differences from a preset: names of `CHANGEABLE` with their values. */
export type Changes = Readonly<Record<string, number>>;

/**
 * A preset with changes. @throws InputError for what no platform can have; `doing` says where it
 * was asked for.
 */
export function processOf(preset: string, changes: Changes, doing: string): ProcessConfig {
  if (!Object.hasOwn(PRESETS, preset)) {
    throw new InputError({
      doing,
      found: `the preset ${show(preset)}`,
      wanted: `one of ${Object.keys(PRESETS).join(", ")}`,
    });
  }
  for (const [name, value] of Object.entries(changes)) {
    const [low, high] = Object.hasOwn(CHANGEABLE, name)
      ? CHANGEABLE[name as keyof typeof CHANGEABLE]
      : [];
    if (low === undefined || !Number.isInteger(value) || value < low || value > high) {
      const wanted = low === undefined
        ? `one of ${Object.keys(CHANGEABLE).join(", ")}`
        : `a whole number from ${low} to ${high}`;
      throw new InputError({ doing, found: `${show(name)}: ${show(value)}`, wanted });
    }
  }
  const process = { ...PRESETS[preset as Preset], ...changes };
  if (process.topics > process.courses) {
    throw new InputError({
      doing,
      found: `${process.topics} topics for ${counted(process.courses, "course")}`,
      wanted: "at least one course a topic",
    });
  }
  const cells = process.terms * process.styles * process.topics * process.courses;
  if (cells > 100_000_000) {
    throw new InputError({
      doing,
      found: `terms x styles x topics x courses = ${cells}`,
      wanted: "at most 100,000,000, which is 800 MB",
      next: "take fewer topics or terms",
    });
  }
  return process;
}

/** Says whether a process version is one of this program's. */
export function isThisProcess(version: string): boolean {
  return PROCESS_VERSIONS.some((one) => one === version);
}
