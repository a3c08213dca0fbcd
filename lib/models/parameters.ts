/**
 * Parameter records: a neural model's weights as plain data, under the names and shapes of
 * PyTorch's `state_dict`. An engine uploads such a record and gives one back; nothing else holds
 * weights.
 */
import { streamKey, uniform } from "../random/threefry.ts";

/** A dense float32 tensor, row-major. */
export interface Tensor {
  /** Its lengths, outermost first. */
  readonly shape: readonly number[];
  /** Its values, as many as the product of `shape`. */
  readonly data: Float32Array;
}

/** Tensors by PyTorch's names, in `state_dict` order. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** How PyTorch fills a parameter at construction. */
export type Initialiser =
  | { readonly kind: "normal"; readonly deviation?: number } // N(0, deviation²); default: 1
  | { readonly kind: "uniform"; readonly bound: number } // U(-bound, bound)
  | { readonly kind: "constant"; readonly value: number };

/** Name, shape and initial distribution of one parameter. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Initialiser;
  /** A row that is zero at the start and receives no gradient (PyTorch's `padding_idx`). */
  readonly paddingRow?: number;
  /**
   * How many tensors PyTorch has stacked along the first axis (the GRU's gates, an attention's
   * queries, keys and values); absent for one. An engine may pad each of them by itself.
   */
  readonly stacked?: number;
}

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/**
 * Number of trainable values of a model, counting padding rows as PyTorch does.
 *
 * @example
 * ```ts
 * import { gruModel } from "./gru.ts";
 * import { parameterSpecs } from "./neural.ts";
 * import { countParameters, initialise } from "./parameters.ts";
 *
 * const specs = parameterSpecs(gruModel(343)); // the notebook's GRU
 * if (countParameters(specs) !== 140_695) throw new Error("the notebook says 140,695");
 * const { shape } = initialise(specs, 1)["gru.weight_hh_l0"];
 * if (shape.join() !== "384,128") throw new Error(`unexpected shape [${shape}]`);
 * ```
 */
export function countParameters(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
}

/** Tensors of zeros in the specs' shapes. */
export function zeros(specs: readonly ParameterSpec[]): Parameters {
  return Object.fromEntries(
    specs.map(({ name, shape }) => [name, { shape, data: new Float32Array(sizeOf(shape)) }]),
  );
}

/**
 * Fresh parameters in PyTorch's distributions. Deterministic per (seed, parameter name) and the
 * same on every engine; not the bits PyTorch would draw, since its generator differs.
 */
export function initialise(specs: readonly ParameterSpec[], seed: number): Parameters {
  return Object.fromEntries(
    specs.map((spec) => [spec.name, { shape: spec.shape, data: fill(spec, seed) }]),
  );
}

function fill({ name, shape, init, paddingRow }: ParameterSpec, seed: number): Float32Array {
  const data = new Float32Array(sizeOf(shape));
  const scratch = new Uint32Array(2);
  const stream = streamKey(`init/${name}`);
  if (init.kind === "constant") data.fill(init.value);
  else if (init.kind === "uniform") {
    for (let i = 0; i < data.length; i++) {
      data[i] = (2 * uniform(seed, stream, i, scratch) - 1) * init.bound;
    }
  } else {
    const { deviation = 1 } = init;
    for (let i = 0; i < data.length; i++) { // Box-Muller; 1 - u is never 0
      const radius = Math.sqrt(-2 * Math.log(1 - uniform(seed, stream, 2 * i, scratch)));
      const normal = radius * Math.cos(2 * Math.PI * uniform(seed, stream, 2 * i + 1, scratch));
      data[i] = deviation * normal;
    }
  }
  if (paddingRow !== undefined) {
    const width = data.length / shape[0];
    data.fill(0, paddingRow * width, (paddingRow + 1) * width);
  }
  return data;
}

/**
 * Checks that a record has exactly the specs' names and shapes and only finite values; `from` says
 * where it came from.
 */
export function checkParameters(
  specs: readonly ParameterSpec[],
  parameters: Parameters,
  from: string,
): void {
  const wanted = new Set(specs.map((spec) => spec.name));
  const extra = Object.keys(parameters).filter((name) => !wanted.has(name));
  if (extra.length > 0) {
    throw new TypeError(
      `${from} has the unknown parameter ${extra[0]}; expected: ${[...wanted].join(", ")}`,
    );
  }
  for (const { name, shape } of specs) {
    const tensor = parameters[name];
    if (tensor === undefined) throw new TypeError(`${from} lacks the parameter ${name}`);
    if (
      tensor.shape.length !== shape.length || shape.some((n, i) => tensor.shape[i] !== n) ||
      tensor.data.length !== sizeOf(shape)
    ) {
      throw new RangeError(
        `${from}: ${name} has shape [${tensor.shape}] and ${tensor.data.length} values, ` +
          `expected [${shape}]`,
      );
    }
    const bad = tensor.data.findIndex((x) => !Number.isFinite(x));
    if (bad >= 0) {
      throw new RangeError(
        `${from}: ${name}[${bad}] is ${tensor.data[bad]}, expected a finite number`,
      );
    }
  }
}
