/**
 * Where every tensor lies in the CPU engine's shared memory. Rows are padded to multiples of four
 * floats, and stacked tensors (the GRU's gates) each by themselves, so that kernels read and write
 * whole vectors; the padding stays zero through training.
 */
import { pad4 } from "../../kernels/wasm/sizes.ts";
import { architectureOf, type NeuralModel } from "../../models/neural.ts";
import type { ParameterSpec, Tensor } from "../../models/parameters.ts";

/** A tensor's place in a region of parameters, gradients or moments; counted in floats. */
export interface TensorLayout {
  readonly name: string;
  readonly shape: readonly number[];
  /** From the beginning of the region. */
  readonly offset: number;
  /** Blocks of rows (stacked tensors), rows a block, and rows a block takes with its padding. */
  readonly blocks: number;
  readonly rows: number;
  readonly paddedRows: number;
  /** Columns, and floats from one row to the next. */
  readonly columns: number;
  readonly stride: number;
}

/** A model's parameters: the item table first, the dense middle, the output layer last. */
export interface ParameterLayout {
  /** In `state_dict` order. */
  readonly tensors: readonly TensorLayout[];
  readonly byName: Readonly<Record<string, TensorLayout>>;
  /** The table of items: its gradients come by row. */
  readonly itemTable: TensorLayout;
  /** The row of that table which is padding and has no gradient. */
  readonly paddingRow: number;
  /**
   * The output layer: its gradients come by course, each from the thread that has the course. Of a
   * tied model the weight is the item table, whose first rows are the courses'.
   */
  readonly output: { readonly weight: TensorLayout; readonly bias?: TensorLayout };
  /** [begin, end) of the parameters that every thread has a gradient of its own for. */
  readonly dense: readonly [number, number];
  /** Floats in all. */
  readonly size: number;
}

/** Lays the parameters out. */
export function layoutOf(model: NeuralModel): ParameterLayout {
  const architecture = architectureOf(model);
  const { weight, bias } = architecture.outputLayer(model);
  const specs = architecture.parameterSpecs(model);
  const isItemTable = ({ name }: ParameterSpec) => name === architecture.itemTable;
  const isOutput = (spec: ParameterSpec) =>
    !isItemTable(spec) && (spec.name === weight || spec.name === bias);
  const byName: Record<string, TensorLayout> = {};
  let size = 0;
  const lay = (some: readonly ParameterSpec[]): number => {
    for (const spec of some) {
      const tensor = tensorLayout(spec, size);
      byName[spec.name] = tensor;
      size += tensor.blocks * tensor.paddedRows * tensor.stride;
    }
    return size;
  };
  const denseBegin = lay(specs.filter(isItemTable));
  const denseEnd = lay(specs.filter((spec) => !isItemTable(spec) && !isOutput(spec)));
  lay(specs.filter(isOutput));
  return {
    tensors: specs.map(({ name }) => byName[name]),
    byName,
    itemTable: byName[architecture.itemTable],
    paddingRow: architecture.paddingRow(model),
    output: { weight: byName[weight], bias: bias === undefined ? undefined : byName[bias] },
    dense: [denseBegin, denseEnd],
    size,
  };
}

function tensorLayout({ name, shape, stacked = 1 }: ParameterSpec, offset: number): TensorLayout {
  const [rows, columns] = shape.length === 1
    ? [1, shape[0] / stacked]
    : [shape[0] / stacked, shape[1]];
  return {
    name,
    shape,
    offset,
    blocks: stacked,
    rows,
    paddedRows: stacked === 1 || shape.length === 1 ? rows : pad4(rows),
    columns,
    stride: pad4(columns),
  };
}

/** Copies a tensor into its place in `region`. */
export function writeTensor(region: Float32Array, tensor: TensorLayout, data: Float32Array): void {
  eachRow(
    tensor,
    (plain, padded) => region.set(data.subarray(plain, plain + tensor.columns), padded),
  );
}

/** Copies a tensor out of its place in `region`. */
export function readTensor(region: Float32Array, tensor: TensorLayout): Tensor {
  const data = new Float32Array(tensor.blocks * tensor.rows * tensor.columns);
  eachRow(
    tensor,
    (plain, padded) => data.set(region.subarray(padded, padded + tensor.columns), plain),
  );
  return { shape: tensor.shape, data };
}

/** Visits the rows of a tensor: where each begins without and with padding. */
function eachRow(
  { offset, blocks, rows, paddedRows, columns, stride }: TensorLayout,
  visit: (plain: number, padded: number) => void,
): void {
  for (let block = 0; block < blocks; block++) {
    for (let row = 0; row < rows; row++) {
      visit((block * rows + row) * columns, offset + (block * paddedRows + row) * stride);
    }
  }
}
