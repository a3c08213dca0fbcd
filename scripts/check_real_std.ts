/**
 * `deno task check:std FOLDER [TESTS…]`: types and tests against the sources of the published @std
 * packages in place of the stand-ins of lib/std. FOLDER is a checkout of github.com/denoland/std;
 * TESTS are the folders to run, `tests` for all, by default those of the stand-ins and of what is
 * built on them.
 */
import { InputError, messageOf } from "../lib/errors/input_error.ts";
import { fromFileUrl } from "./compile/paths.ts";
import { complain, say } from "../lib/terminal/say.ts";

/** The packages, and the one that they import; folders of the checkout are named alike. */
const PACKAGES = ["cli", "assert", "internal"] as const;
const TESTS = ["tests/std", "tests/settings", "tests/cli", "tests/metrics"];

/** The parts of deno.json that are read or changed here. */
interface Config {
  exclude: string[];
  links: string[];
  imports: Record<string, string>;
  tasks: Readonly<Record<string, { readonly command: string }>>;
}

/** The parts of deno.lock that follow from the packages' versions. */
interface Lock {
  workspace: { dependencies: string[]; links: Record<string, unknown> };
}

const root = fromFileUrl(new URL("..", import.meta.url)).replace(/\/$/, "");
const [folder, ...tests] = Deno.args;

try {
  Deno.exit(await checkAgainst(folder, tests.length === 0 ? TESTS : tests));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  complain(error.message);
  Deno.exit(2);
}

/** Runs the checks with the packages in `std`; returns the exit code. */
async function checkAgainst(std: string | undefined, tests: readonly string[]): Promise<number> {
  if (std === undefined) {
    throw new InputError({
      doing: "reading the arguments of check:std",
      found: "no folder",
      wanted: "a checkout of github.com/denoland/std",
    });
  }
  const staging = await Deno.makeTempDir({ prefix: "check_std_" });
  try {
    const config = await writeConfig(await Deno.realPath(std).catch(() => std), staging);
    const { command } = config.tasks.test;
    const flags = command.split(" ").filter((part) => part.startsWith("--"));
    const withConfig = ["--config", `${staging}/deno.json`];
    const checked = await deno("check", ...withConfig, "mod.ts", "scripts", "lib", "tests");
    const tested = await deno("test", ...withConfig, ...flags, ...tests);
    return checked && tested ? 0 : 1;
  } finally {
    await Deno.remove(staging, { recursive: true });
  }
}

/**
 * Writes the project's deno.json and lock into `staging`, with links to the packages in `std`. The
 * lock is as Deno would change it, so that nothing else is resolved anew.
 */
async function writeConfig(std: string, staging: string): Promise<Config> {
  const config = await readJson(`${root}/deno.json`) as Config;
  const lock = await readJson(`${root}/deno.lock`) as Lock;
  const pins = Object.values(config.imports);
  const linked: string[] = [];
  for (const name of PACKAGES) {
    const { version } = await readJson(`${std}/${name}/deno.json`) as { version: string };
    const pin = `jsr:@std/${name}@${version}`;
    const isPinned = name === "internal" || pins.includes(pin);
    say(`@std/${name} ${version}${isPinned ? "" : ", which is not the one in deno.json"}`);
    config.imports[`@std/${name}`] = pin;
    linked.push(pin);
  }
  config.exclude = config.exclude.map((path) => `${root}/${path}`);
  config.links = PACKAGES.map((name) => `${std}/${name}`);
  const others = lock.workspace.dependencies.filter((name) => !name.startsWith("jsr:"));
  lock.workspace.dependencies = [...linked, ...others].sort();
  lock.workspace.links = Object.fromEntries(linked.toSorted().map((name) => [name, {}]));
  await Deno.writeTextFile(`${staging}/deno.json`, JSON.stringify(config));
  await Deno.writeTextFile(`${staging}/deno.lock`, `${JSON.stringify(lock, null, 2)}\n`);
  return config;
}

async function deno(...args: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).spawn().status;
  return success;
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new InputError({ doing: `reading ${path}`, found: messageOf(error) }, { cause: error });
  }
}
