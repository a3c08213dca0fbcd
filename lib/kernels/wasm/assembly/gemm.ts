// Matrix products. The operands are packed into panels, so that the inner loop (tiles.ts) reads
// both in the order in which they lie; a tile of 4×8 keeps its C in eight vector registers.
// Addresses are in bytes; sizes and ld… count floats.
import { Gemm, GemmTN } from "./blocks";
import { FLOAT } from "./layout";
import { packColumns, packPanels, packRows } from "./packing";
import { PanelProduct, columnPanel, productBehind, rowPanel } from "./panels";
import { strip1, strip2, strip3, strip4 } from "./tiles";

/** Rows of A that are packed at once: with a depth of 128 they fill 24 kB of the first cache. */
const GEMM_ROWS: i32 = 48;

/** Rows of A and B that `gemmTN` packs at once. */
const GEMM_TN_DEPTH: i32 = 128;

/** The product, strip by strip: four rows of C, or what is left of them, over all columns. */
export function multiply(product: PanelProduct): void {
  let rows = product.rows;
  let a = product.a;
  let c = product.c;
  for (; rows >= 4; rows -= 4) {
    strip4(product, a, c);
    a += product.aPanel;
    c += 4 * product.cRow;
  }
  if (rows == 3) strip3(product, a, c);
  else if (rows == 2) strip2(product, a, c);
  else if (rows == 1) strip1(product, a, c);
}

// C [rows × columns] (+)= A [rows × depth] · packed B [depth × columns]
export function gemm(call: Gemm): void {
  const depth = call.depth;
  const scratch = call.scratch;
  const product = productBehind(changetype<usize>(call));
  product.right(call.packed, columnPanel(depth));
  for (let row = 0; row < call.rows; row += GEMM_ROWS) {
    const rows = min(GEMM_ROWS, call.rows - row);
    packRows(rows, depth, call.a + (row as usize) * call.lda * FLOAT, call.lda, scratch);
    product
      .size(rows, call.columns, depth)
      .left(scratch, rowPanel(depth))
      .into(call.c + (row as usize) * call.ldc * FLOAT, call.ldc, call.add != 0);
    multiply(product);
  }
}

// C [rows × columns] += Aᵀ · B with A [depth × rows] and B [depth × columns], the depth in pieces.
// The panels of a piece are an odd number of cache lines of 64 bytes apart, so that a row, which is
// written across them, does not fall into one set of the cache.
export function gemmTN(call: GemmTN): void {
  const aPacked = call.scratch;
  const aPanels = ((call.rows as usize) + 3) / 4;
  const bPacked = aPacked + aPanels * ((GEMM_TN_DEPTH + 4) * 16) + 256;
  const product = productBehind(changetype<usize>(call));
  for (let k = 0; k < call.depth; k += GEMM_TN_DEPTH) {
    const depth = min(GEMM_TN_DEPTH, call.depth - k);
    const aPanel: usize = ((((depth as usize) + 3) >> 2) | 1) << 6;
    const bPanel: usize = ((((depth as usize) + 1) >> 1) | 1) << 6;
    const a = call.a + (k as usize) * call.lda * FLOAT;
    const b = call.b + (k as usize) * call.ldb * FLOAT;
    packColumns(call.rows, depth, aPanel, a, call.lda, aPacked);
    packPanels(depth, call.columns, b, call.ldb, bPacked, bPanel);
    product
      .size(call.rows, call.columns, depth)
      .left(aPacked, aPanel)
      .right(bPacked, bPanel)
      .into(call.c, call.ldc, true);
    multiply(product);
  }
}
