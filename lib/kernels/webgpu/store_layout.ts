/**
 * Where parameters lie in a store's buffers. Order: tables whose gradients are written whole
 * ("direct"), then parameters whose gradients are split sums over tokens, then those split over
 * targets; after all of them the transposed copies that forward passes read. Gradients: the direct
 * part, then the slices of the second part, one after the other, then those of the third. A tied
 * table lies in the third.
 */
import { roundUp } from "./kernel.ts";

/**
 * A tensor inside a store: row r of the tensor is row (r / groupRows)·groupStride + r % groupRows
 * there. All in floats.
 */
export interface TensorPlace {
  readonly name: string;
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  /** Floats from row to row, a multiple of 4 unless the tensor is one row. */
  readonly stride: number;
  readonly groupRows: number;
  readonly groupStride: number;
  /** Where in the tensor these rows begin, when the tensor is in shards. */
  readonly offset: number;
}

/**
 * A transposed copy: element (r, c) of the [rows × columns] matrix at `from` is also at to +
 * c·stride + r.
 */
export interface TransposedCopy {
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
  readonly to: number;
  readonly stride: number;
}

/** A store's layout, in floats. */
export interface StoreLayout {
  readonly places: readonly TensorPlace[];
  readonly copies: readonly TransposedCopy[];
  /** Ends of the three parts. */
  readonly directEnd: number;
  readonly tokenEnd: number;
  readonly targetEnd: number;
  /** Parameters and copies. */
  readonly weightsSize: number;
  readonly slices: number;
  readonly targetSlices: number;
  /**
   * 1 where the third part has a slice more, for gradients of single rows: a tied table's as
   * embeddings. The next step begins with zeros there.
   */
  readonly rowSlices: 0 | 1;
  readonly gradientsSize: number;
}

/**
 * Slices of the sums over tokens: enough workgroups for a large card, few enough for Adam to add
 * up.
 */
export const SLICES = 16;
/** Slices of the sums over targets. */
export const TARGET_SLICES = 4;

/** A layout under construction: tensors are placed one after the other. */
export interface LayoutBuilder {
  /**
   * Places a tensor [rows × columns], rows in groups padded to `groupStride`, columns to quads;
   * returns where.
   */
  place(
    name: string,
    rows: number,
    columns: number,
    padding?: { groupRows?: number; groupStride?: number; offset?: number },
  ): number;
  /** Ends a part. */
  end(part: "direct" | "token"): void;
  /** Adds a transposed copy of what lies at `from`; returns where. */
  transpose(from: number, rows: number, columns: number): number;
  finish(
    counts?: Partial<Pick<StoreLayout, "slices" | "targetSlices" | "rowSlices">>,
  ): StoreLayout;
}

/** Starts a layout. Places first, then the copies. */
export function layoutBuilder(): LayoutBuilder {
  const places: TensorPlace[] = [];
  const copies: TransposedCopy[] = [];
  const ends: { direct?: number; token?: number } = {};
  let size = 0;
  let targetEnd: number | undefined;
  return {
    place(name, rows, columns, { groupRows = rows, groupStride = groupRows, offset = 0 } = {}) {
      const at = size;
      const stride = roundUp(columns, 4);
      places.push({ name, at, rows, columns, stride, groupRows, groupStride, offset });
      size = roundUp(at + Math.ceil(rows / groupRows) * groupStride * stride, 64);
      return at;
    },
    end(part) {
      ends[part] = size;
    },
    transpose(from, rows, columns) {
      targetEnd ??= size;
      const to = size;
      const stride = roundUp(rows, 4);
      copies.push({ from, rows, columns, to, stride });
      size = roundUp(to + columns * stride, 64);
      return to;
    },
    finish({ slices = SLICES, targetSlices = TARGET_SLICES, rowSlices = 0 } = {}) {
      targetEnd ??= size;
      const directEnd = ends.direct ?? 0;
      const tokenEnd = ends.token ?? directEnd;
      const gradientsSize = directEnd + slices * (tokenEnd - directEnd) +
        (targetSlices + rowSlices) * (targetEnd - tokenEnd);
      return {
        places,
        copies,
        directEnd,
        tokenEnd,
        targetEnd,
        weightsSize: size,
        slices,
        targetSlices,
        rowSlices,
        gradientsSize,
      };
    },
  };
}

/** Slices of gradients: parameter i's first one is at i + shift, each next one `step` on. */
export interface Slices {
  readonly shift: number;
  readonly step: number;
  readonly count: number;
}

/** The slices of the three parts. */
export function slicesOf(
  { directEnd, tokenEnd, targetEnd, slices, targetSlices }: StoreLayout,
): Record<"direct" | "token" | "target", Slices> {
  const tokenParameters = tokenEnd - directEnd;
  return {
    direct: { shift: 0, step: 0, count: 1 },
    token: { shift: 0, step: tokenParameters, count: slices },
    target: {
      shift: (slices - 1) * tokenParameters,
      step: targetEnd - tokenEnd,
      count: targetSlices,
    },
  };
}

/** Where parameter `at` has its first slice of gradients, and how far the next slice is. */
export function gradientAt(
  layout: StoreLayout,
  at: number,
): { at: number; step: number; slices: number } {
  const { direct, token, target } = slicesOf(layout);
  let part = target;
  if (at < layout.directEnd) part = direct;
  else if (at < layout.tokenEnd) part = token;
  return { at: at + part.shift, step: part.step, slices: part.count };
}

/** Copies a tensor's rows that lie in this store between the tensor's data and the store's. */
export function transfer(
  place: TensorPlace,
  tensor: Float32Array,
  store: Float32Array,
  direction: "in" | "out",
): void {
  const { at, rows, columns, stride, groupRows, groupStride, offset } = place;
  for (let r = 0; r < rows; r++) {
    const inside = at + (Math.floor(r / groupRows) * groupStride + r % groupRows) * stride;
    const outside = offset + r * columns;
    if (direction === "in") store.set(tensor.subarray(outside, outside + columns), inside);
    else tensor.set(store.subarray(inside, inside + columns), outside);
  }
}

/** Fills the transposed copies from the parameters. */
export function fillCopies({ copies }: StoreLayout, store: Float32Array): void {
  for (const { from, rows, columns, to, stride } of copies) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        store[to + c * stride + r] = store[from + r * columns + c];
      }
    }
  }
}

/** The same in WGSL for one parameter: `copy(i, w)` writes w wherever parameter i has a copy. */
export function copyWgsl({ copies }: StoreLayout): string {
  const branches = copies.map(({ from, rows, columns, to, stride }) =>
    `  if (i >= ${from}u && i < ${from + rows * columns}u) {
    let row = (i - ${from}u) / ${columns}u;
    let column = (i - ${from}u) % ${columns}u;
    weights[${to}u + column * ${stride}u + row] = w;
  }\n`
  );
  return `fn copy(i: u32, w: f32) {\n${branches.join("")}}\n`;
}

/** Where the gradient of a row of the embeddings at `at` goes: whole, to a slice of its own. */
export function rowGradientAt(layout: StoreLayout, at: number): number {
  const first = gradientAt(layout, at);
  return at < layout.tokenEnd ? first.at : first.at + first.slices * first.step;
}

/**
 * The gradients of all parameters from their slices, added in the order in which Adam adds them.
 */
export function sumSlices(layout: StoreLayout, gradients: Float32Array): Float32Array {
  const sums = new Float32Array(layout.targetEnd);
  for (let i = 0; i < sums.length; i++) {
    const { at, step, slices } = gradientAt(layout, i);
    const rowSlices = i < layout.tokenEnd ? 0 : layout.rowSlices;
    let sum = 0;
    for (let s = 0; s < slices + rowSlices; s++) sum = Math.fround(sum + gradients[at + s * step]);
    sums[i] = sum;
  }
  return sums;
}
