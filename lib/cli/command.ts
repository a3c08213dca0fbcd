/** The frame of every script: flags in, help and version, errors as sentences, exit codes. */
import { InputError, messageOf } from "../errors/input_error.ts";
import { type Command, type FlagTable, helpOf, type Parsed, parseFlags } from "./flags.ts";
import { parseConfigured, readConfig } from "./config_file.ts";
import { VERSION } from "./version.ts";

/** Exit codes: 0 done, 1 failed, 2 the arguments were refused. */
export type ExitCode = number;

/**
 * Runs a script's `main` with its parsed flags and returns the exit code. Errors of the user's making become one sentence on stderr;
 * a defect of ours keeps its stack.
 */
export async function runCommand<F extends FlagTable>(
  command: Command<F>,
  args: readonly string[],
  main: (parsed: Parsed<F>) => Promise<ExitCode | void>,
): Promise<ExitCode> {
  let parsed: Parsed<F>;
  try {
    parsed = parseFlags(command, args);
    if (parsed.help) {
      console.log(helpOf(command));
      return 0;
    }
    if (parsed.version) {
      console.log(`${command.name} ${VERSION} (deno ${Deno.version.deno})`);
      return 0;
    }
    const configPath = (parsed.values as Record<string, unknown>).config;
    if (typeof configPath === "string") parsed = parseConfigured(command, args, await readConfig(configPath), configPath);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    return 2;
  }
  try {
    return await main(parsed) ?? 0;
  } catch (error) {
    if (error instanceof InputError) console.error(`\n${error.message}`);
    else if (error instanceof Deno.errors.NotCapable) console.error(`\n${permissionMessage(error)}`);
    else console.error(error);
    return 1;
  }
}

function permissionMessage(error: Error): string {
  return `While using a file or device: ${messageOf(error)}. Next: this script runs with the permissions of its task in deno.json; ` +
    `keep outputs inside the project, or run the script with deno run and the permission it names.`;
}
