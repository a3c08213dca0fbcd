// The gates of a GRU, forward and backward, for the rows of one time step. With x the item, h the
// state before, W and U the stacked weights of the gates r, z and n (PyTorch's order), biases b:
//
//     r = σ(W_r x + U_r h + b_r)    z = σ(W_z x + U_z h + b_z)
//     c = U_n h + b_hn              n = tanh(W_n x + b_in + r·c)
//     h' = n + z·(h − n)
//
// The products W x + b (`projected`, without b_hn) and U h (`gates`) are made before. A row of
// `projected` and `gates` is [3 × width]: r, z, n; a row of `states` is [4 × width]: r, z, n, c.
// Addresses are in bytes; width counts floats and is a multiple of four.
import { GruBackward, GruForward } from "./blocks";
import { sigmoid4, tanh4 } from "./elementary";
import { FLOAT, VECTOR, at } from "./layout";

export function gruForward(call: GruForward): void {
  const width = call.width * FLOAT;
  const biasN = call.biasN;
  const first = call.first != 0;
  let gates = call.gates;
  let states = call.states;
  let hidden = call.hidden;
  let previous = call.previous;
  for (let i = 0; i < call.rows; i++) {
    const item = call.projected + (load<i32>(at(call.slots, i)) as usize) * 3 * width;
    for (let j: usize = 0; j < width; j += VECTOR) {
      let r = v128.load(item + j);
      let z = v128.load(item + width + j);
      let c = v128.load(biasN + j);
      let h = f32x4.splat(0);
      if (!first) {
        r = f32x4.add(r, v128.load(gates + j));
        z = f32x4.add(z, v128.load(gates + width + j));
        c = f32x4.add(c, v128.load(gates + 2 * width + j));
        h = v128.load(previous + j);
      }
      r = sigmoid4(r);
      z = sigmoid4(z);
      const n = tanh4(f32x4.relaxed_madd(r, c, v128.load(item + 2 * width + j)));
      v128.store(states + j, r);
      v128.store(states + width + j, z);
      v128.store(states + 2 * width + j, n);
      v128.store(states + 3 * width + j, c);
      v128.store(hidden + j, f32x4.relaxed_madd(z, f32x4.sub(h, n), n));
    }
    gates += 3 * width;
    states += 4 * width;
    hidden += width;
    previous += width;
  }
}

// With g the gradient of h' (`dHidden`), and σ' = σ·(1 − σ), tanh' = 1 − tanh²:
//
//     dz = g·(h − n)·z·(1 − z)    dn = g·(1 − z)·(1 − n²)    dr = dn·c·r·(1 − r)
//
// are the gradients of what σ and tanh took. `dGates` gets those of U h, which for n is dn·r;
// `dProjected` sums those of W x by item. g becomes g·z, the part that reaches h past the gates.
export function gruBackward(call: GruBackward): void {
  const width = call.width * FLOAT;
  const first = call.first != 0;
  const one = f32x4.splat(1);
  let states = call.states;
  let previous = call.previous;
  let dHidden = call.dHidden;
  let dGates = call.dGates;
  for (let i = 0; i < call.rows; i++) {
    const dItem = call.dProjected + (load<i32>(at(call.slots, i)) as usize) * 3 * width;
    for (let j: usize = 0; j < width; j += VECTOR) {
      const r = v128.load(states + j);
      const z = v128.load(states + width + j);
      const n = v128.load(states + 2 * width + j);
      const c = v128.load(states + 3 * width + j);
      const h = first ? f32x4.splat(0) : v128.load(previous + j);
      const g = v128.load(dHidden + j);
      const restZ = f32x4.sub(one, z);
      const dz = f32x4.mul(f32x4.mul(g, f32x4.sub(h, n)), f32x4.mul(z, restZ));
      const dn = f32x4.mul(f32x4.mul(g, restZ), f32x4.sub(one, f32x4.mul(n, n)));
      const dr = f32x4.mul(f32x4.mul(dn, c), f32x4.mul(r, f32x4.sub(one, r)));
      v128.store(dHidden + j, f32x4.mul(g, z));
      v128.store(dGates + j, dr);
      v128.store(dGates + width + j, dz);
      v128.store(dGates + 2 * width + j, f32x4.mul(dn, r));
      addVector(dItem + j, dr);
      addVector(dItem + width + j, dz);
      addVector(dItem + 2 * width + j, dn);
    }
    states += 4 * width;
    previous += width;
    dHidden += width;
    dGates += 3 * width;
  }
}

/** Adds x to the four floats at an address. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function addVector(to: usize, x: v128): void {
  v128.store(to, f32x4.add(v128.load(to), x));
}
