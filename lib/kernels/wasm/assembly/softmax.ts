// Softmax cross-entropy over a slice of the catalogue; the slices' results are combined by the
// engine. For a row's logits x[j] and its label y, over the whole catalogue,
//
//     loss = log Σⱼ exp(x[j] − m) + m − x[y],  m = maxⱼ x[j]
//     dx[j] = scale·(exp(x[j] − m) / Σₖ exp(x[k] − m) − [j = y])
//
// Addresses are in bytes; ld counts floats; rows are padded to a multiple of four.
import { SoftmaxGradient, SoftmaxSums } from "./blocks";
import { exp4, sum4 } from "./elementary";
import { FLOAT, VECTOR, at, bytesOf, padded } from "./layout";
import { largest } from "./vectors";

/** A logit whose exponential is 0 beside any real one: of the courses that are padding. */
const NO_COURSE: f32 = -1e30;

// Adds the bias to the logits; m and Σ exp(x − m) over the slice, and x[y] where y is in it.
export function softmaxSums(call: SoftmaxSums): void {
  const courses = call.courses;
  const bias = call.bias;
  const end = bytesOf(padded(courses));
  for (let i = 0; i < call.rows; i++) {
    const x = call.logits + (i as usize) * call.ld * FLOAT;
    for (let j: usize = 0; j < end; j += VECTOR) {
      v128.store(x + j, f32x4.add(v128.load(x + j), v128.load(bias + j)));
    }
    for (let j = courses; j < padded(courses); j++) store<f32>(at(x, j), NO_COURSE);
    const label = load<i32>(at(call.labels, i)) - call.first;
    if (label >= 0 && label < courses) {
      store<f32>(at(call.atLabel, i), load<f32>(at(x, label)));
    }
    const maximum = largest(x, end);
    const maximum4 = f32x4.splat(maximum);
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < end; j += VECTOR) {
      sum = f32x4.add(sum, exp4(f32x4.sub(v128.load(x + j), maximum4)));
    }
    store<f32>(at(call.maxima, i), maximum);
    store<f32>(at(call.sums, i), sum4(sum));
  }
}

// The logits become dx, from m and the sum over the whole catalogue.
export function softmaxGradient(call: SoftmaxGradient): void {
  const courses = call.courses;
  const scale = call.scale;
  const dBias = call.dBias;
  const end = bytesOf(padded(courses));
  for (let i = 0; i < call.rows; i++) {
    const x = call.logits + (i as usize) * call.ld * FLOAT;
    const maximum = f32x4.splat(load<f32>(at(call.maxima, i)));
    const factor = f32x4.splat(scale / load<f32>(at(call.sums, i)));
    for (let j: usize = 0; j < end; j += VECTOR) {
      v128.store(x + j, f32x4.mul(exp4(f32x4.sub(v128.load(x + j), maximum)), factor));
    }
    for (let j = courses; j < padded(courses); j++) store<f32>(at(x, j), 0);
    const label = load<i32>(at(call.labels, i)) - call.first;
    if (label >= 0 && label < courses) {
      store<f32>(at(x, label), load<f32>(at(x, label)) - scale);
    }
    for (let j: usize = 0; j < end; j += VECTOR) {
      v128.store(dBias + j, f32x4.add(v128.load(dBias + j), v128.load(x + j)));
    }
  }
}
