// Causal attention of one head of one window: position i asks, and the positions 0 .. i answer.
// With the head's queries, keys and values Q, K, V [length × headDim],
//
//     s[i][j] = q[i]·k[j] / √headDim                       scores
//     p[i][j] = exp(s[i][j]) / Σₗ exp(s[i][l])             shares, over j, l ≤ i; 0 beyond
//     w[i][j] = keep·p[i][j] where dropout keeps, else 0   the shares that are used
//     out[i]  = Σⱼ w[i][j]·v[j]                            mixed values
//
// A dropped share is stored as −p: the backward pass needs its value and that it was dropped.
//
// The queries go in blocks of sixteen, whose scores stay in the first cache: one product with the
// keys up to the block's last query, the softmax row by row, one product with the values.
//
// Addresses are in bytes; length, headDim and ld… count floats; ld… is the distance of two rows,
// which are padded to a multiple of four.
//
// A product C [M × N] = A [M × K] · B [K × N] wants its operands packed, in the order in which
// `multiply` reads them: `packRows(M, K, …)` packs A in panels of four rows, `packColumns` the same
// from Aᵀ; `packB(K, N, …)` packs B in panels of eight columns, `packBT` the same from Bᵀ. It is a
// record of size(M, N, K), left(A packed, bytes from panel to panel), right(the same of B) and
// into(C, ldc, whether to add to it). A panel of four rows has `rowPanel(K)` bytes, one of eight
// columns `columnPanel(K)`, by the K with which it was packed.
import { AttentionBackward, AttentionForward } from "./blocks";
import { masks } from "./dropout";
import { exp4, sum4 } from "./elementary";
import { multiply } from "./gemm";
import { FLOAT, LOWEST, VECTOR, at, bytesOf, padded } from "./layout";
import { packB, packBT, packColumns, packRows } from "./packing";
import { columnPanel, productBehind, rowPanel } from "./panels";
import { largest } from "./vectors";

/** Queries of a block. */
const QUERIES: i32 = 16;

/** Bytes of a region of the scratch with `floats` floats: whole cache lines. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function region(floats: i32): usize {
  return (bytesOf(floats) + 63) & ~63;
}

/** Keys that a product of `seen` columns computes: whole panels of eight, as far as there are. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function wholePanels(seen: i32, stride: i32): i32 {
  return min((seen + 7) & ~7, stride);
}

/**
 * The first `seen` of a row's scores q·k become exp(scale·(score − maximum)), the others up to a
 * whole vector 0. Returns one over their sum.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function exponentials(row: usize, seen: i32, scale: f32): f32 {
  const end = bytesOf(seen);
  const scale4 = f32x4.splat(scale);
  for (let j = end; j % VECTOR != 0; j += FLOAT) store<f32>(row + j, LOWEST);
  const maximum = f32x4.splat(largest(row, bytesOf(padded(seen))));
  for (let j: usize = 0; j < end; j += VECTOR) {
    const below = f32x4.sub(v128.load(row + j), maximum);
    v128.store(row + j, exp4(f32x4.mul(below, scale4)));
  }
  for (let j = end; j % VECTOR != 0; j += FLOAT) store<f32>(row + j, 0);
  let sum = f32x4.splat(0);
  for (let j: usize = 0; j < end; j += VECTOR) sum = f32x4.add(sum, v128.load(row + j));
  return <f32>1.0 / sum4(sum);
}

/**
 * The first `seen` exponentials of a row, times `part`, become shares, dropped ones negative;
 * `used` gets the shares that are used. A mask of 0 drops nothing.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function dropShares(row: usize, seen: i32, part: f32, used: usize, mask: usize, keep: f32): void {
  const part4 = f32x4.splat(part);
  const keep4 = f32x4.splat(keep);
  const all = i32x4.splat(-1);
  for (let j: usize = 0; j < bytesOf(seen); j += VECTOR) {
    const share = f32x4.mul(v128.load(row + j), part4);
    const on = mask != 0 ? v128.load(mask + j) : all;
    v128.store(row + j, v128.bitselect(share, f32x4.neg(share), on));
    v128.store(used + j, v128.and(f32x4.mul(share, keep4), on));
  }
}

/** Sets what lies in a row from its first `seen` floats, in whole vectors, to `columns` to 0. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function clearBeyond(row: usize, seen: i32, columns: i32): void {
  for (let j = bytesOf(padded(seen)); j < bytesOf(columns); j += VECTOR) {
    v128.store(row + j, f32x4.splat(0));
  }
}

// The call: the window's length, headDim; q, k, v with rows ld apart; `shares` [length × length]
// and `out` [length × headDim], rows ldShares and ldOut apart, which are written: of a row of
// `shares` no more than its block's columns, what lies beyond is stale and is not read; `limit`, 0
// or what a random 16-bit draw must reach for its share to be kept, and `keep`, 1 / (1 − rate) or
// 1; seed, site (which dropout of the network) and step, the key of the draws; query i's draws are
// elements base + i·maxLen + j, maxLen being the model's longest window; `scratch`, whose size a
// dry run of the caller measures. The product's record lies behind the call's fields, in the same
// reserved block.
export function attentionForward(call: AttentionForward): void {
  const length = call.length;
  const headDim = call.headDim;
  const scale: f32 = 1.0 / Mathf.sqrt(headDim as f32);
  const stride = padded(length); // floats from row to row of a block's shares
  // the scratch: Kᵀ [headDim × length] and V [length × headDim] packed; of one block, the left
  // operand of a product packed, w [queries × length] and a row of masks; each with room for whole
  // panels
  const keys = call.scratch;
  const values = keys + region((headDim + 3) * (stride + 8));
  const left = values + region(stride * (headDim + 8));
  const used = left + region(QUERIES * (max(stride, headDim) + 8));
  const maskRow = used + region(QUERIES * (stride + 4));
  packBT(headDim, length, call.k, call.ld, keys);
  packB(length, headDim, call.v, call.ld, values);
  const product = productBehind(changetype<usize>(call)); // its fields lie behind the call's
  let q = call.q;
  let shares = call.shares;
  let out = call.out;
  for (let first = 0; first < length; first += QUERIES) {
    const queries = min(QUERIES, length - first);
    const seenByLast = first + queries;
    const columns = wholePanels(seenByLast, stride); // `shares` is not read beyond them
    // shares [queries × columns] = Q·Kᵀ, with keys that some of the queries do not see
    packRows(queries, headDim, q, call.ld, left);
    product
      .size(queries, columns, headDim)
      .left(left, rowPanel(headDim))
      .right(keys, columnPanel(headDim))
      .into(shares, call.ldShares, false);
    multiply(product);
    // row by row scores become p in `shares` and w in `used`, both 0 beyond what the query sees
    for (let i = 0; i < queries; i++) {
      const query = first + i;
      const seen = query + 1;
      const row = shares + (i as usize) * call.ldShares * FLOAT;
      const usedRow = at(used, i * stride);
      let mask: usize = 0;
      if (call.limit > 0) {
        // a row of words, all ones where the share is kept, else 0
        mask = masks(call, call.base + (query as u32) * call.maxLen, seen, maskRow);
      }
      const part = exponentials(row, seen, scale);
      dropShares(row, seen, part, usedRow, mask, call.keep);
      clearBeyond(row, seen, columns);
      clearBeyond(usedRow, seen, columns);
    }
    // out [queries × headDim] = w·V, of whose packed rows the first `seenByLast` are read
    packRows(queries, seenByLast, used, stride, left);
    product
      .size(queries, headDim, seenByLast)
      .left(left, rowPanel(seenByLast))
      .right(values, columnPanel(length))
      .into(out, call.ldOut, false);
    multiply(product);
    q += QUERIES * call.ld * FLOAT;
    shares += QUERIES * call.ldShares * FLOAT;
    out += QUERIES * call.ldOut * FLOAT;
  }
}

/**
 * From a row's shares and from `d` = dOut·vᵀ: `used` becomes w, and `d` the gradient of q·k, over
 * `columns` columns. Beyond the keys that the query sees the shares are 0, and so are both.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function scoreGradients(
  row: usize,
  d: usize,
  used: usize,
  columns: i32,
  keep: f32,
  scale: f32,
): void {
  const end = bytesOf(columns);
  const zero = f32x4.splat(0);
  const keep4 = f32x4.splat(keep);
  let sum = zero;
  for (let j: usize = 0; j < end; j += VECTOR) {
    const share = v128.load(row + j);
    const on = f32x4.gt(share, zero);
    const dShare = v128.and(f32x4.mul(v128.load(d + j), keep4), on);
    v128.store(d + j, dShare);
    v128.store(used + j, v128.and(f32x4.mul(share, keep4), on));
    sum = f32x4.relaxed_madd(f32x4.abs(share), dShare, sum);
  }
  const total = f32x4.splat(sum4(sum));
  const scale4 = f32x4.splat(scale);
  for (let j: usize = 0; j < end; j += VECTOR) {
    const share = f32x4.abs(v128.load(row + j));
    const above = f32x4.sub(v128.load(d + j), total);
    v128.store(d + j, f32x4.mul(f32x4.mul(share, above), scale4));
  }
}

// With dOut the gradient of out, and p without its sign,
//
//     dp[i][j] = keep·(dOut[i]·v[j]) where dropout kept, else 0
//     ds[i][j] = p[i][j]·(dp[i][j] − Σₗ p[i][l]·dp[i][l]) / √headDim
//     dq[i] = Σⱼ ds[i][j]·k[j]   dk[j] += Σᵢ ds[i][j]·q[i]   dv[j] += Σᵢ w[i][j]·dOut[i]
//
// in the same blocks of queries.
export function attentionBackward(call: AttentionBackward): void {
  const length = call.length;
  const headDim = call.headDim;
  const scale: f32 = 1.0 / Mathf.sqrt(headDim as f32);
  const stride = padded(length);
  // the scratch: Vᵀ [headDim × length] and K [length × headDim] packed; of one block, the left
  // operand of a product packed by rows, or transposed, the right one, ds and w [queries × length]
  const values = call.scratch;
  const keys = values + region((headDim + 3) * (stride + 8));
  const left = keys + region(stride * (headDim + 8));
  const transposed = left + region(QUERIES * (max(stride, headDim) + 8));
  const right = transposed + region((stride + 4) * (QUERIES + 4));
  const d = right + region(QUERIES * (headDim + 8));
  const used = d + region(QUERIES * (stride + 4));
  packBT(headDim, length, call.v, call.ld, values);
  packB(length, headDim, call.k, call.ld, keys);
  const product = productBehind(changetype<usize>(call));
  let q = call.q;
  let shares = call.shares;
  let dOut = call.dOut;
  let dq = call.dq;
  for (let first = 0; first < length; first += QUERIES) {
    const queries = min(QUERIES, length - first);
    const seenByLast = first + queries;
    const columns = wholePanels(seenByLast, stride);
    // d [queries × columns] = dOut·Vᵀ
    packRows(queries, headDim, dOut, call.ldOut, left);
    product
      .size(queries, columns, headDim)
      .left(left, rowPanel(headDim))
      .right(values, columnPanel(headDim))
      .into(d, stride, false);
    multiply(product);
    for (let i = 0; i < queries; i++) {
      const row = shares + (i as usize) * call.ldShares * FLOAT;
      const own = i * stride;
      scoreGradients(row, at(d, own), at(used, own), columns, call.keep, scale);
    }
    // dq [queries × headDim] = ds·K
    packRows(queries, seenByLast, d, stride, left);
    product
      .size(queries, headDim, seenByLast)
      .left(left, rowPanel(seenByLast))
      .right(keys, columnPanel(length))
      .into(dq, call.ld, false);
    multiply(product);
    // dk [seenByLast × headDim] += dsᵀ·Q; panels an odd number of cache lines apart, as in gemmTN
    const panel: usize = ((((queries as usize) + 3) >> 2) | 1) << 6;
    product
      .size(seenByLast, headDim, queries)
      .left(transposed, panel)
      .right(right, columnPanel(queries));
    packColumns(seenByLast, queries, panel, d, stride, transposed);
    packB(queries, headDim, q, call.ld, right);
    multiply(product.into(call.dk, call.ld, true));
    // dv [seenByLast × headDim] += wᵀ·dOut
    packColumns(seenByLast, queries, panel, used, stride, transposed);
    packB(queries, headDim, dOut, call.ldOut, right);
    multiply(product.into(call.dv, call.ld, true));
    q += QUERIES * call.ld * FLOAT;
    shares += QUERIES * call.ldShares * FLOAT;
    dOut += QUERIES * call.ldOut * FLOAT;
    dq += QUERIES * call.ld * FLOAT;
  }
}
