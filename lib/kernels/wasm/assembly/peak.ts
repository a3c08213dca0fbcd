// The machine's rate of 128-bit multiply-adds, for benchmarks: nine chains in registers, enough to
// hide their latency, and nothing loaded or stored in the loop.

/**
 * 72·n floating-point operations. The operands [4 × 4 floats] come from memory: constants would be
 * made anew in every round.
 */
export function peak(n: i32, operands: usize): f32 {
  const x0 = v128.load(operands);
  const x1 = v128.load(operands, 16);
  const x2 = v128.load(operands, 32);
  const y = v128.load(operands, 48);
  let a = x0;
  let b = x1;
  let c = x2;
  let d = x0;
  let e = x1;
  let f = x2;
  let g = x0;
  let h = x1;
  let i = x2;
  for (; n > 0; n--) {
    a = f32x4.relaxed_madd(x0, y, a);
    b = f32x4.relaxed_madd(x1, y, b);
    c = f32x4.relaxed_madd(x2, y, c);
    d = f32x4.relaxed_madd(x0, y, d);
    e = f32x4.relaxed_madd(x1, y, e);
    f = f32x4.relaxed_madd(x2, y, f);
    g = f32x4.relaxed_madd(x0, y, g);
    h = f32x4.relaxed_madd(x1, y, h);
    i = f32x4.relaxed_madd(x2, y, i);
  }
  const abcd = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const efghi = f32x4.add(f32x4.add(f32x4.add(e, f), f32x4.add(g, h)), i);
  return f32x4.extract_lane(f32x4.add(abcd, efghi), 0);
}
