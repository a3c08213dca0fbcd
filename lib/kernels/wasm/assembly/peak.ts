// The machine's rate of 128-bit multiply-adds: nine chains in registers, nothing loaded or stored in the loop. For benchmarks.

/** 72·n floating-point operations. The operands come from memory: constants would be made anew in every round. */
export function peak(n: i32, operands: usize): f32 {
  const x0 = v128.load(operands),
    x1 = v128.load(operands, 16),
    x2 = v128.load(operands, 32),
    y = v128.load(operands, 48);
  let a = x0,
    b = x1,
    c = x2,
    d = x0,
    e = x1,
    f = x2,
    g = x0,
    h = x1,
    i = x2;
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
  const s = f32x4.add(
    f32x4.add(f32x4.add(a, b), f32x4.add(c, d)),
    f32x4.add(f32x4.add(f32x4.add(e, f), f32x4.add(g, h)), i),
  );
  return f32x4.extract_lane(s, 0);
}
