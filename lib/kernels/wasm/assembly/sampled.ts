// The output layer at a few courses a target: its label and negatives that are drawn for it. Row i
// of `ids` [rows × width] holds a target's courses, its label first; `scores` and their gradients
// are laid out alike. Addresses are in bytes; `hidden` counts floats, a multiple of four.
import { DrawNegatives, SampledScores, SampledStates, SampledWeights } from "./blocks";
import { FLOAT, at } from "./layout";
import { multiplyAdd, product } from "./vectors";

/** The second half of a round of Threefry, whose first half is a ← a + b. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function mix(b: u32, a: u32, bits: u32): u32 {
  return rotl<u32>(b, bits) ^ a;
}

/** The course of a draw: one of the others, the label left out. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function courseOf(word: u32, others: u32, label: u32): u32 {
  const other = word % others;
  return other < label ? other : other + 1;
}

// The courses of targets first .. first+rows-1 of a batch, bit for bit those of
// lib/random/negatives.ts: two draws from
//
//     (u, v) = Threefry-2x32, 13 rounds, key (seed, site), counter (target·⌈k/2⌉ + j, step)
export function drawNegatives(call: DrawNegatives): void {
  const key0 = call.seed;
  const key1 = call.site;
  const key2: u32 = 0x1bd11bda ^ key0 ^ key1;
  const others = call.courses - 1;
  const count = call.width - 1;
  let counter = call.first * ((count + 1) / 2);
  let out = call.ids;
  for (let i = 0; i < call.rows; i++) {
    const label = load<u32>(at(call.labels, i));
    store<u32>(out, label);
    out += FLOAT;
    for (let j: u32 = 0; j < count; j += 2) {
      let a = counter + key0;
      let b = call.step + key1;
      counter++;
      a += b;
      b = mix(b, a, 13);
      a += b;
      b = mix(b, a, 15);
      a += b;
      b = mix(b, a, 26);
      a += b;
      b = mix(b, a, 6);
      a += key1;
      b += key2 + 1;
      a += b;
      b = mix(b, a, 17);
      a += b;
      b = mix(b, a, 29);
      a += b;
      b = mix(b, a, 16);
      a += b;
      b = mix(b, a, 24);
      a += key2;
      b += key0 + 2;
      a += b;
      b = mix(b, a, 13);
      a += b;
      b = mix(b, a, 15);
      a += b;
      b = mix(b, a, 26);
      a += b;
      b = mix(b, a, 6);
      a += key0;
      b += key1 + 3;
      a += b;
      b = mix(b, a, 17);
      store<u32>(out, courseOf(a, others, label));
      out += FLOAT;
      if (j + 1 < count) {
        store<u32>(out, courseOf(b, others, label));
        out += FLOAT;
      }
    }
  }
}

// scores[i, j] = states[i] · weights[ids[i, j]] + bias[ids[i, j]]
export function sampledScores(call: SampledScores): void {
  const row = call.hidden * FLOAT;
  let state = call.states;
  let id = call.ids;
  let out = call.scores;
  for (let i = 0; i < call.rows; i++) {
    for (let j = 0; j < call.width; j++) {
      const course = load<i32>(id);
      let score = product(state, call.weights + (course as usize) * row, row);
      if (call.bias != 0) score += load<f32>(at(call.bias, course));
      store<f32>(out, score);
      id += FLOAT;
      out += FLOAT;
    }
    state += row;
  }
}

// dStates[i] = Σⱼ d[i, j]·weights[ids[i, j]]
export function sampledStates(call: SampledStates): void {
  const row = call.hidden * FLOAT;
  let id = call.ids;
  let d = call.d;
  let out = call.dStates;
  memory.fill(out, 0, (call.rows as usize) * row);
  for (let i = 0; i < call.rows; i++) {
    for (let j = 0; j < call.width; j++) {
      multiplyAdd(load<f32>(d), call.weights + (load<i32>(id) as usize) * row, out, row);
      id += FLOAT;
      d += FLOAT;
    }
    out += row;
  }
}

// For the courses first .. past-1 of a thread: dWeights[id] += d[i, j]·states[i], and dBias[id] +=
// d[i, j].
export function sampledWeights(call: SampledWeights): void {
  const row = call.hidden * FLOAT;
  let state = call.states;
  let id = call.ids;
  let d = call.d;
  for (let i = 0; i < call.rows; i++) {
    for (let j = 0; j < call.width; j++) {
      const course = load<i32>(id);
      if (course >= call.first && course < call.past) {
        const value = load<f32>(d);
        multiplyAdd(value, state, call.dWeights + (course as usize) * row, row);
        if (call.dBias != 0) {
          const bias = at(call.dBias, course);
          store<f32>(bias, load<f32>(bias) + value);
        }
      }
      id += FLOAT;
      d += FLOAT;
    }
    state += row;
  }
}
