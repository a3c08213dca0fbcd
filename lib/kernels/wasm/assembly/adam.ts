// Adam as torch.optim.Adam.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
// ---- Adam
export function adam(
  count: usize,
  w: usize,
  m: usize,
  v: usize,
  g: usize,
  ss: f32,
  rb: f32,
  eps: f32,
  b1: f32,
  c1: f32,
  b2: f32,
  c2: f32,
): void {
  const s4 = f32x4.splat(ss),
    r4 = f32x4.splat(rb),
    e4 = f32x4.splat(eps),
    b14 = f32x4.splat(b1),
    c14 = f32x4.splat(c1),
    b24 = f32x4.splat(b2),
    c24 = f32x4.splat(c2);
  for (let i: usize = 0; i < count << 2; i += 16) {
    const x = v128.load(g + i);
    const mm = f32x4.add(f32x4.mul(b14, v128.load(m + i)), f32x4.mul(c14, x)),
      vv = f32x4.add(f32x4.mul(b24, v128.load(v + i)), f32x4.mul(c24, f32x4.mul(x, x)));
    v128.store(m + i, mm);
    v128.store(v + i, vv);
    v128.store(
      w + i,
      f32x4.sub(
        v128.load(w + i),
        f32x4.div(f32x4.mul(s4, mm), f32x4.add(f32x4.mul(f32x4.sqrt(vv), r4), e4)),
      ),
    );
  }
}
