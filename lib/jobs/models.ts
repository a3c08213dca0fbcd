/** Baselines by name, and the models of finished runs that they can read. */
import type { Baseline, Computing, OpenScorer } from "../baselines/baseline.ts";
import type { SyntheticMark } from "../dataset/dataset.ts";
import { SYNTHETIC_NOTE } from "../dataset/mark.ts";
import { counted } from "../errors/counted.ts";
import { InputError, show } from "../errors/input_error.ts";
import { nearest } from "../errors/nearest.ts";
import { isRecord, parseJson } from "../files/json.ts";
import { withMetadata } from "../files/safetensors.ts";
import { type FinishedRun, readRun } from "../runs/read_run.ts";

/** A fitted model with the baseline that knows what it is. */
export interface FittedModel {
  readonly baseline: Baseline;
  readonly fitted: unknown;
}

/** The baseline `name`. `doing` is for the message. @throws InputError naming the nearest. */
export function baselineOf(baselines: readonly Baseline[], name: string, doing: string): Baseline {
  const found = baselines.find((baseline) => baseline.name === name);
  if (found !== undefined) return found;
  const names = baselines.map((baseline) => baseline.name);
  const guess = nearest(name, names);
  throw new InputError({
    doing,
    found: `the unknown model ${show(name)}`,
    wanted: guess === undefined ? `one of ${names.join(", ")}` : `perhaps ${guess}`,
  });
}

/** The file's name of a model. */
export function modelFile({ name, extension }: Baseline): string {
  return `${name}.${extension}`;
}

/**
 * The bytes of a model's file. A model that was fitted on synthetic data says so in it: under
 * `synthetic`, in a JSON model or in the metadata of a safetensors file.
 */
export function modelBytes(
  { baseline, fitted }: FittedModel,
  synthetic: SyntheticMark | undefined,
): Uint8Array<ArrayBuffer> {
  const bytes = baseline.encode(fitted);
  if (synthetic === undefined) return bytes;
  const mark = JSON.stringify(synthetic);
  if (baseline.extension === "safetensors") return withMetadata(bytes, { [SYNTHETIC_NOTE]: mark });
  const model = parseJson(bytes, { doing: `marking the model ${baseline.name}` });
  const marked = isRecord(model) ? { ...model, [SYNTHETIC_NOTE]: synthetic } : model;
  return new TextEncoder().encode(`${JSON.stringify(marked)}\n`);
}

/** Makes a fitted model ready to be asked. */
export async function openScorer(
  { baseline, fitted }: FittedModel,
  computing: Computing,
): Promise<OpenScorer> {
  return await baseline.scorer(fitted, computing);
}

/** A finished run's models; a model's file is read when it is asked for. */
export interface SavedModels {
  readonly run: FinishedRun;
  /** Model names, in the order in which the run fitted them. */
  readonly names: readonly string[];
  /** @throws InputError for a name that the run has not, a damaged file, or another catalogue's. */
  read(name: string): Promise<FittedModel>;
}

/**
 * Opens a run of the project folder `root` by its tag, or the newest finished one. Every byte is
 * checked against the manifest's fingerprint before it is parsed.
 * @throws InputError when there is none or it is damaged.
 */
export async function openSavedModels(
  root: string,
  tag: string,
  baselines: readonly Baseline[],
): Promise<SavedModels> {
  const run = await readRun(root, tag);
  const names = Object.keys(run.results.baselines);
  return {
    run,
    names,
    async read(name) {
      const doing = `looking for a model of the run ${run.tag}`;
      if (!names.includes(name)) {
        throw new InputError({
          doing,
          found: `it has no ${show(name)}`,
          wanted: `one of ${names.join(", ")}`,
        });
      }
      const baseline = baselineOf(baselines, name, doing);
      const file = `models/${modelFile(baseline)}`;
      const path = `${run.folder}/${file}`;
      const fitted = baseline.decode(await run.readArtifact(file), path);
      const items = baseline.itemsOf(fitted);
      if (items !== run.courses.length) {
        throw new InputError({
          doing: `reading the model ${path}`,
          found: `it scores ${counted(items, "course")}`,
          wanted: `the ${run.courses.length} of the run's vocabulary`,
        });
      }
      return { baseline, fitted };
    },
  };
}

/** The model that answers where none is named: the first neural one, else the first. */
export function defaultModel(names: readonly string[], baselines: readonly Baseline[]): string {
  const neural = baselines.filter(({ family }) => family === "neural").map(({ name }) => name);
  return names.find((name) => neural.includes(name)) ?? names[0];
}

/** Those of the models that are networks. */
export function networksOf(
  names: readonly string[],
  baselines: readonly Baseline[],
): readonly string[] {
  const networks = baselines.filter(({ network }) => network !== undefined);
  return networks.map(({ name }) => name).filter((name) => names.includes(name));
}
