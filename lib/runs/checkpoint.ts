/**
 * Checkpoints of training: everything that decides what follows, in one safetensors file whose name
 * carries its SHA-256, written atomically. The last two are kept, so that a damaged one costs an
 * interval and not the run.
 *
 * The random streams are counter-based: seed, model, epoch and step are their whole state, and all
 * four are here.
 */
import type { Cursor } from "../engine/fit.ts";
import type { EngineOptions, TrainingState } from "../engine/engine.ts";
import { sha256 } from "../files/fingerprint.ts";
import { InputError, messageOf, show } from "../errors/input_error.ts";
import { removeFile, writeAtomic } from "../files/atomic.ts";
import { host } from "../files/host.ts";
import { readBytes } from "../files/input_file.ts";
import { list, number, record as valuesByName, type Shape } from "../files/shape.ts";
import { decodeSafeTensors, encodeSafeTensors, type StoredTensor } from "../files/safetensors.ts";

/** Where training of one model stands. */
export interface Checkpoint {
  readonly cursor: Cursor;
  readonly state: TrainingState;
  /** Parameters of the best epoch so far, where the best is kept. */
  readonly kept?: TrainingState["parameters"];
  /** Training time so far, in seconds. */
  readonly seconds: number;
}

/**
 * What a checkpoint belongs to: the model's name and architecture, the seed, and the hash of
 * configuration and data.
 */
export interface CheckpointOwner {
  readonly name: string;
  readonly model: EngineOptions["model"];
  readonly seed: number;
  readonly key: string;
}

/** Checks tensors and gives them as a model's parameters. @throws InputError naming `path`. */
export type ReadWeights = (
  tensors: Readonly<Record<string, StoredTensor>>,
  path: string,
) => TrainingState["parameters"];

const FORMAT = "1";
const KEPT = 2;
const KEPT_RECORD = "kept";
const RECORDS = ["parameters", "firstMoments", "secondMoments"] as const;

/**
 * Writes a checkpoint into `folder` and removes all but the last two of this model. `notes` stand
 * in its metadata and decide nothing. Returns the file's path.
 */
export async function writeCheckpoint(
  folder: string,
  owner: CheckpointOwner,
  { cursor, state, kept, seconds }: Checkpoint,
  notes: Readonly<Record<string, string>> = {},
): Promise<string> {
  const tensors: Record<string, StoredTensor> = {};
  const put = (record: string, parameters: TrainingState["parameters"]) => {
    for (const [name, tensor] of Object.entries(parameters)) tensors[`${record}/${name}`] = tensor;
  };
  for (const record of RECORDS) put(record, state[record]);
  if (kept !== undefined) put(KEPT_RECORD, kept);
  const metadata = {
    ...notes,
    checkpoint: FORMAT,
    owner: JSON.stringify(owner),
    step: String(state.step),
    seconds: String(seconds),
    epoch_losses: JSON.stringify(cursor.epochLosses),
    batch_losses: JSON.stringify(cursor.batchLosses),
    ...cursor.scores && { scores: JSON.stringify(cursor.scores) },
  };
  const bytes = encodeSafeTensors({ tensors, metadata });
  const path = `${folder}/${owner.name}-${String(state.step).padStart(9, "0")}-${await sha256(
    bytes,
  )}.safetensors`;
  await writeAtomic(path, bytes, { keepsFolders: true });
  for (const old of (await checkpointsOf(folder, owner.name)).slice(KEPT)) {
    await host.remove(`${folder}/${old}`).catch(() => {});
  }
  return path;
}

/**
 * The newest whole checkpoint of a model, or none. `complain` hears of each one passed over because
 * it is damaged.
 * @throws InputError when a whole one belongs to another configuration or other data.
 */
export async function readCheckpoint(
  folder: string,
  owner: CheckpointOwner,
  { weights, complain }: {
    readonly weights: ReadWeights;
    readonly complain: (message: string) => void;
  },
): Promise<Checkpoint | undefined> {
  for (const file of await checkpointsOf(folder, owner.name)) {
    const path = `${folder}/${file}`;
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await readBytes(path, { doing: `reading ${path}` });
      if (await sha256(bytes) !== /-([0-9a-f]{64})\.safetensors$/.exec(file)![1]) {
        throw new Error("its SHA-256 is not the one in its name");
      }
      return decodeCheckpoint(bytes, path, owner, weights);
    } catch (error) {
      if (error instanceof InputError && error.fault.doing.startsWith("matching")) throw error;
      complain(
        `the checkpoint ${path} is damaged (${
          messageOf(error)
        }); falling back to the one before it`,
      );
    }
  }
  return undefined;
}

/**
 * Decodes a checkpoint's bytes. @throws InputError when damaged, or ("matching …") when it belongs
 * to something else.
 */
export function decodeCheckpoint(
  bytes: Uint8Array<ArrayBuffer>,
  path: string,
  owner: CheckpointOwner,
  weights: ReadWeights,
): Checkpoint {
  const { tensors, metadata } = decodeSafeTensors(bytes, path);
  const fail = (found: string): never => {
    throw new InputError({
      doing: `reading the checkpoint ${path}`,
      found,
      wanted: "a checkpoint of this program",
    });
  };
  if (metadata.checkpoint !== FORMAT) fail(`its format is ${show(metadata.checkpoint)}`);
  if (metadata.owner !== JSON.stringify(owner)) {
    throw new InputError({
      doing: `matching the checkpoint ${path}`,
      found: `it belongs to ${show(metadata.owner, 300)}`,
      wanted: show(JSON.stringify(owner), 300),
      next: "resume with the flags and data of the first run, or start a new run",
    });
  }
  const read = <T>(text: string | undefined, shape: Shape<T>, what: string): T => {
    try {
      return shape(JSON.parse(text ?? ""), what);
    } catch {
      return fail(`${what} are not as they are written`);
    }
  };
  const losses = (text: string | undefined) => read(text, list(number()), "its losses");
  const step = Number(metadata.step);
  const seconds = Number(metadata.seconds);
  if (!(Number.isSafeInteger(step) && step >= 0 && seconds >= 0)) {
    fail(`its step is ${show(metadata.step)}`);
  }
  const tensorsOf = (record: string) => {
    const prefix = `${record}/`;
    const own = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
    return own.map(([key, tensor]) => [key.slice(prefix.length), tensor] as const);
  };
  const record = (name: string) => weights(Object.fromEntries(tensorsOf(name)), path);
  const { scores } = metadata;
  return {
    cursor: {
      epochLosses: losses(metadata.epoch_losses),
      batchLosses: losses(metadata.batch_losses),
      ...scores !== undefined && {
        scores: read(scores, list(valuesByName(number())), "its scores"),
      },
    },
    state: {
      step,
      parameters: record("parameters"),
      firstMoments: record("firstMoments"),
      secondMoments: record("secondMoments"),
    },
    ...tensorsOf(KEPT_RECORD).length > 0 && { kept: record(KEPT_RECORD) },
    seconds,
  };
}

/** Removes a model's checkpoints: it is fitted and saved. @throws InputError. */
export async function removeCheckpoints(folder: string, name: string): Promise<void> {
  for (const file of await checkpointsOf(folder, name)) await removeFile(`${folder}/${file}`);
}

/** A model's checkpoint files, newest first; two of the same step are the same training. */
async function checkpointsOf(folder: string, name: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const entry of host.readDir(folder)) {
      if (
        entry.isFile && entry.name.startsWith(`${name}-`) &&
        /-\d{9,}-[0-9a-f]{64}\.safetensors$/.test(entry.name)
      ) {
        files.push(entry.name);
      }
    }
  } catch (error) {
    if (!(error instanceof host.errors.NotFound)) throw error;
  }
  return files.sort().reverse();
}
