// The GRU's gates, forward and backward.
// AssemblyScript. Pointers are byte addresses; sizes and leading dimensions (ld…) count floats; rows are padded to multiples of four.
import { sigmoid4, tanh4 } from "./elementary";
// ---- GRU. States a row: r, z, n, and h·W_hn + b_hn, each hp wide
export function gruForward(
  n: i32,
  hp: usize,
  p: usize,
  slots: usize,
  gh: usize,
  bhn: usize,
  states: usize,
  h: usize,
  hPrev: usize,
  first: bool,
): void {
  const w = hp << 2;
  for (let i = 0; i < n; i++) {
    const x = p + (load<i32>(slots + (i << 2)) as usize) * 3 * w,
      g = gh + (i as usize) * 3 * w;
    for (let j: usize = 0; j < w; j += 16) {
      let r = v128.load(x + j),
        z = v128.load(x + w + j),
        c = v128.load(bhn + j),
        q = f32x4.splat(0);
      if (!first) {
        r = f32x4.add(r, v128.load(g + j));
        z = f32x4.add(z, v128.load(g + w + j));
        c = f32x4.add(c, v128.load(g + 2 * w + j));
        q = v128.load(hPrev + j);
      }
      r = sigmoid4(r);
      z = sigmoid4(z);
      const nn = tanh4(f32x4.relaxed_madd(r, c, v128.load(x + 2 * w + j)));
      v128.store(states + j, r);
      v128.store(states + w + j, z);
      v128.store(states + 2 * w + j, nn);
      v128.store(states + 3 * w + j, c);
      v128.store(h + j, f32x4.relaxed_madd(z, f32x4.sub(q, nn), nn));
    }
    states += 4 * w;
    h += w;
    hPrev += w;
  }
}
// dG a row: dr, dz, d(h·W_hn); dP accumulates dr, dz, dn by item; dh becomes dh·z
export function gruBackward(
  n: i32,
  hp: usize,
  states: usize,
  hPrev: usize,
  first: bool,
  dh: usize,
  dG: usize,
  dP: usize,
  slots: usize,
): void {
  const w = hp << 2,
    one = f32x4.splat(1);
  for (let i = 0; i < n; i++) {
    const d = dP + (load<i32>(slots + (i << 2)) as usize) * 3 * w;
    for (let j: usize = 0; j < w; j += 16) {
      const r = v128.load(states + j),
        z = v128.load(states + w + j),
        nn = v128.load(states + 2 * w + j),
        c = v128.load(states + 3 * w + j),
        q = first ? f32x4.splat(0) : v128.load(hPrev + j),
        g = v128.load(dh + j);
      const dz = f32x4.mul(f32x4.mul(g, f32x4.sub(q, nn)), f32x4.mul(z, f32x4.sub(one, z)));
      const dn = f32x4.mul(f32x4.mul(g, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(nn, nn)));
      const dr = f32x4.mul(f32x4.mul(dn, c), f32x4.mul(r, f32x4.sub(one, r)));
      v128.store(dh + j, f32x4.mul(g, z));
      v128.store(dG + j, dr);
      v128.store(dG + w + j, dz);
      v128.store(dG + 2 * w + j, f32x4.mul(dn, r));
      v128.store(d + j, f32x4.add(v128.load(d + j), dr));
      v128.store(d + w + j, f32x4.add(v128.load(d + w + j), dz));
      v128.store(d + 2 * w + j, f32x4.add(v128.load(d + 2 * w + j), dn));
    }
    states += 4 * w;
    hPrev += w;
    dh += w;
    dG += 3 * w;
  }
}
