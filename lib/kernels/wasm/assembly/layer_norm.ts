// LayerNorm of each row x of `width` elements, with a scale gamma and a shift beta:
//
//     mean = Σ x / width    variance = Σ (x − mean)² / width    rstd = 1 / √(variance + ε)
//     x̂ = (x − mean)·rstd   out = gamma·x̂ + beta
//
// Addresses are in bytes; width and ld count floats; rows are padded to a multiple of four with
// zeros, which are kept zero.
import { LayerNormBackward, LayerNormForward } from "./blocks";
import { sum4 } from "./elementary";
import { FLOAT, VECTOR, at, bytesOf, padded } from "./layout";

// x becomes x̂.
export function layerNormForward(call: LayerNormForward): void {
  const width = call.width;
  const gamma = call.gamma;
  const beta = call.beta;
  const end = bytesOf(padded(width));
  const each: f32 = 1.0 / (width as f32);
  let x = call.x;
  let out = call.out;
  for (let i = 0; i < call.rows; i++) {
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < end; j += VECTOR) sum = f32x4.add(sum, v128.load(x + j));
    const mean = sum4(sum) * each;
    const mean4 = f32x4.splat(mean);
    let squares = f32x4.splat(0);
    for (let j: usize = 0; j < end; j += VECTOR) {
      const d = f32x4.sub(v128.load(x + j), mean4);
      v128.store(x + j, d);
      squares = f32x4.add(squares, f32x4.mul(d, d));
    }
    // the padding's zeros became −mean: they leave the sum of squares and are set back
    const padding = padded(width) - width;
    const variance = (sum4(squares) - (padding as f32) * mean * mean) * each;
    for (let j = width; j < padded(width); j++) store<f32>(at(x, j), 0);
    const rstd: f32 = 1.0 / Mathf.sqrt(variance + call.epsilon);
    store<f32>(at(call.rstd, i), rstd);
    const rstd4 = f32x4.splat(rstd);
    for (let j: usize = 0; j < end; j += VECTOR) {
      const normalised = f32x4.mul(v128.load(x + j), rstd4);
      v128.store(x + j, normalised);
      const scaled = f32x4.mul(normalised, v128.load(gamma + j));
      v128.store(out + j, f32x4.add(scaled, v128.load(beta + j)));
    }
    x += call.ld * FLOAT;
    out += call.ld * FLOAT;
  }
}

// With g = gamma·dy, and means over the row,
//
//     dx = rstd·(g − mean(g) − x̂·mean(g·x̂))    dGamma += dy·x̂    dBeta += dy
//
// dy becomes g on the way, then dx.
export function layerNormBackward(call: LayerNormBackward): void {
  const width = call.width;
  const gamma = call.gamma;
  const dGamma = call.dGamma;
  const dBeta = call.dBeta;
  const end = bytesOf(padded(width));
  const each: f32 = 1.0 / (width as f32);
  let dy = call.dy;
  let normalised = call.normalised;
  for (let i = 0; i < call.rows; i++) {
    let sumG = f32x4.splat(0);
    let sumGX = f32x4.splat(0);
    for (let j: usize = 0; j < end; j += VECTOR) {
      const d = v128.load(dy + j);
      const x = v128.load(normalised + j);
      v128.store(dGamma + j, f32x4.add(v128.load(dGamma + j), f32x4.mul(d, x)));
      v128.store(dBeta + j, f32x4.add(v128.load(dBeta + j), d));
      const g = f32x4.mul(d, v128.load(gamma + j));
      v128.store(dy + j, g);
      sumG = f32x4.add(sumG, g);
      sumGX = f32x4.add(sumGX, f32x4.mul(g, x));
    }
    const meanG = f32x4.splat(sum4(sumG) * each);
    const meanGX = f32x4.splat(sum4(sumGX) * each);
    const rstd = f32x4.splat(load<f32>(at(call.rstd, i)));
    for (let j: usize = 0; j < end; j += VECTOR) {
      const centred = f32x4.sub(v128.load(dy + j), meanG);
      const along = f32x4.mul(v128.load(normalised + j), meanGX);
      v128.store(dy + j, f32x4.mul(rstd, f32x4.sub(centred, along)));
    }
    for (let j = width; j < padded(width); j++) store<f32>(at(dy, j), 0);
    dy += call.ld * FLOAT;
    normalised += call.ld * FLOAT;
  }
}
