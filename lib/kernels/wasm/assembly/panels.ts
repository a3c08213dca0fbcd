// A product of packed matrices, which the kernels lay out behind their call: too many numbers for
// parameters, and the threads have no stack of their own in the shared memory.
import { CALL_BYTES } from "./blocks";
import { FLOAT } from "./layout";

/**
 * C [rows × columns] (+)= A · B, A in panels of four rows [depth][4] and B in panels of eight
 * columns [depth][8], a last one of four columns [depth][4] (`packing.ts`). Addresses and distances
 * are in bytes.
 */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class PanelProduct {
  rows: i32;
  columns: i32;
  depth: i32;
  a: usize;
  /** From a panel of A to the next. */
  aPanel: usize;
  b: usize;
  /** From a panel of B to the next. */
  bPanel: usize;
  c: usize;
  /** From a row of C to the next. */
  cRow: usize;
  add: bool;

  // @ts-ignore: a decorator of AssemblyScript
  @inline
  size(rows: i32, columns: i32, depth: i32): PanelProduct {
    this.rows = rows;
    this.columns = columns;
    this.depth = depth;
    return this;
  }

  // @ts-ignore: a decorator of AssemblyScript
  @inline
  left(a: usize, aPanel: usize): PanelProduct {
    this.a = a;
    this.aPanel = aPanel;
    return this;
  }

  // @ts-ignore: a decorator of AssemblyScript
  @inline
  right(b: usize, bPanel: usize): PanelProduct {
    this.b = b;
    this.bPanel = bPanel;
    return this;
  }

  /** C, its rows `ldc` floats from each other; `add` to it, or write it. */
  // @ts-ignore: a decorator of AssemblyScript
  @inline
  into(c: usize, ldc: usize, add: bool): PanelProduct {
    this.c = c;
    this.cRow = ldc * FLOAT;
    this.add = add;
    return this;
  }
}

/** The product that lies behind a call. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function productBehind(call: usize): PanelProduct {
  return changetype<PanelProduct>(call + CALL_BYTES);
}

/** Bytes of a panel of four rows of A, as `packRows` leaves it. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function rowPanel(depth: i32): usize {
  return (((depth as usize) + 3) >> 2) << 6;
}

/** Bytes of a panel of eight columns of B, as `packB` and `packBT` leave it. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function columnPanel(depth: i32): usize {
  return (depth as usize) << 5;
}
