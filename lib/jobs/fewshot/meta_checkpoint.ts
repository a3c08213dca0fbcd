/** Where meta-training of one method stands, in one file of the run's checkpoints. */
import type { LearntRates, MetaState } from "../../engine/adaptation.ts";
import { parametersFrom } from "../../baselines/weights.ts";
import { InputError, messageOf } from "../../errors/input_error.ts";
import type { Checked, MetaProgress } from "../../fewshot/meta_train.ts";
import { writeAtomic } from "../../files/atomic.ts";
import { host } from "../../files/host.ts";
import { readBytes } from "../../files/input_file.ts";
import {
  decodeSafeTensors,
  encodeSafeTensors,
  type StoredTensor,
} from "../../files/safetensors.ts";
import type { NeuralModel } from "../../models/neural.ts";

/** What a checkpoint belongs to. */
export interface MetaOwner {
  readonly method: string;
  readonly model: NeuralModel;
  /** Hash of the run's settings and data. */
  readonly key: string;
}

const RECORDS = ["parameters", "firstMoments", "secondMoments"] as const;

/** What a checkpoint keeps beside its tensors; JSON gives every float64 back as it was. */
interface Beside {
  readonly owner: MetaOwner;
  readonly step: number;
  readonly bestStep: number;
  readonly rates?: LearntRates;
  readonly bestRates?: LearntRates;
  readonly checked: readonly Checked[];
  readonly losses: readonly number[];
}

/** Writes the file at `path`. */
export async function writeMetaCheckpoint(
  path: string,
  owner: MetaOwner,
  { state, best, checked, losses }: MetaProgress,
): Promise<void> {
  const tensors: Record<string, StoredTensor> = {};
  for (const [whose, of] of Object.entries({ state, best })) {
    for (const record of RECORDS) {
      for (const [name, tensor] of Object.entries(of[record])) {
        tensors[`${whose}/${record}/${name}`] = tensor;
      }
    }
  }
  const beside: Beside = {
    owner,
    step: state.step,
    bestStep: best.step,
    rates: state.rates,
    bestRates: best.rates,
    checked,
    losses,
  };
  const bytes = encodeSafeTensors({ tensors, metadata: { meta: JSON.stringify(beside) } });
  await writeAtomic(path, bytes, { keepsFolders: true });
}

/**
 * Reads the file at `path`; none where it is not there or damaged, which `complain` hears. @throws
 * InputError when it belongs to something else.
 */
export async function readMetaCheckpoint(
  path: string,
  owner: MetaOwner,
  complain: (message: string) => void,
): Promise<MetaProgress | undefined> {
  const isThere = await host.stat(path).then(() => true, () => false);
  if (!isThere) return undefined;
  let decoded;
  let beside: Beside;
  try {
    decoded = decodeSafeTensors(await readBytes(path, { doing: `reading ${path}` }), path);
    beside = JSON.parse(decoded.metadata.meta);
  } catch (error) {
    complain(`the checkpoint ${path} is damaged (${messageOf(error)}); training from the start`);
    return undefined;
  }
  if (JSON.stringify(beside.owner) !== JSON.stringify(owner)) {
    throw new InputError({
      doing: `matching the checkpoint ${path}`,
      found: "it belongs to other settings or data",
      wanted: "the run's own",
      next: "resume with the flags and data of the first run, or start a new run",
    });
  }
  const { tensors } = decoded;
  const stateOf = (whose: string, step: number, rates?: LearntRates): MetaState => {
    const record = (name: typeof RECORDS[number]) => {
      const prefix = `${whose}/${name}/`;
      const own = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
      const byName = own.map(([key, tensor]) => [key.slice(prefix.length), tensor]);
      return parametersFrom(owner.model, Object.fromEntries(byName), path);
    };
    return {
      step,
      parameters: record("parameters"),
      firstMoments: record("firstMoments"),
      secondMoments: record("secondMoments"),
      ...(rates && { rates }),
    };
  };
  return {
    state: stateOf("state", beside.step, beside.rates),
    best: stateOf("best", beside.bestStep, beside.bestRates),
    checked: beside.checked,
    losses: beside.losses,
  };
}
