/** The flags of a resumed run: those it was begun with, under those given now. */
import type { Parsed } from "../../settings/command.ts";
import { parseConfigured, plainRecord, readJson } from "../../cli/config_file.ts";
import { outDirOf } from "../../runs/run_folder.ts";
import { readProgress } from "../../runs/progress.ts";
import { BASELINES_COMMAND, type BASELINES_FLAGS, type BaselinesConfig } from "./config.ts";
import { resumedTag } from "./open_run.ts";

/** The values to run with. Without `--resume` they are the parsed ones. */
export async function resumedConfig(
  parsed: Parsed<typeof BASELINES_FLAGS>,
  args: readonly string[],
): Promise<BaselinesConfig> {
  const tag = await resumedTag(parsed.values);
  const { out } = parsed.values;
  if (tag === undefined) return parsed.values;
  await readProgress(out, tag); // a clear error for a tag that is not there
  const path = `${out}/${outDirOf(tag)}/config.json`;
  const document = await readJson(path) as { flags?: unknown } | null;
  const { resume: _, out: _out, config: _config, ...begun } = plainRecord(document?.flags, path);
  return { ...parseConfigured(BASELINES_COMMAND, args, begun, path).values, resume: tag };
}
