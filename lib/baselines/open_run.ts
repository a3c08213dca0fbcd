/** Begins a run, or takes up one that was interrupted. */
import { relative } from "node:path/posix";
import { VERSION } from "../cli/version.ts";
import type { Terminal } from "../cli/terminal.ts";
import type { Dataset } from "../dataset/dataset.ts";
import type { Fingerprint } from "../dataset/input_file.ts";
import type { Choice } from "../engine/device.ts";
import { InputError } from "../errors/input_error.ts";
import { describeEnvironment } from "../runs/environment.ts";
import { type ArtifactWriter, artifactWriter } from "../runs/manifest.ts";
import { differences, keyOf, latestUnfinished, type Progress, readProgress, writeProgress } from "../runs/progress.ts";
import { register } from "../runs/registry.ts";
import { createRunFolder, NOTEBOOK, type RunIdentity } from "../runs/run_folder.ts";
import type { BaselinesConfig } from "./config.ts";
import { configDocument, type RunRecord } from "./documents.ts";

/** A run that may be written to. */
export interface OpenRun {
  readonly record: RunRecord;
  readonly writer: ArtifactWriter;
  readonly progress: Progress;
  /** Hash of the settings and the data; checkpoints carry it. */
  readonly key: string;
  readonly resumed: boolean;
}

/** The tag a `--resume` means: itself, or the newest unfinished run. */
export async function resumedTag(config: Pick<BaselinesConfig, "resume" | "out">): Promise<string | undefined> {
  return config.resume === LATEST ? await latestUnfinished(config.out) : config.resume;
}

/** What a bare `--resume` stands for. */
export const LATEST = "latest";

/**
 * Opens the run's folder: a new one, registered, with its config.json; or the one of `tag`, after checking that the settings and the data
 * are those it was begun with. @throws InputError listing the differences.
 */
export async function openRun(
  config: BaselinesConfig,
  dataset: Dataset,
  inputs: readonly Fingerprint[],
  choice: Choice,
  terminal: Terminal,
): Promise<OpenRun> {
  const settings = settingsOf(config, choice),
    data = Object.fromEntries(
      inputs.map(({ path, sha256 }) => [path.startsWith(`${dataset.path}/`) ? path.slice(dataset.path.length + 1) : path, sha256]),
    ),
    tag = await resumedTag(config);
  let identity: RunIdentity, progress: Progress;
  if (tag === undefined) {
    identity = await createRunFolder(config.out);
    progress = {
      status: "running",
      run_id: identity.runId,
      run_tag: identity.runTag,
      created_at: identity.createdAt,
      settings,
      data,
      models: {},
    };
    const setAside = await register(identity);
    if (setAside !== undefined) terminal.warn(`the registry meta.json was damaged; it lies at ${setAside} and a new one was begun`);
  } else {
    progress = await readProgress(config.out, tag);
    identity = {
      runId: progress.run_id,
      runTag: tag,
      createdAt: progress.created_at,
      root: config.out,
      outDir: `reports/${NOTEBOOK}/${tag}`,
    };
    const faults = differences(progress, { settings, data }), doing = `resuming the run ${tag}`;
    if (progress.status === "finished") {
      throw new InputError({ doing, found: "it is finished", wanted: "an interrupted run", next: "start a new run without --resume" });
    }
    if (faults.length > 0) {
      throw new InputError({
        doing,
        found: `it was begun differently: ${faults.join("; ")}`,
        wanted: "the same settings and data",
        next: "resume with the flags of the first run, or start a new run without --resume",
      });
    }
  }
  const root = await Deno.realPath(config.out), writer = artifactWriter(identity);
  const record: RunRecord = {
    identity,
    config,
    dataset,
    inputs: await Promise.all(inputs.map(async (input) => ({ ...input, path: relative(root, await Deno.realPath(input.path)) }))),
    device: choice.device,
    deviceReason: choice.why,
    environment: await describeEnvironment(config.out, VERSION),
  };
  if (tag === undefined) await writeProgress(identity, progress);
  await writer.writeJson(`${identity.outDir}/config.json`, configDocument(record));
  await writer.writeJson(`${identity.outDir}/models/vocabulary.json`, dataset.courses);
  return { record, writer, progress, key: await keyOf({ settings, data }), resumed: tag !== undefined };
}

/** Everything that decides the numbers. Folders and intervals do not; the engine and its threads do, in the last bits. */
function settingsOf(
  { data: _data, out: _out, config: _config, resume: _resume, checkpointEvery: _every, device: _device, threads, ...settings }:
    BaselinesConfig,
  { device }: Choice,
): Record<string, unknown> {
  return { ...settings, device, threads: threads || navigator.hardwareConcurrency, version: VERSION };
}
