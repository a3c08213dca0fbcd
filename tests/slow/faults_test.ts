/**
 * Every rename, fsync, write, unlink and mkdir of a run, and of a folder's replacement: killed
 * before it once, failed once.
 */
import { assert, assertEquals } from "@std/assert";
import { tinyFolder } from "../dataset/tiny.ts";
import { filesBelow, publishedOf, resultOf, runsWith } from "../process/outputs.ts";
import { permissionsOf, writeFiles } from "../process/program.ts";
import { faultEnvironment, type How, tell } from "./faults/control.ts";
import type { Orders, Outcome } from "./faults/driver.ts";
import { contentsOf } from "./faults/replace_driver.ts";
import { recover } from "../../lib/files/scratch.ts";

const CODE = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const MINUTES = 4;
const RUN = [
  ...["--data", "data/tiny", "--k", "1", "--q", "2", "--device", "wasm", "--threads", "1"],
  ...["--batch-size", "16", "--epochs", "2", "--checkpoint-every", "3600"],
  ...["--models", "popularity,gru_global"],
];

const BASELINES = "scripts/baselines.ts";

const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "faults_" }));
globalThis.addEventListener("unload", () => Deno.removeSync(place, { recursive: true }));
const shim = `${place}/shim.so`;
const skipped = await compileShim();
if (skipped !== undefined) console.warn(`!! ${skipped}: the fault-injection suite is skipped`);

/** Compiles the shim; says why it cannot be used, if it cannot. */
async function compileShim(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "LD_PRELOAD is Linux's";
  const source = new URL("faults/shim.c", import.meta.url).pathname;
  const args = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", shim, source, "-ldl"];
  try {
    const { success, stderr } = await new Deno.Command("gcc", { args }).output();
    return success ? undefined : `gcc failed: ${new TextDecoder().decode(stderr)}`;
  } catch {
    return "there is no gcc";
  }
}

const permissions = permissionsOf("baselines").map((flag) => {
  if (flag.startsWith("--allow-read=")) return `${flag},${CODE}`;
  return flag.startsWith("--allow-write=") ? `${flag},data` : flag;
});

/** Runs a script in `folder` with the shim, told what to do; its exit code. */
async function run(
  folder: string,
  script: string,
  args: readonly string[],
  { how = "count", at, log }: { how?: How; at?: number; log?: string } = {},
): Promise<number> {
  const control = `${place}/control`;
  await tell(control, how, at);
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--config", `${CODE}/deno.json`, ...permissions, `${CODE}/${script}`, ...args],
    cwd: folder,
    env: {
      ...faultEnvironment(shim, control, folder),
      ...(log === undefined ? {} : { FAULT_LOG: log }),
      NO_COLOR: "1",
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdout: "null",
  }).output();
  assert(code === (how === "kill" ? 137 : 0), `exit ${code}: ${new TextDecoder().decode(stderr)}`);
  return code;
}

/** The calls of an undisturbed process, by their number from 1. */
async function callsIn(log: string): Promise<string[]> {
  const lines = (await Deno.readTextFile(log)).trim().split("\n");
  return lines.map((line, i) => {
    const [number, call] = line.split(" ");
    assertEquals(Number(number), i + 1);
    return call;
  });
}

async function drive(orders: Orders): Promise<Outcome[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--config", `${CODE}/deno.json`],
      new URL("faults/driver.ts", import.meta.url).pathname,
      JSON.stringify(orders),
    ],
    env: faultEnvironment(shim, orders.control, orders.work),
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
}

Deno.test({
  name: "every call of a run killed and failed once: the next start ends with the same bytes",
  ignore: skipped !== undefined,
  async fn() {
    const began = performance.now();
    const beginning = `${place}/beginning`;
    await writeFiles(`${beginning}/data/tiny`, tinyFolder());
    await run(beginning, BASELINES, [...RUN, "--seed", "1"]); // what is there to be replaced
    const whole = `${place}/whole`;
    await new Deno.Command("cp", { args: ["-a", beginning, whole] }).output();
    const log = `${place}/log`;
    await run(whole, BASELINES, RUN, { log });
    const calls = await callsIn(log);
    for (const kind of ["rename", "fsync", "write", "unlink", "mkdir"]) {
      assert(calls.filter((call) => call === kind).length >= 5, `${kind}: ${calls}`);
    }
    const [older] = await runsWith(beginning, "progress.json");
    const [tag] = (await runsWith(whole, "progress.json")).filter((tag) => tag !== older);
    Deno.chdir(whole);
    const expected = { result: await resultOf(".", tag), published: await publishedOf(".") };
    Deno.chdir(CODE);

    const faults: { how: How; at: number }[] = calls.flatMap((call, i) => [
      { how: "kill", at: i + 1 } as const,
      { how: "fail", at: i + 1 } as const,
      ...(call === "write" ? [{ how: "short", at: i + 1 } as const] : []),
    ]);
    const drivers = Math.min(4, navigator.hardwareConcurrency);
    const outcomes = (await Promise.all(Array.from({ length: drivers }, async (_, i) => {
      const work = `${place}/work${i}`;
      const control = `${place}/control${i}`;
      await tell(control, "count");
      const own = faults.filter((_, n) => n % drivers === i);
      const orders = { code: CODE, shim, beginning, work, control, permissions, run: RUN };
      return await drive({ ...orders, ...expected, faults: own });
    }))).flat();

    assertEquals(outcomes.length, faults.length);
    const problems = outcomes.filter(({ problem }) => problem !== undefined).map((outcome) =>
      `${outcome.how} at ${outcome.at} (${
        calls[outcome.at - 1]
      }), ${outcome.then}: ${outcome.problem}`
    );
    assertEquals(problems, []);
    const minutes = (performance.now() - began) / 60_000;
    console.log(tableOf(calls, outcomes), `   ${minutes.toFixed(1)} minutes`);
    assert(minutes < MINUTES, `it took ${minutes.toFixed(1)} minutes`);
  },
});

/** How many of each, and what the next start did. */
function tableOf(calls: readonly string[], outcomes: readonly Outcome[]): string {
  const kinds = [...new Set(calls)].map((call) =>
    `${calls.filter((other) => other === call).length} ${call}`
  );
  const lines = (["kill", "fail", "short"] as const).map((how) => {
    const own = outcomes.filter((outcome) => outcome.how === how);
    const counts = Map.groupBy(own, ({ then }) => then);
    const thens = Array.from(counts, ([then, group]) => `${group.length} ${then}`);
    return `   ${how}: ${own.length} (then: ${thens.join(", ")})`;
  });
  return [`   ${kinds.join(", ")}`, ...lines].join("\n");
}

Deno.test({
  name: "every call of a folder's replacement killed and failed once: old or new, whole, alone",
  ignore: skipped !== undefined,
  async fn() {
    const child = "tests/slow/faults/replace.ts";
    const work = `${place}/replaced`;
    const parent = `${work}/data`;
    const log = `${place}/replace_log`;
    await Deno.mkdir(work);
    await run(work, child, ["data/set", "old"]);
    await run(work, child, ["data/set", "new"], { log });
    const calls = await callsIn(log);
    const seen: Record<string, number> = {};
    for (let at = 1; at <= calls.length; at++) {
      await Deno.remove(parent, { recursive: true });
      await run(work, child, ["data/set", "old"]);
      await run(work, child, ["data/set", "new"], { how: "kill", at });
      await recover(parent);
      const contents = await contentsOf(`${parent}/set`);
      seen[contents] = (seen[contents] ?? 0) + 1;
      assertEquals([...Deno.readDirSync(parent)].map(({ name }) => name), ["set"], `at ${at}`);
    }
    assert(seen.old > 5 && seen.new > 5, JSON.stringify(seen));
    const control = `${place}/replace_control`;
    const failing = `${place}/failing`;
    await tell(control, "count");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", "--config", `${CODE}/deno.json`],
        new URL("faults/replace_driver.ts", import.meta.url).pathname,
        ...[failing, control, `${calls.length}`],
      ],
      env: faultEnvironment(shim, control, failing),
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    console.log(`   ${calls.length} calls killed, ${calls.length} failed: ${JSON.stringify(seen)}`);
  },
});

Deno.test({
  name: "synthesize killed between its two renames: the new data are whole, read or written over",
  ignore: skipped !== undefined,
  async fn() {
    const work = `${place}/synthetic`;
    const log = `${place}/made_up_log`;
    await Deno.mkdir(work);
    const args = (seed: number) => ["--users", "100", "--out", "data/s", "--seed", `${seed}`];
    const script = "scripts/synthesize.ts";
    await run(work, script, args(1));
    await run(work, script, args(2), { log });
    const lines = (await Deno.readTextFile(log)).trim().split("\n");
    const second = lines.findIndex((line) => line.endsWith(" rename /data/s")) + 1;
    assert(second > 0, lines.join("\n"));
    const marked = async () =>
      JSON.parse(await Deno.readTextFile(`${work}/data/s/synthetic.json`)).seed;
    await run(work, script, args(3), { how: "kill", at: second });
    assertEquals(await Deno.stat(`${work}/data/s`).then(() => "there", () => "gone"), "gone");
    // the baselines may write in data here, and so put it in its place; the fourth replaces it
    await run(work, BASELINES, ["--data", "data/s", "--models", "popularity"]);
    assertEquals(await marked(), 3);
    await run(work, script, args(4), { how: "kill", at: second });
    await run(work, script, args(5));
    assertEquals(await marked(), 5);
    assertEquals([...Deno.readDirSync(`${work}/data`)].map(({ name }) => name), ["s"]);
    assertEquals((await filesBelow(`${work}/data/s`)).length, 8);
  },
});
