/** The frame of every script: flags in, help and version, errors as sentences, exit codes. */
import { InputError, messageOf } from "../errors/input_error.ts";
import type { Command, Parsed } from "../settings/command.ts";
import type { Settings } from "../settings/settings.ts";
import { readLine } from "./arguments.ts";
import { completionOf } from "./completion/completion.ts";
import { checkConfig, parseConfigured, readConfig } from "./config_file.ts";
import { flagName, flagTable } from "./flag_table.ts";
import { parseFlags } from "./flags.ts";
import { groupHelpOf, helpOf } from "./help.ts";
import { quietLibraries } from "../terminal/quiet.ts";
import { complain, say, silence } from "../terminal/say.ts";
import { Interrupted } from "../terminal/signals.ts";
import { VERSION } from "../terminal/terminal.ts";
import { checkFirstWord } from "./unknown_command.ts";
import { permissionHint } from "./permission_hint.ts";

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
  let isQuiet = false;
  let file: ConfigFile | undefined;
  try {
    parsed = parseFlags(command, args);
    if (parsed.help) {
      const { helpGroup } = parsed;
      say(helpGroup === undefined ? helpOf(command) : groupHelpOf(command, helpGroup));
      return 0;
    }
    const { completion, quiet } = readLine(args, flagTable(command));
    if (completion !== undefined) {
      say(completionOf(command, completion).trimEnd());
      return 0;
    }
    isQuiet = quiet;
    if (parsed.version) {
      say(`${command.name} ${VERSION} (deno ${Deno.version.deno})`);
      return 0;
    }
    const configPath = (parsed.values as Record<string, unknown>).config;
    if (typeof configPath === "string") {
      await checkFirstWord(command as Command<Settings>, args);
      const { given } = parsed;
      const config = await readConfig(configPath);
      parsed = parseConfigured(command, args, config, configPath);
      checkConfig(config, configPath);
      const keys = [...parsed.given].filter((key) => !given.has(key));
      file = { path: configPath, flags: new Set(keys.map(flagName)) };
    }
  } catch (error) {
    if (error instanceof InputError && deniedBy(error) === undefined) {
      complain(error.message);
      return 2;
    }
    complain(sentenceOf(error, args));
    return 1;
  }
  quietLibraries();
  silence(isQuiet || (parsed.values as Record<string, unknown>).json === true);
  try {
    return await main(parsed) ?? 0;
  } catch (error) {
    const told = inFile(error, file);
    complain(`\n${told instanceof Interrupted ? told.message : sentenceOf(told, args)}`);
    return exitCodeOf(told);
  } finally {
    silence(false);
  }
}

/** A `--config` file, and the flags whose values are its own. */
interface ConfigFile {
  readonly path: string;
  readonly flags: ReadonlySet<string>;
}

/** Arguments that the program itself refuses: a value beside another one, a range. */
const REFUSED = /^reading (?:--([\w.-]+)|the arguments of )/;

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof Interrupted) return error.exitCode;
  const isRefused = error instanceof InputError && REFUSED.test(error.fault.doing) &&
    deniedBy(error) === undefined;
  return isRefused ? 2 : 1;
}

/** The error, naming the file where what it refuses stands there. */
function inFile(error: unknown, file: ConfigFile | undefined): unknown {
  if (file === undefined || !(error instanceof InputError)) return error;
  const { fault } = error;
  const flag = REFUSED.exec(fault.doing)?.[1];
  if (flag === undefined || !file.flags.has(flag)) return error;
  return new InputError({ ...fault, doing: `${fault.doing} in ${file.path}` }, {
    cause: error.cause,
  });
}

/** What is said of an error that ended a program. */
function sentenceOf(error: unknown, args: readonly string[]): string {
  if (isOutOfMemory(error)) return OUT_OF_MEMORY;
  const denied = deniedBy(error);
  if (denied !== undefined) {
    const fault = error instanceof InputError
      ? error.fault
      : { doing: "using a file or device", found: messageOf(denied) };
    return new InputError({ ...fault, next: permissionHint(denied, fault.doing, args) }).message;
  }
  return error instanceof InputError ? error.message : Deno.inspect(error);
}

const OUT_OF_MEMORY =
  "While working: there is not enough memory. Expected: more of it, or less to do at once. " +
  "Try: end other programs and go on, or start anew with a lower --batch-size or --threads; what " +
  "was saved is whole.";

/** What V8 throws when an array, a buffer or the memory of WebAssembly cannot be had. */
function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError &&
    /allocation failed|could not allocate|out of memory/i.test(error.message);
}

/** The missing permission that an error is about, if it is. */
function deniedBy(error: unknown): Error | undefined {
  if (error instanceof Deno.errors.NotCapable) return error;
  return error instanceof Error && error.cause !== undefined ? deniedBy(error.cause) : undefined;
}
