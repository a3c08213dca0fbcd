/** Begins a run, or takes up one that was interrupted. */
import { relative } from "node:path/posix";
import { VERSION } from "../../terminal/version.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { Dataset } from "../../dataset/dataset.ts";
import type { Fingerprint } from "../../files/input_file.ts";
import type { Choice } from "../../engine/device.ts";
import { InputError } from "../../errors/input_error.ts";
import { sweepTemporaries } from "../../files/atomic.ts";
import { within } from "../../files/confine.ts";
import { describeEnvironment } from "../../runs/environment.ts";
import type { Lock } from "../../files/lock.ts";
import { type ArtifactWriter, artifactWriter } from "../../runs/manifest.ts";
import {
  differences,
  keyOf,
  latestUnfinished,
  type Progress,
  readProgress,
  writeProgress,
} from "../../runs/progress.ts";
import { register } from "../../runs/registry.ts";
import { createRunFolder, holdRun, outDirOf, type RunIdentity } from "../../runs/run_folder.ts";
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
  /** Lets others resume the run; the end of the process does the same. */
  readonly release: () => void;
}

/** The tag a `--resume` means: itself, or the newest unfinished run. */
export async function resumedTag(
  config: Pick<BaselinesConfig, "resume" | "out">,
): Promise<string | undefined> {
  return config.resume === LATEST ? await latestUnfinished(config.out) : config.resume;
}

/** What a bare `--resume` stands for. */
export const LATEST = "latest";

/**
 * Opens the run's folder: a new one, registered, with its config.json; or the one of `tag`, after
 * checking that the settings and the data are those it was begun with. @throws InputError listing
 * the differences.
 */
export async function openRun(
  config: BaselinesConfig,
  dataset: Dataset,
  inputs: readonly Fingerprint[],
  choice: Choice,
  terminal: Terminal,
): Promise<OpenRun> {
  const settings = settingsOf(config, choice);
  const data = Object.fromEntries(
    inputs.map((
      { path, sha256 },
    ) => [
      path.startsWith(`${dataset.path}/`) ? path.slice(dataset.path.length + 1) : path,
      sha256,
    ]),
  );
  const tag = await resumedTag(config);
  const { identity, progress, held } = tag === undefined
    ? await begin(config, { settings, data }, terminal)
    : await takeUp(config.out, tag, { settings, data });
  try {
    const root = await Deno.realPath(config.out);
    const writer = artifactWriter(identity);
    const record: RunRecord = {
      identity,
      config,
      dataset,
      inputs: await Promise.all(
        inputs.map(async (input) => ({
          ...input,
          path: relative(root, await Deno.realPath(input.path)),
        })),
      ),
      device: choice.device,
      deviceReason: choice.why,
      environment: await describeEnvironment(config.out, VERSION),
    };
    // checkpoints are written without asking again
    await within(identity.root, `${identity.outDir}/checkpoints/any`);
    await writer.writeJson(`${identity.outDir}/config.json`, configDocument(record));
    await writer.writeJson(`${identity.outDir}/models/vocabulary.json`, dataset.courses);
    // last: from here on the run can be resumed, for which config.json must be there
    if (tag === undefined) await writeProgress(identity, progress);
    return {
      record,
      writer,
      progress,
      key: await keyOf({ settings, data }),
      resumed: tag !== undefined,
      release: held.release,
    };
  } catch (error) {
    held.release();
    throw error;
  }
}

/** A run's identity and progress, and the lock that keeps others out of its folder. */
interface Held {
  readonly identity: RunIdentity;
  readonly progress: Progress;
  readonly held: Lock;
}

/** A new run: its own folder, and its entry in the registry. */
async function begin(
  { out }: BaselinesConfig,
  what: Pick<Progress, "settings" | "data">,
  terminal: Terminal,
): Promise<Held> {
  const identity = await createRunFolder(out);
  const held = await holdRun(identity);
  const setAside = await register(identity).catch((error) => {
    held.release();
    throw error;
  });
  if (setAside !== undefined) {
    terminal.warn(
      `the registry meta.json was damaged; it lies at ${setAside} and a new one was begun`,
    );
  }
  const { runId: run_id, runTag: run_tag, createdAt: created_at } = identity;
  return {
    identity,
    held,
    progress: { status: "running", run_id, run_tag, created_at, ...what, models: {} },
  };
}

/** An interrupted run, after checking that it was begun with the same settings and data. */
async function takeUp(
  root: string,
  tag: string,
  what: Pick<Progress, "settings" | "data">,
): Promise<Held> {
  const outDir = outDirOf(tag);
  const doing = `resuming the run ${tag}`;
  await readProgress(root, tag); // a clear error for a run that is not there, before a lock is made
  const held = await holdRun({ root, outDir, runTag: tag });
  try {
    const progress = await readProgress(root, tag);
    const faults = differences(progress, what);
    if (progress.status === "finished") {
      throw new InputError({
        doing,
        found: "it is finished",
        wanted: "an interrupted run",
        next: "start a new run without --resume",
      });
    }
    if (faults.length > 0) {
      throw new InputError({
        doing,
        found: `it was begun differently: ${faults.join("; ")}`,
        wanted: "the same settings and data",
        next: "resume with the flags of the first run, or start a new run without --resume",
      });
    }
    for (const folder of ["", "/models", "/checkpoints"]) {
      await sweepTemporaries(`${root}/${outDir}${folder}`, 0);
    }
    return {
      identity: {
        runId: progress.run_id,
        runTag: tag,
        createdAt: progress.created_at,
        root,
        outDir,
      },
      progress,
      held,
    };
  } catch (error) {
    held.release();
    throw error;
  }
}

/**
 * Everything that decides the numbers. Folders and intervals do not; the engine and its threads do,
 * in the last bits.
 */
function settingsOf(
  {
    data: _data,
    out: _out,
    config: _config,
    resume: _resume,
    checkpointEvery: _every,
    device: _device,
    threads,
    ...settings
  }: BaselinesConfig,
  { device }: Choice,
): Record<string, unknown> {
  return {
    ...settings,
    device,
    threads: threads || navigator.hardwareConcurrency,
    version: VERSION,
  };
}
