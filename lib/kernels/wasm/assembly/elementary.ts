// Functions of the four floats of a vector.

/**
 * exp, by x = n·ln 2 + r with |r| ≤ ½·ln 2: a polynomial of degree six gives exp(r), and n goes
 * into the exponent's bits. Cephes' coefficients and its ln 2 in two parts; the relative error is
 * below 1e-7. Above 87, where floats would overflow, exp(87); below −60 it is 0: beside the 1 of a
 * softmax's largest score less than 1e-26 is nothing, and its products with gradients would be
 * subnormal, which processors compute thirty times slower.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function exp4(x: v128): v128 {
  const vanishes = f32x4.lt(x, f32x4.splat(-60.0)); // not where x is no number
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87.0)), f32x4.splat(87.0)); // and stays no number
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.relaxed_madd(n, f32x4.splat(-0.693359375), x);
  r = f32x4.relaxed_madd(n, f32x4.splat(2.1219444e-4), r);
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.relaxed_madd(p, r, f32x4.splat(1.3981999507e-3));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(8.3334519073e-3));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(4.1665795894e-2));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(1.6666665459e-1));
  p = f32x4.relaxed_madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.relaxed_madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const exponent = i32x4.add(i32x4.relaxed_trunc_f32x4_s(n), i32x4.splat(127));
  return v128.andnot(f32x4.mul(p, i32x4.shl(exponent, 23)), vanishes); // p · 2ⁿ
}

/** 1 / (1 + exp(−x)). */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function sigmoid4(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp4(f32x4.neg(x))));
}

/** tanh, as 1 − 2 / (1 + exp(2x)). */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.sub(one, f32x4.div(f32x4.splat(2), f32x4.add(one, exp4(f32x4.add(x, x)))));
}

/** The sum of the four, in pairs. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function sum4(x: v128): f32 {
  const low = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1);
  return low + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** The largest of the four. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function max4(x: v128): f32 {
  const low = max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1));
  return max(low, max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}
