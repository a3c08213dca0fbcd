// Attention of one head of one window that only the last position asks, over the inputs x
// themselves: with u = W_kᵀ q, a key's score q·(W_k x) is u·x, and the mixed value W_v (Σ share·x)
// is made by the engine. For the window's positions j,
//
//     p = softmaxⱼ (u·x[j] / √headDim)
//     out = Σⱼ p[j]·keep·x[j]   returned: Σⱼ p[j]·keep   over the j that dropout keeps
//
// A dropped p is stored negative: the backward pass needs its value and that it was dropped.
// Addresses are in bytes; width counts floats and is a multiple of four.
import { ReadOutBackward, ReadOutForward } from "./blocks";
import { masks } from "./dropout";
import { exp4 } from "./elementary";
import { FLOAT, LOWEST, VECTOR, at, padded } from "./layout";
import { multiplyAdd, product } from "./vectors";

/** x = 0, of `bytes` bytes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function clear(x: usize, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += VECTOR) v128.store(x + j, f32x4.splat(0));
}

export function readOutForward(call: ReadOutForward): f32 {
  const length = call.length;
  const width = call.width * FLOAT;
  const asked = call.asked;
  const x = call.x;
  const shares = call.shares;
  const out = call.out;
  const keep = call.keep;
  const scale: f32 = 1.0 / Mathf.sqrt(call.headDim as f32);
  let maximum = LOWEST;
  for (let j = 0; j < length; j++) {
    const score = product(asked, x + (j as usize) * width, width) * scale;
    store<f32>(at(shares, j), score);
    maximum = max(maximum, score);
  }
  for (let j = length; j < padded(length); j++) store<f32>(at(shares, j), LOWEST);
  const maximum4 = f32x4.splat(maximum);
  for (let j = 0; j < length; j += 4) {
    const below = f32x4.sub(v128.load(at(shares, j)), maximum4);
    v128.store(at(shares, j), exp4(below));
  }
  let sum: f32 = 0;
  for (let j = 0; j < length; j++) sum += load<f32>(at(shares, j));
  const part: f32 = 1.0 / sum;
  clear(out, width);
  const drops = call.limit > 0;
  const mask = drops ? masks(call, call.base, length, call.scratch) : 0;
  let kept: f32 = 0;
  for (let j = 0; j < length; j++) {
    const share = load<f32>(at(shares, j)) * part;
    const on = !drops || load<i32>(at(mask, j)) != 0;
    store<f32>(at(shares, j), on ? share : -share);
    if (on) {
      kept += share * keep;
      multiplyAdd(share * keep, x + (j as usize) * width, out, width);
    }
  }
  return kept;
}

// With dSum the gradient of the returned sum,
//
//     dp[j] = keep·(dOut·x[j] + dSum) where j is kept, else 0
//     ds[j] = p[j]·(dp[j] − Σₖ p[k]·dp[k]) / √headDim
//     dx[j] += p[j]·keep·dOut + ds[j]·u    (the first where j is kept)
//     du = Σⱼ ds[j]·x[j]
export function readOutBackward(call: ReadOutBackward): void {
  const length = call.length;
  const width = call.width * FLOAT;
  const asked = call.asked;
  const shares = call.shares;
  const dOut = call.dOut;
  const keep = call.keep;
  const dAsked = call.dAsked;
  const dShares = call.work;
  const scale: f32 = 1.0 / Mathf.sqrt(call.headDim as f32);
  let x = call.x;
  let dx = call.dx;
  let total: f32 = 0; // Σ p·dp
  for (let j = 0; j < length; j++) {
    const share = load<f32>(at(shares, j));
    let dShare: f32 = 0;
    if (share > 0) dShare = (product(dOut, x + (j as usize) * width, width) + call.dSum) * keep;
    store<f32>(at(dShares, j), dShare);
    total += Mathf.abs(share) * dShare;
  }
  clear(dAsked, width);
  for (let j = 0; j < length; j++) {
    const share = load<f32>(at(shares, j));
    const dScore = Mathf.abs(share) * (load<f32>(at(dShares, j)) - total) * scale;
    const dScore4 = f32x4.splat(dScore);
    const used4 = f32x4.splat(share > 0 ? share * keep : 0);
    for (let c: usize = 0; c < width; c += VECTOR) {
      const dAskedHere = f32x4.relaxed_madd(dScore4, v128.load(x + c), v128.load(dAsked + c));
      v128.store(dAsked + c, dAskedHere);
      const byScore = f32x4.relaxed_madd(dScore4, v128.load(asked + c), v128.load(dx + c));
      v128.store(dx + c, f32x4.relaxed_madd(used4, v128.load(dOut + c), byScore));
    }
    x += width;
    dx += width;
  }
}
