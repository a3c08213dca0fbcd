/**
 * The CPU engine's shared memory: where every tensor lies. Rows are padded to multiples of four
 * floats, and the GRU's three gates to blocks of their own, so that kernels read and write whole
 * vectors; the padding stays zero through training.
 */
import type { NeuralModel } from "../../models/neural.ts";
import { parameterSpecs } from "../../models/neural.ts";
import type { Tensor } from "../../models/parameters.ts";

/** A tensor's place, in floats from the beginning of its region. */
export interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  /** Blocks of rows (the GRU's gates), rows a block, and rows a block takes with its padding. */
  readonly blocks: number;
  readonly rows: number;
  readonly paddedRows: number;
  /** Columns, and floats from one row to the next. */
  readonly columns: number;
  readonly stride: number;
}

/**
 * Places of a model's parameters: the item embedding first, the dense middle, the output layer
 * last.
 */
export interface ParameterLayout {
  readonly places: readonly Place[];
  readonly byName: Readonly<Record<string, Place>>;
  /** [begin, end) of the parameters that every thread has a gradient of its own for. */
  readonly dense: readonly [number, number];
  /** Floats in all. */
  readonly size: number;
}

/** Rounds up to a multiple of four. */
export const pad4 = (n: number): number => (n + 3) & ~3;

/** Lays the parameters out. */
export function layoutOf(model: NeuralModel): ParameterLayout {
  let offset = 0;
  let denseBegin = 0;
  let denseEnd = 0;
  const places = parameterSpecs(model).map(({ name, shape }): Place => {
    const gates = name.startsWith("gru.") || name.includes("in_proj_");
    const isVector = shape.length === 1;
    const blocks = gates ? 3 : 1;
    const rows = gates && !isVector ? shape[0] / 3 : isVector ? 1 : shape[0];
    const columns = isVector ? shape[0] / blocks : shape[1];
    const paddedRows = gates && !isVector ? pad4(rows) : rows;
    const stride = pad4(columns);
    if (name === "fc.weight") denseEnd = offset;
    const place = { name, shape, offset, blocks, rows, paddedRows, columns, stride };
    offset += blocks * paddedRows * stride;
    if (name === "embedding.weight" || name === "item_emb.weight") denseBegin = offset;
    return place;
  });
  return {
    places,
    byName: Object.fromEntries(places.map((place) => [place.name, place])),
    dense: [denseBegin, denseEnd],
    size: offset,
  };
}

/** Copies a tensor into its place in `region`. */
export function store(region: Float32Array, place: Place, data: Float32Array): void {
  eachRow(place, (from, to) => region.set(data.subarray(from, from + place.columns), to));
}

/** Copies a tensor out of its place. */
export function fetchTensor(region: Float32Array, place: Place): Tensor {
  const data = new Float32Array(place.blocks * place.rows * place.columns);
  eachRow(place, (to, from) => data.set(region.subarray(from, from + place.columns), to));
  return { shape: place.shape, data };
}

function eachRow(
  { offset, blocks, rows, paddedRows, columns, stride }: Place,
  visit: (plain: number, padded: number) => void,
): void {
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < rows; row++) {
      visit((block * rows + row) * columns, offset + (block * paddedRows + row) * stride);
    }
  }
}
