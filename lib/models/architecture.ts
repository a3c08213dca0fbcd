/**
 * What every neural model says of itself, and what an architecture says of its models. An
 * architecture is one record, in the list of `neural.ts`; each engine has a record of its own under
 * the same name.
 */
import type { ParameterSpec } from "./parameters.ts";

/** A neural model: an architecture and its sizes, without weights. Plain data, saved as JSON. */
export interface NeuralModel {
  /** The name of the architecture's record. */
  readonly architecture: string;
  /** Courses of the catalogue. */
  readonly nItems: number;
  /** Width of the states that the output layer reads. */
  readonly hiddenDim: number;
  /** A prefix keeps its last `maxLen` items. */
  readonly maxLen: number;
}

/**
 * Whose row of the item table stands for padding. By default course 0's, as in the notebook: course
 * 0 then never learns an embedding. With `ownPadding` the table has one row more, the last one: row
 * c stays course c, and row `nItems` is the padding (PyTorch's `padding_idx=n_items`).
 */
export interface Padding {
  /** Absent for the notebook's, so that its models' files keep their bytes. */
  readonly ownPadding?: true;
}

/** The row of the item table that is padding. */
export function paddingRowOf({ nItems, ownPadding }: NeuralModel & Padding): number {
  return ownPadding ? nItems : 0;
}

/** `state_dict` names of the output layer's tensors: logits = state · weightᵀ + bias. */
export interface OutputLayer {
  /** [nItems or more × hiddenDim]: the first `nItems` rows are the courses'. */
  readonly weight: string;
  /** [nItems]; absent for none. */
  readonly bias?: string;
}

/** Whether the item embeddings are the output layer's weights as well. */
export interface Tying {
  /**
   * Absent for two tables. A tied model has a padding row of its own: course 0's row is an output
   * too, so padding cannot have it.
   */
  readonly tied?: true;
}

/** What a model that is tied has besides. */
export function tying({ tied }: Tying): Padding & Tying {
  return tied ? { tied, ownPadding: true } : {};
}

/**
 * All that is known of an architecture whatever the engine. Its methods are declared as methods, so
 * that records of different models make one list.
 */
export interface Architecture<M extends NeuralModel = NeuralModel> {
  readonly name: M["architecture"];
  /** Its name for people. */
  readonly title: string;
  /** `state_dict` name of the table [items × width] that embeds the items of a window. */
  readonly itemTable: string;
  /** The row of that table which stands for padding: zero, and never trained. */
  paddingRow(model: M): number;
  /** The layer that turns states into logits. */
  outputLayer(model: M): OutputLayer;
  /** Parameters in `state_dict` order with PyTorch's initial distributions. */
  parameterSpecs(model: M): ParameterSpec[];
  /**
   * Whether training reads every window out at the last column of its batch, padding included. Else
   * each target is read at its own position, and padding changes nothing.
   */
  readsLastColumn(model: M): boolean;
  /** Whether a model reads a window out once only, so that each must have exactly one target. */
  oneTargetAWindow(model: M): boolean;
  /** Whether a value, as JSON gives it, is a model of this architecture that can be built. */
  isModel(value: unknown): value is M;
}

/** The largest size that a model read from a file may have: larger ones are damage. */
const LARGEST_SIZE = 10_000_000;

/**
 * The value as a record, if it names this architecture, all of `sizes` are whole numbers from 1 to
 * 10 million in it, and its padding and its tie are ones that there are.
 */
export function recordOf(
  value: unknown,
  architecture: string,
  sizes: readonly string[],
): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const record: Readonly<Record<string, unknown>> = { ...value };
  const isSize = (size: unknown) =>
    typeof size === "number" && Number.isInteger(size) && size > 0 && size <= LARGEST_SIZE;
  if (record.architecture !== architecture) return undefined;
  if (record.ownPadding !== undefined && record.ownPadding !== true) return undefined;
  if (record.tied !== undefined && !(record.tied === true && record.ownPadding)) return undefined;
  return sizes.every((key) => isSize(record[key])) ? record : undefined;
}
