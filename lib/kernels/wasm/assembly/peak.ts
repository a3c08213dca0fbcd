// The machine's rate of 128-bit multiply-adds: twelve independent chains, nothing loaded or stored. For benchmarks.

/** 96·n floating-point operations. */
export function peak(n: i32): f32 {
  const x = f32x4.splat(0.999999), y = f32x4.splat(1e-6);
  let a = f32x4.splat(1), b = f32x4.splat(2), c = f32x4.splat(3), d = f32x4.splat(4), e = f32x4.splat(5), f = f32x4.splat(6);
  let g = f32x4.splat(7), h = f32x4.splat(8), i = f32x4.splat(9), j = f32x4.splat(10), k = f32x4.splat(11), l = f32x4.splat(12);
  for (; n > 0; n--) {
    a = f32x4.relaxed_madd(a, x, y); b = f32x4.relaxed_madd(b, x, y); c = f32x4.relaxed_madd(c, x, y); d = f32x4.relaxed_madd(d, x, y);
    e = f32x4.relaxed_madd(e, x, y); f = f32x4.relaxed_madd(f, x, y); g = f32x4.relaxed_madd(g, x, y); h = f32x4.relaxed_madd(h, x, y);
    i = f32x4.relaxed_madd(i, x, y); j = f32x4.relaxed_madd(j, x, y); k = f32x4.relaxed_madd(k, x, y); l = f32x4.relaxed_madd(l, x, y);
  }
  const s = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(f32x4.add(e, f), f32x4.add(g, h)), f32x4.add(f32x4.add(i, j), f32x4.add(k, l))));
  return f32x4.extract_lane(s, 0);
}
