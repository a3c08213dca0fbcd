/**
 * Fits the models of a run one after the other, saving each, with checkpoints inside the long ones.
 */
import { duration, type Terminal } from "../../terminal/terminal.ts";
import type { StopSignal } from "../../terminal/signals.ts";
import { sha256 } from "../../files/input_file.ts";
import type { Choice } from "../../engine/device.ts";
import { messageOf } from "../../errors/input_error.ts";
import { countParameters, type Parameters } from "../../models/parameters.ts";
import { type NeuralModel, parameterSpecs } from "../../models/neural.ts";
import { mostPopular } from "../../baselines/popularity.ts";
import {
  type CheckpointOwner,
  readCheckpoint,
  removeCheckpoints,
  writeCheckpoint,
} from "../../runs/checkpoint.ts";
import {
  decodeModel,
  encodeModel,
  modelFile,
  type SavedModel,
} from "../../baselines/model_files.ts";
import { type FittedEntry, type Progress, writeProgress } from "../../runs/progress.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import type { ModelName } from "./config.ts";
import { fitExact, fitNeural, neuralModel } from "./fitted.ts";
import type { InitialWeights } from "./initial_weights.ts";
import type { OpenRun } from "./open_run.ts";

/** The models of a run, in order, and what is known of their training. */
export interface TrainedModels {
  readonly models: readonly (readonly [ModelName, SavedModel])[];
  readonly entries: Readonly<Record<string, FittedEntry>>;
}

/**
 * Fits every model that is not fitted yet. Returns undefined when told to stop; all that was done
 * is saved then.
 */
export async function trainModels(
  run: OpenRun,
  initial: InitialWeights["parameters"],
  choice: Choice,
  terminal: Terminal,
  signal: StopSignal,
): Promise<TrainedModels | undefined> {
  const { config, identity } = run.record;
  const models: [ModelName, SavedModel][] = [];
  let progress: Progress = run.progress;
  for (const name of config.models) {
    const done = terminal.stage(`Fit ${name}`);
    const earlier = await readFitted(run, progress.models[name], terminal);
    if (earlier !== undefined) {
      models.push([name, earlier]);
      done("fitted before");
      continue;
    }
    const fitted = await trainModel(run, name, initial[name], choice, terminal, signal);
    if (fitted === undefined || signal.received() !== undefined) return undefined;
    const { saved, training } = fitted;
    const path = `${identity.outDir}/models/${modelFile(name, saved)}`;
    const bytes = encodeModel(saved);
    await run.writer.write(path, bytes);
    progress = {
      ...progress,
      models: {
        ...progress.models,
        [name]: { file: { path, bytes: bytes.length, sha256: await sha256(bytes) }, training },
      },
    };
    await writeProgress(identity, progress);
    await removeCheckpoints(checkpointFolder(run), name);
    models.push([name, saved]);
    done(training.device);
  }
  return { models, entries: progress.models };
}

/** Where a run keeps its checkpoints while it trains. */
export function checkpointFolder({ record: { identity } }: OpenRun): string {
  return `${identity.root}/${identity.outDir}/checkpoints`;
}

/** A model that an interrupted run had fitted, if its file is what it was. */
async function readFitted(
  { record: { identity }, writer }: OpenRun,
  entry: FittedEntry | undefined,
  terminal: Terminal,
): Promise<SavedModel | undefined> {
  if (entry === undefined) return undefined;
  const { path, sha256: wanted } = entry.file;
  try {
    const bytes = await Deno.readFile(`${identity.root}/${path}`);
    if (await sha256(bytes) !== wanted) throw new Error("its SHA-256 is not the one recorded");
    writer.adopt(entry.file);
    return decodeModel(bytes, path);
  } catch (error) {
    terminal.warn(
      `the fitted model ${path} cannot be used again (${messageOf(error)}); fitting it anew`,
    );
    return undefined;
  }
}

type Outcome = { readonly saved: SavedModel; readonly training: FittedEntry["training"] };

async function trainModel(
  run: OpenRun,
  name: ModelName,
  initial: Parameters | undefined,
  choice: Choice,
  terminal: Terminal,
  signal: StopSignal,
): Promise<Outcome | undefined> {
  const { dataset, config } = run.record;
  const model = neuralModel(name, dataset.courses.length, config);
  if (model !== undefined) {
    return await trainNeural(run, name, model, initial, choice, terminal, signal);
  }
  const begin = performance.now();
  const { saved } = fitExact(name as "random" | "popularity" | "sessionknn", dataset, config.seed);
  popularCourses([[name, saved]], dataset).forEach(({ course, share }, i) =>
    terminal.line(`   ${i + 1}. ${course} (share ${share.toFixed(4)})`)
  );
  return { saved, training: { seconds: (performance.now() - begin) / 1000 } };
}

async function trainNeural(
  run: OpenRun,
  name: ModelName,
  model: NeuralModel,
  initial: Parameters | undefined,
  choice: Choice,
  terminal: Terminal,
  signal: StopSignal,
): Promise<Outcome | undefined> {
  const { dataset, config } = run.record;
  const folder = checkpointFolder(run);
  const owner: CheckpointOwner = { name, model, seed: config.seed, key: run.key };
  const parameters = countParameters(parameterSpecs(model));
  const batches = Math.ceil(dataset.splits.train.pairs.count / config.batchSize);
  const resume = run.resumed ? await readCheckpoint(folder, owner, terminal.warn) : undefined;
  terminal.line(
    `   ${parameters.toLocaleString("en")} parameters, ${
      batches.toLocaleString("en")
    } batches of ${config.batchSize} × ${config.epochs} epochs`,
  );
  if (resume !== undefined) {
    terminal.line(
      `   going on from step ${resume.state.step.toLocaleString("en")} of ${
        (batches * config.epochs).toLocaleString("en")
      }`,
    );
  }
  const bar = terminal.progress(name, batches * config.epochs);
  const begin = performance.now();
  const before = resume?.seconds ?? 0;
  const seconds = () => before + (performance.now() - begin) / 1000;
  let epochBegun = begin;
  let saved = begin;
  const fitted = await fitNeural(
    {
      name,
      model,
      initial,
      resume,
      async onChunk({ cursor, epoch, epochs, batch, epochLoss }, engine) {
        bar.update((epoch - 1) * batches + batch, `epoch ${epoch}`);
        if (epochLoss !== undefined) {
          bar.end();
          terminal.line(
            `   epoch ${epoch}/${epochs}: loss ${epochLoss.toFixed(4)}   ${
              duration(performance.now() - epochBegun)
            }`,
          );
          epochBegun = performance.now();
        }
        const stop = signal.received() !== undefined;
        if (
          stop || epochLoss !== undefined ||
          performance.now() - saved >= 1000 * config.checkpointEvery
        ) {
          await writeCheckpoint(folder, owner, {
            cursor,
            state: await engine.export(),
            seconds: seconds(),
          });
          saved = performance.now();
        }
        return stop ? "stop" : undefined;
      },
    },
    dataset,
    config,
    choice,
  );
  bar.end();
  if (!fitted.finished) return undefined;
  return {
    saved: fitted.saved,
    training: {
      seconds: seconds(),
      device: fitted.device,
      parameters,
      epoch_losses: fitted.losses,
    },
  };
}

/** The five most popular courses by name, from the popularity model where there is one. */
export function popularCourses(
  models: readonly (readonly [ModelName, SavedModel])[],
  { courses }: Dataset,
): { course: string; share: number }[] {
  const saved = models.find(([name]) => name === "popularity")?.[1];
  if (saved === undefined || "parameters" in saved || saved.architecture !== "popularity") {
    return [];
  }
  return mostPopular(saved, 5).map((item) => ({
    course: courses[item],
    share: saved.shares[item],
  }));
}
