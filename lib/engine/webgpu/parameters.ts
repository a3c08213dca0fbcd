/** Parameter records into stores and back. */
import {
  fillCopies,
  type StoreLayout,
  sumSlices,
  transfer,
} from "../../kernels/webgpu/store_layout.ts";
import type { Parameters } from "../../models/parameters.ts";

/** A store's weights, transposed copies included. */
export function packWeights(
  layout: StoreLayout,
  parameters: Parameters,
): Float32Array<ArrayBuffer> {
  const packed = pack(layout, parameters, layout.weightsSize);
  fillCopies(layout, packed);
  return packed;
}

/** A store's first and second moments, one after the other. */
export function packMoments(
  layout: StoreLayout,
  first: Parameters,
  second: Parameters,
): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(2 * layout.targetEnd);
  packed.set(pack(layout, first, layout.targetEnd));
  packed.set(pack(layout, second, layout.targetEnd), layout.targetEnd);
  return packed;
}

function pack(
  layout: StoreLayout,
  parameters: Parameters,
  size: number,
): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(size);
  for (const place of layout.places) transfer(place, parameters[place.name].data, packed, "in");
  return packed;
}

/** Copies what a store holds of the tensors into a record of the right shapes. */
export function unpack(layout: StoreLayout, packed: Float32Array, into: Parameters): void {
  for (const place of layout.places) transfer(place, into[place.name].data, packed, "out");
}

/** The gradients that a store's slices add up to, into a record. */
export function unpackGradients(layout: StoreLayout, slices: Float32Array, into: Parameters): void {
  unpack(layout, sumSlices(layout, slices), into);
}
