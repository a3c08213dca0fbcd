/** The page's worker: the suite itself, asked by messages. */
import { BASELINES } from "../baselines/registry.ts";
import { parseFlags } from "../cli/flags.ts";
import { type Choice, chooseEngine } from "../engine/device.ts";
import { describeGpu, requestGpu } from "../engine/webgpu/device.ts";
import { counted } from "../errors/counted.ts";
import { SettingsError } from "../errors/input_error.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { host } from "../files/host.ts";
import { type BaselinesConfig, baselinesConfig } from "../jobs/baselines/config.ts";
import { dataFolder } from "../jobs/baselines/data_folder.ts";
import { takeUp } from "../jobs/baselines/resume.ts";
import { runBaselines } from "../jobs/baselines/run.ts";
import { runTags } from "../runs/order.ts";
import { outDirOf } from "../runs/run_folder.ts";
import { PREPARE_COMMAND, prepareOptions } from "../jobs/prepare/config.ts";
import { prepareSummary } from "../jobs/prepare/summary.ts";
import { prepare } from "../prepare/prepare.ts";
import type { StopName } from "../terminal/signals.ts";
import { type Terminal, VERSION } from "../terminal/terminal.ts";
import { useDuckDb } from "./duckdb.ts";
import { faultOf } from "./faults.ts";
import { COMMAND, inWords, logFields, runFields } from "./form.ts";
import type { Abilities, Ask, Tell } from "./messages.ts";
import { zipOf } from "./run_files.ts";
import { useWorkers } from "./start_thread.ts";
import { checkUsable } from "./usable.ts";

/** A worker's global object, as far as it is used; the project's types are the main thread's. */
declare const self: {
  onmessage: (event: MessageEvent<Ask>) => void;
  postMessage(message: Tell): void;
};

/** A run, as far as going on with it needs. */
interface Started {
  readonly config: BaselinesConfig;
  readonly data: string;
  readonly device: Choice;
  readonly tag: string;
}

let threads = 1;
let stop: StopName | undefined;
/** Of the preparation that is going on. */
let preparing = new AbortController();
let last: Started | undefined;

const tell = (message: Tell) => self.postMessage(message);

const terminal: Terminal = {
  line: (text = "") => tell({ kind: "line", text: inWords(text) }),
  warn: (text) => tell({ kind: "warn", text: inWords(text) }),
  stage(title) {
    tell({ kind: "stage", text: title });
    return (summary) => summary !== undefined && terminal.line(`   ${summary}`);
  },
  progress(title, total) {
    return {
      update: (done, note = "") => tell({ kind: "progress", title, done, total, note }),
      end: () => {},
    };
  },
};

self.onmessage = async ({ data }) => {
  const before = await runTags(".");
  try {
    await answer(data);
  } catch (error) {
    // a run that began is kept up to its last step
    const [begun] = (await runTags(".")).filter((tag) => !before.includes(tag));
    if (begun !== undefined && last !== undefined) last = { ...last, tag: begun };
    const goesOn = !(error instanceof SettingsError) &&
      (begun !== undefined || data.kind === "goOn");
    tell({ kind: "failed", message: inWords(faultOf(error)), goesOn });
  }
};

async function answer(ask: Ask): Promise<void> {
  switch (ask.kind) {
    case "begin":
      if (ask.shares) {
        useWorkers(ask.thread);
        threads = navigator.hardwareConcurrency;
      }
      return tell({ kind: "ready", ...await abilities() });
    case "give": {
      const folder = `data/${ask.name}`;
      await host.remove(folder, { recursive: true }).catch(() => {});
      await makeFolder(folder);
      for (const { path, bytes } of ask.files) await writeAtomic(`${folder}/${path}`, bytes);
      return tell({ kind: "given", folder });
    }
    case "database":
      return useDuckDb(ask.module, ask.sql);
    case "run": {
      stop = undefined;
      const ready = ask.prepare === undefined || await prepareLog(ask.prepare);
      return ready ? await begin(ask.flags) : tell({ kind: "stopped" });
    }
    case "stop":
      stop = "SIGINT";
      return preparing.abort();
    case "goOn":
      stop = undefined;
      return await goOn();
    case "zip": {
      const { tag, data } = last!;
      return ask.what === "run"
        ? tell({ kind: "zip", name: `${tag}.zip`, bytes: await zipOf(outDirOf(tag)) })
        : tell({ kind: "zip", name: "data.zip", bytes: await zipOf(data) });
    }
  }
}

async function abilities(): Promise<Abilities> {
  // a GPU that cannot be opened is told when a run asks for it
  const gpu = await requestGpu({ allowSoftware: true }).catch(() => undefined);
  gpu?.device.destroy();
  const kind = gpu?.software ? "software" : "hardware";
  const cpu = `the processor, ${counted(threads, "thread")}`;
  const models = BASELINES.map(({ name, title, family, byDefault, slow = false }) => ({
    name,
    title,
    family,
    chosen: byDefault && !slow,
    slow,
  }));
  return {
    version: VERSION,
    models,
    settings: runFields(threads),
    ...logFields(),
    device: gpu === undefined || gpu.software ? cpu : describeGpu(gpu),
    gpu: gpu === undefined ? "none" : kind,
    cores: navigator.hardwareConcurrency,
  };
}

/** Makes the data folder of a log, as `deno task prepare` does; false where it was stopped. */
async function prepareLog(flags: readonly string[]): Promise<boolean> {
  const { values, given } = parseFlags(PREPARE_COMMAND, flags);
  preparing = new AbortController();
  const { signal } = preparing;
  const done = terminal.stage("Prepare");
  try {
    const report = await prepare(prepareOptions(values, given), terminal.line, signal);
    for (const line of prepareSummary(report)) terminal.line(line);
    checkUsable(report);
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
  done();
  return true;
}

async function begin(flags: readonly string[]): Promise<void> {
  const config = baselinesConfig(parseFlags(COMMAND, flags));
  const data = await dataFolder(config, terminal);
  last = { config, data, device: await chooseEngine(config.device), tag: "" };
  await run(last);
}

async function goOn(): Promise<void> {
  const { tag } = last!;
  await run(last!, await takeUp(".", tag));
}

async function run(
  started: Started,
  unfinished?: Awaited<ReturnType<typeof takeUp>>,
): Promise<void> {
  const signal = { received: () => stop, stop: () => {} };
  const { config, data, device } = started;
  const end = await runBaselines(
    { config, terminal, signal, device, baselines: BASELINES },
    data,
    unfinished,
  );
  if ("stopped" in end) {
    last = { ...started, tag: end.runTag };
    return tell({ kind: "stopped", tag: end.runTag });
  }
  const { runTag: tag, outDir } = end.finished;
  last = { ...started, tag };
  tell({ kind: "finished", tag, report: await host.readTextFile(`${outDir}/report.html`) });
}
