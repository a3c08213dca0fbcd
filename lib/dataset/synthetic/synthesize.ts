/** A synthetic data set in memory: preset, seed → platform → sessions → pairs, splits, episodes. */
import type { Dataset, SyntheticMark } from "../dataset.ts";
import { assemble } from "./assemble.ts";
import { drawSessions } from "./learners.ts";
import { makePlatform, type Platform } from "./platform.ts";
import { type Changes, type Preset, processOf, SYNTHETIC_SEED } from "./presets.ts";
import { processVersion } from "./process.ts";

/**
 * Makes the data set: the same arguments and process version give the same one. @throws InputError
 * for changes that no platform can have.
 */
export function synthesize(
  preset: Preset,
  k: number,
  q: number,
  seed: number = SYNTHETIC_SEED,
  changes: Changes = {},
): Dataset {
  const process = processOf(preset, changes, `making the synthetic data set ${preset}`);
  const mark: SyntheticMark = {
    synthetic: true,
    preset,
    seed,
    process_version: processVersion(process),
    changes,
  };
  const platform = platformOf(mark);
  return assemble(drawSessions(platform, seed), platform.names, k, q, mark);
}

/** The platform of a mark of this process version. */
export function platformOf(
  { preset, seed, changes }: SyntheticMark,
  doing = `making the synthetic data set ${preset}`,
): Platform {
  return makePlatform(processOf(preset, changes ?? {}, doing), seed);
}
