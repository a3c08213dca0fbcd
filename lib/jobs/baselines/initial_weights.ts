/**
 * `--init`: neural models that begin with weights from a safetensors file, PyTorch's or ours,
 * instead of fresh ones.
 */
import type { Baseline } from "../../baselines/baseline.ts";
import { parametersFrom } from "../../baselines/weights.ts";
import { SYNTHETIC_NOTE } from "../../dataset/mark.ts";
import { InputError, show } from "../../errors/input_error.ts";
import type { Fingerprint } from "../../files/fingerprint.ts";
import { readInput } from "../../files/input_file.ts";
import { decodeSafeTensors, type SafeTensors } from "../../files/safetensors.ts";
import { type NeuralModel, parameterSpecs } from "../../models/neural.ts";
import type { Parameters } from "../../models/parameters.ts";
import { baselineOf } from "../models.ts";
import { type BaselinesConfig, trainingOf } from "./config.ts";

/** The weights by model, and the files they came from. */
export interface InitialWeights {
  readonly parameters: Readonly<Partial<Record<string, Parameters>>>;
  readonly inputs: readonly Fingerprint[];
  /** What must be said of where they come from. */
  readonly notes: readonly string[];
}

/** A neural model of the run. */
interface Candidate {
  readonly name: string;
  readonly model: NeuralModel;
}

/**
 * Reads the files of `--init`: `model=file` for one model, a bare file for every model of the run
 * whose parameters it names.
 * @throws InputError for a file that fits no model, a shape that is not the model's, or a model
 * with two files.
 */
export async function readInitialWeights(
  config: BaselinesConfig,
  baselines: readonly Baseline[],
  nItems: number,
): Promise<InitialWeights> {
  const candidates = candidatesOf(config, baselines, nItems);
  const parameters: Record<string, Parameters> = {};
  const inputs: Fingerprint[] = [];
  const notes: string[] = [];
  for (const entry of config.init) {
    const doing = `reading --init ${entry}`;
    const { name, path } = parseEntry(entry, baselines);
    const { bytes, fingerprint } = await readInput(
      path,
      "name a safetensors file of this program or of PyTorch with --init",
    );
    const { tensors: stored, metadata } = decodeSafeTensors(bytes, path);
    if (metadata[SYNTHETIC_NOTE] !== undefined) {
      notes.push(`the initial weights of ${path} were fitted on SYNTHETIC DATA`);
    }
    const tensors = withoutPrefix(stored, candidates.map(firstOf));
    inputs.push(fingerprint);
    for (const fit of fitting(candidates, name, tensors, doing)) {
      if (Object.hasOwn(parameters, fit.name)) {
        const found = `a second file for ${fit.name}`;
        throw new InputError({ doing, found, wanted: "one a model" });
      }
      parameters[fit.name] = parametersFrom(fit.model, tensors, path);
    }
  }
  return { parameters, inputs, notes };
}

function candidatesOf(
  config: BaselinesConfig,
  baselines: readonly Baseline[],
  nItems: number,
): Candidate[] {
  return config.models.flatMap((name) => {
    const baseline = baselineOf(baselines, name, "reading --models");
    const model = baseline.network?.(nItems, config.own[name], trainingOf(config));
    return model === undefined ? [] : [{ name, model }];
  });
}

/** The candidates that a file is for: the named one, or all whose first parameter it holds. */
function fitting(
  candidates: readonly Candidate[],
  name: string | undefined,
  tensors: SafeTensors["tensors"],
  doing: string,
): readonly Candidate[] {
  const fits = candidates.filter((candidate) =>
    name === undefined ? firstOf(candidate) in tensors : candidate.name === name
  );
  if (fits.length > 0) return fits;
  const names = Object.keys(tensors).slice(0, 4).map((tensor) => show(tensor)).join(", ");
  throw new InputError({
    doing,
    found: name === undefined
      ? `its tensors are ${names}…`
      : `${name} is not a neural model of this run`,
    wanted: candidates.length === 0
      ? "a run with a GRU or SASRec"
      : candidates.map((candidate) => `${firstOf(candidate)} for ${candidate.name}`).join(", "),
  });
}

function firstOf({ model }: Candidate): string {
  return parameterSpecs(model)[0].name;
}

/**
 * The tensors without what a wrapper put before their names: `model.` of Lightning, `module.` of
 * DataParallel, `_orig_mod.` of torch.compile. The prefix is what stands before the one name that
 * ends as a model's first parameter; names without it stay as they are, to be refused.
 */
function withoutPrefix(
  tensors: SafeTensors["tensors"],
  firsts: readonly string[],
): SafeTensors["tensors"] {
  const names = Object.keys(tensors);
  if (firsts.some((first) => names.includes(first))) return tensors;
  const prefixes = new Set(
    firsts.flatMap((first) =>
      names.filter((name) => name.endsWith(`.${first}`)).map((name) => name.slice(0, -first.length))
    ),
  );
  if (prefixes.size !== 1) return tensors;
  const [prefix] = prefixes;
  return Object.fromEntries(
    Object.entries(tensors).map((
      [name, tensor],
    ) => [name.startsWith(prefix) ? name.slice(prefix.length) : name, tensor]),
  );
}

function parseEntry(
  entry: string,
  baselines: readonly Baseline[],
): { readonly name?: string; readonly path: string } {
  const [, name, path] = /^([a-z_0-9]+)=(.+)$/i.exec(entry) ?? [];
  if (name === undefined) return { path: entry };
  baselineOf(baselines, name, "reading --init");
  return { name, path };
}
