/**
 * The few-shot job: base model → methods chosen on validation episodes → test episodes once → a run
 * of its own. Nothing of it goes to `models/baselines`.
 */
import { SettingsError } from "../../errors/input_error.ts";
import { encodeSafeTensors } from "../../files/safetensors.ts";
import { baseOf } from "../../fewshot/base.ts";
import { fineTuningMethods } from "../../fewshot/fine_tune.ts";
import { metaMethods, type MetaStart } from "../../fewshot/meta_methods.ts";
import { tasksOf } from "../../fewshot/task.ts";
import { untrainedMethods } from "../../fewshot/untrained.ts";
import { ADAM } from "../../engine/engine.ts";
import type { CreateAdaptation } from "../../engine/adaptation.ts";
import { chooseAdaptation } from "../../engine/device.ts";
import { startingState } from "../../engine/training_state.ts";
import type { FittedNetwork } from "../../baselines/neural.ts";
import { checked } from "../../runs/document_parts.ts";
import { FEWSHOT_CONFIG } from "../../runs/fewshot_documents.ts";
import { artifactWriter } from "../../runs/manifest.ts";
import { keyOf, writeProgress } from "../../runs/progress.ts";
import { FEWSHOT } from "../../runs/run_folder.ts";
import { makeSubfolders } from "../../runs/subfolders.ts";
import { outFlag } from "../../errors/shell_words.ts";
import { Interrupted, type StopName } from "../../terminal/signals.ts";
import { VERSION } from "../../terminal/terminal.ts";
import { beginRun, checkSame, commonRecord, hashesOf } from "../baselines/open_run.ts";
import type { Unfinished } from "../baselines/resume.ts";
import { syntheticNotes } from "../baselines/say.ts";
import type { Job } from "../job.ts";
import { warnOfThreads } from "../threads.ts";
import { type BaseSource, checkBase, findBase, loadBase, sourceText } from "./base_model.ts";
import { askedMethods, type FewshotConfig, needsAdaptation } from "./config.ts";
import { fewshotConfigDocument, type FewshotRecord } from "./documents.ts";
import { type FewshotResult, finishFewshot, type OpenFewshotRun } from "./finish.ts";
import { tryMetaMethod } from "./meta_trial.ts";
import { type Ground, groundOf, type Trial, tryMethod } from "./trial.ts";

/** How a few-shot run ended. */
export type FewshotEnd = { readonly finished: FewshotResult } | {
  readonly stopped: StopName;
  readonly runTag: string;
};

/** Runs it; `unfinished` is the run to go on with. A signal leaves a run that can be resumed. */
export async function runFewshot(
  asked: Job<FewshotConfig>,
  unfinished?: Unfinished,
): Promise<FewshotEnd> {
  let source: BaseSource;
  try {
    source = await findBase(asked);
    await checkBase(asked, source);
  } catch (error) {
    unfinished?.held.release();
    throw error;
  }
  // what "the newest run" and "its data" are stays as it is when the run is resumed
  const config = { ...asked.config, run: source.saved?.run.tag, data: source.dataset.path };
  const job = { ...asked, config };
  const { terminal, device } = job;
  for (const note of syntheticNotes(source.dataset)) terminal.warn(note);
  terminal.line(`\nBase: ${sourceText(source)}; device: ${device.device} (${device.why})`);
  warnOfThreads(terminal, config.threads, device);
  const decides = { settings: settingsOf(job, source), data: hashesOf(source) };
  const { identity, progress, held } = unfinished === undefined
    ? await beginRun(config.out, job, { asked: decides, dataset: source.dataset }, FEWSHOT)
    : checkSame(unfinished, decides);
  const { runTag } = identity;
  const goOn = `go on with: deno task fewshot --resume ${runTag}${outFlag(config.out)}`;
  const stoppedBy = (stopped: StopName): FewshotEnd => {
    terminal.warn(`stopped by ${stopped}; ${goOn}`);
    return { stopped, runTag };
  };
  try {
    await makeSubfolders(identity);
    const writer = artifactWriter(identity);
    if (unfinished === undefined) {
      await writer.writeJson(`${identity.outDir}/config.json`, { flags: config });
      await writeProgress(identity, progress);
    }
    const key = await keyOf(decides);
    const { dataset } = source;
    const place = { identity, dataset, writer, key, resumed: unfinished !== undefined };
    const base = await loadBase(job, source, place, progress);
    if (base === undefined) return stoppedBy(job.signal.received() ?? "SIGINT");
    const { fitted } = base;
    const record = await recordOf(job, source, fitted, identity);
    if (needsAdaptation(config) && device.device === "webgpu" && record.adaptation !== "webgpu") {
      terminal.line("   it adapts on the CPU: the GPU has kernels for GRUs that are not tied");
    }
    await writer.writeJson(
      `${identity.outDir}/config.json`,
      checked(FEWSHOT_CONFIG, fewshotConfigDocument(record), "config.json"),
    );
    const run = { record, writer, progress: base.progress, key };
    const tried = await tryAll(job, source, fitted, run);
    const stopped = job.signal.received();
    if (tried === undefined || stopped !== undefined) return stoppedBy(stopped ?? "SIGINT");
    return { finished: await finishFewshot(job, run, tried.ground, tried.trials) };
  } catch (error) {
    terminal.warn(
      `the run ${runTag} is unfinished` +
        (error instanceof SettingsError
          ? ", and its settings cannot finish it"
          : `; after fixing the cause, ${goOn}`),
    );
    throw error;
  } finally {
    held.release();
  }
}

/** Tries every method asked. Answers nothing when told to stop. */
async function tryAll(
  job: Job<FewshotConfig>,
  { dataset }: BaseSource,
  fitted: FittedNetwork,
  run: OpenFewshotRun,
): Promise<{ readonly ground: Ground; readonly trials: readonly Trial[] } | undefined> {
  const { config, device, terminal, signal } = job;
  const threads = config.threads || undefined;
  const { overBase, meta } = askedMethods(config);
  const state = startingState(fitted.model, 0, fitted.parameters);
  const { create } = await chooseAdaptation(device.device, fitted.model);
  const engine = await device.create({ ...fitted, state, optimizer: ADAM, seed: 0, threads });
  const trials: Trial[] = [];
  const { identity } = run.record;
  const save = async (name: string, { model, parameters }: FittedNetwork) =>
    await run.writer.write(
      `${identity.outDir}/models/${name}.safetensors`,
      encodeSafeTensors({
        tensors: parameters,
        metadata: { format: "pt", model: JSON.stringify(model) },
      }),
    );
  try {
    const base = baseOf(engine, fitted.model);
    const asked = {
      validation: tasksOf(dataset.splits.val),
      test: tasksOf(dataset.splits.test),
    };
    const ground = await groundOf(base, config.select, asked, job);
    const done = terminal.stage("Methods over the base model");
    const trainable = await tuning(create, fitted, threads, overBase);
    try {
      const methods = [...untrainedMethods(base), ...trainable.methods];
      for (const name of overBase) {
        const method = methods.find((one) => one.name === name)!;
        trials.push(await tryMethod(method, ground, job));
        if (signal.received() !== undefined) return undefined;
      }
    } finally {
      trainable.dispose();
    }
    done();
    const metaGround = {
      ...ground,
      fitted,
      train: dataset.splits.train,
      create,
      checkpoints: `${identity.root}/${identity.outDir}/checkpoints`,
      key: run.key,
    };
    for (const start of config.starts as readonly MetaStart[]) {
      for (const method of metaMethods(Number(config.order) as 1 | 2)) {
        if (!meta.includes(method.name)) continue;
        const trial = await tryMetaMethod(job, method, start, metaGround);
        if (trial === undefined) return undefined;
        await save(trial.name, { model: fitted.model, parameters: trial.parameters });
        trials.push(trial);
      }
    }
    return { ground, trials };
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  } finally {
    engine.dispose();
  }
}

/** The fine-tuning methods among `names` over an adaptation, which is opened for them. */
async function tuning(
  create: CreateAdaptation,
  { model, parameters }: FittedNetwork,
  threads: number | undefined,
  names: readonly string[],
) {
  if (!names.some((name) => name.startsWith("fine_tune"))) {
    return { methods: [], dispose: () => {} };
  }
  const state = startingState(model, 0, parameters);
  const adaptation = await create({ model, state, optimizer: ADAM, threads });
  return {
    methods: fineTuningMethods(adaptation, model.maxLen),
    dispose: () => adaptation.dispose(),
  };
}

async function recordOf(
  job: Job<FewshotConfig>,
  { dataset, inputs, saved, baseline }: BaseSource,
  { model }: FittedNetwork,
  identity: FewshotRecord["identity"],
): Promise<FewshotRecord> {
  return {
    ...await commonRecord(job, { dataset, inputs }, identity),
    base: { model: baseline.name, run_tag: saved?.run.tag ?? null },
    network: model,
    adaptation: (await chooseAdaptation(job.device.device, model)).name,
  };
}

/** Everything that decides the numbers: all settings but folders, intervals and what is shown. */
function settingsOf(
  { config, device }: Job<FewshotConfig>,
  { saved }: BaseSource,
): Record<string, unknown> {
  const {
    data: _data,
    out: _out,
    config: _config,
    resume: _resume,
    checkpointEvery: _checkpointEvery,
    json: _json,
    device: _device,
    run: _run,
    threads,
    ...settings
  } = config;
  return {
    ...settings,
    run: saved?.run.tag ?? null,
    device: device.device,
    threads: threads || navigator.hardwareConcurrency,
    version: VERSION,
  };
}
