/** The flags of a resumed run: those it was begun with, under those given now. */
import { type Parsed, parseFlags } from "../cli/flags.ts";
import { readConfig } from "../cli/config_file.ts";
import { outDirOf } from "../runs/run_folder.ts";
import { readProgress } from "../runs/progress.ts";
import { InputError } from "../errors/input_error.ts";
import { BASELINES_COMMAND, type BASELINES_FLAGS, type BaselinesConfig } from "./config.ts";
import { resumedTag } from "./open_run.ts";

/** The values to run with. Without `--resume` they are the parsed ones. */
export async function resumedConfig(parsed: Parsed<typeof BASELINES_FLAGS>, args: readonly string[]): Promise<BaselinesConfig> {
  const tag = await resumedTag(parsed.values), { out } = parsed.values;
  if (tag === undefined) return parsed.values;
  await readProgress(out, tag); // a clear error for a tag that is not there
  const path = `${out}/${outDirOf(tag)}/config.json`, document = await readDocument(path), flags = document.flags;
  if (typeof flags !== "object" || flags === null) {
    throw new InputError({ doing: `reading ${path}`, found: "it has no flags", wanted: "the config.json of a run" });
  }
  const { resume: _, out: _out, config: _config, ...begun } = flags as Record<string, unknown>;
  return { ...parseFlags(BASELINES_COMMAND, args, begun).values, resume: tag };
}

async function readDocument(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch {
    return await readConfig(path); // says what is wrong with it
  }
}
