/** The frame of every script: flags in, help and version, errors as sentences, exit codes. */
import { InputError, messageOf } from "../errors/input_error.ts";
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";
import { parseConfigured, readConfig } from "./config_file.ts";
import { parseFlags } from "./flags.ts";
import { groupHelpOf, helpOf } from "./help.ts";
import { Interrupted } from "../terminal/signals.ts";
import { VERSION } from "../terminal/terminal.ts";

/** Exit codes: 0 done, 1 failed, 2 the arguments were refused. */
export type ExitCode = number;

/**
 * Runs a script's `main` with its parsed flags and returns the exit code. Errors of the user's
 * making become one sentence on stderr; a defect of ours keeps its stack.
 */
export async function runCommand<F extends Settings>(
  command: Command<F>,
  args: readonly string[],
  main: (parsed: Parsed<F>) => Promise<ExitCode | void>,
): Promise<ExitCode> {
  let parsed: Parsed<F>;
  try {
    parsed = parseFlags(command, args);
    if (parsed.help) {
      const { helpGroup } = parsed;
      console.log(helpGroup === undefined ? helpOf(command) : groupHelpOf(command, helpGroup));
      return 0;
    }
    if (parsed.version) {
      console.log(`${command.name} ${VERSION} (deno ${Deno.version.deno})`);
      return 0;
    }
    const configPath = (parsed.values as Record<string, unknown>).config;
    if (typeof configPath === "string") {
      parsed = parseConfigured(command, args, await readConfig(configPath), configPath);
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
  try {
    return await main(parsed) ?? 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      console.error(`\n${error.message}`);
      return error.exitCode;
    }
    if (isOutOfMemory(error)) console.error(`\n${OUT_OF_MEMORY}`);
    else if (error instanceof InputError) console.error(`\n${error.message}`);
    else if (error instanceof Deno.errors.NotCapable) {
      console.error(`\nWhile using a file or device: ${messageOf(error)}.`);
    } else console.error(error);
    if (lacksPermission(error)) console.error(PERMISSIONS);
    return 1;
  }
}

const OUT_OF_MEMORY =
  "While working: there is not enough memory. Expected: more of it, or less to do at once. " +
  "Try: end other programs, or lower --batch-size or --threads; what was saved is whole.";

const PERMISSIONS = "A task may use what deno.json names and nothing else. " +
  "Try: keep data and outputs inside the project, or allow more for once: " +
  'BASELINES_ALLOW="--allow-read=/my/data --allow-write=/my/out" deno task …';

/** What V8 throws when an array, a buffer or the memory of WebAssembly cannot be had. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError &&
    /allocation failed|could not allocate|out of memory/i.test(error.message);
}

function lacksPermission(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && error.cause !== undefined && lacksPermission(error.cause));
}
