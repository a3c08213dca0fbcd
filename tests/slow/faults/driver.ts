/**
 * Takes one project folder through many faults, one at a time, each from the same beginning: a run
 * is killed before one of its calls, or that call fails, or writes half; then the next start must
 * end with what an undisturbed run gives. Runs that are killed are the real program, with its
 * task's permissions; everything else happens in this process, which has loaded the shim too.
 */
import { assert, assertEquals } from "@std/assert";
import { parseResumed } from "../../../lib/cli/config_file.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { sha256 } from "../../../lib/files/fingerprint.ts";
import { baselinesConfig } from "../../../lib/jobs/baselines/config.ts";
import { configFileOf, settle, takeUp } from "../../../lib/jobs/baselines/resume.ts";
import { runBaselines } from "../../../lib/jobs/baselines/run.ts";
import { readRun } from "../../../lib/runs/read_run.ts";
import { COMMAND, jobOf } from "../../jobs/job.ts";
import { recorder } from "../../jobs/recorder.ts";
import {
  assertNewestPublished,
  assertWhole,
  filesBelow,
  publishedOf,
  resultOf,
  runsWith,
} from "../../process/outputs.ts";
import { faultEnvironment, type How, tell } from "./control.ts";

/** What a driver is given, as JSON. */
export interface Orders {
  readonly code: string;
  readonly shim: string;
  /** Files of a project in which an older run is published. */
  readonly beginning: string;
  readonly work: string;
  readonly control: string;
  readonly permissions: readonly string[];
  readonly run: readonly string[];
  /** What an undisturbed run gives. */
  readonly result: Readonly<Record<string, string>>;
  readonly published: Readonly<Record<string, string>>;
  readonly faults: readonly { readonly how: How; readonly at: number }[];
}

/** How one fault went. */
export interface Outcome {
  readonly how: How;
  readonly at: number;
  /** What the next start did. */
  readonly then: "nothing" | "resumed" | "began anew" | "settled";
  readonly problem?: string;
}

if (import.meta.main) {
  const orders: Orders = JSON.parse(Deno.args[0]);
  for (const { how, at } of orders.faults) {
    console.log(JSON.stringify({ how, at, ...await tryFault(orders, how, at) }));
  }
}

async function tryFault(orders: Orders, how: How, at: number) {
  const { work, control } = orders;
  let then: Outcome["then"] = "nothing";
  try {
    await begin(orders);
    const before = await runsWith(".", "progress.json");
    await tell(control, how, at);
    const code = how === "kill" ? await killed(orders) : await disturbed(orders);
    await tell(control, "count");
    await assertWhole(".");
    if (how === "short") assertEquals(code, 0);
    const begun = (await runsWith(".", "progress.json")).filter((tag) => !before.includes(tag));
    if (code !== 0) then = await goOn(orders, begun);
    await settle(".", await jobOf(configOf(orders.run), recorder().terminal));
    await checkEnd(orders, before);
    return { then };
  } catch (error) {
    return { then, problem: `${(error as Error).stack ?? error}` };
  } finally {
    Deno.chdir("/");
    await Deno.remove(work, { recursive: true }).catch(() => {});
  }
}

async function begin({ beginning, work, control }: Orders): Promise<void> {
  await tell(control, "count");
  const { success } = await new Deno.Command("cp", { args: ["-a", beginning, work] }).output();
  assert(success, "cp failed");
  Deno.chdir(work);
}

/** Runs the program until it is killed; its exit code, 137 for a kill. */
async function killed({ code, shim, control, work, permissions, run }: Orders): Promise<number> {
  const { code: exit, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--config",
      `${code}/deno.json`,
      ...permissions,
      `${code}/scripts/baselines.ts`,
      ...run,
    ],
    env: { ...faultEnvironment(shim, control, work), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(exit === 0 || exit === 137, new TextDecoder().decode(stderr));
  return exit;
}

/** Runs the job here; what is thrown must be told to the user. */
async function disturbed({ run }: Orders): Promise<number> {
  try {
    await start(run);
    return 0;
  } catch (error) {
    if (!(error instanceof InputError) || !error.message.startsWith("While ")) throw error;
    return 1;
  }
}

/** What the user does next: take up what was begun, or start again. */
async function goOn({ run }: Orders, begun: readonly string[]): Promise<Outcome["then"]> {
  if (begun.length === 0) {
    await start(run);
    return "began anew";
  }
  const { status } = JSON.parse(
    await Deno.readTextFile(`reports/06_base_model_selection_xuetangx/${begun[0]}/progress.json`),
  );
  if (status === "finished") return "settled"; // by the start that comes next in any case
  await start(["--resume"]);
  return "resumed";
}

function configOf(args: readonly string[]) {
  return baselinesConfig(parseFlags(COMMAND, args));
}

/** What scripts/baselines.ts does. */
async function start(args: readonly string[]): Promise<void> {
  const parsed = parseFlags(COMMAND, args);
  const job = await jobOf(baselinesConfig(parsed), recorder().terminal);
  const published = await settle(".", job);
  const { resume } = parsed.values;
  const unfinished = resume === undefined ? undefined : await takeUp(".", resume, published);
  if (resume !== undefined && unfinished === undefined) return;
  const path = unfinished && configFileOf(unfinished);
  const config = path === undefined
    ? job.config
    : baselinesConfig(await parseResumed(COMMAND, args, path));
  const own = await jobOf(config, recorder().terminal);
  const end = await runBaselines(own, "data/tiny", unfinished);
  assert("finished" in end);
}

async function checkEnd({ result, published }: Orders, before: readonly string[]): Promise<void> {
  await assertWhole(".");
  const [tag, ...others] = (await runsWith(".", "progress.json")).filter((tag) =>
    !before.includes(tag)
  );
  assertEquals(others, [], "more than one run");
  assertEquals(await resultOf(".", tag), result);
  assertEquals(await publishedOf("."), published);
  const run = await readRun(".", "latest");
  assertEquals(run.tag, tag);
  for (const { path, sha256: hash } of run.manifest.artifacts) {
    assertEquals(await sha256(await Deno.readFile(path)), hash, path);
  }
  await assertNewestPublished(".");
  const left = (await new Deno.Command("find", {
    args: [
      ...["models", "results", "reports", "("],
      ...["-name", "*.tmp", "-o", "-name", "*.partial*", "-o", "-name", ".publishing*"],
      ...["-o", "-path", "*/checkpoints/*", ")"],
    ],
  }).output()).stdout;
  assertEquals(new TextDecoder().decode(left), "", "left behind");
  assertEquals((await filesBelow(".")).filter((path) => path.endsWith(".tmp")), []);
}
