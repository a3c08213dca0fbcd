// The negatives of lib/random/negatives.ts, bit for bit (after dropout.wgsl, which has the
// generator), and the functions that the losses over them share.

fn positiveWeight() -> f32 { return bitcast<f32>(POSITIVE_WEIGHT_BITS); }
fn regularisation() -> f32 { return bitcast<f32>(REGULARISATION_BITS); }

// two draws of a target
fn drawPair(target_place: u32, pair: u32) -> vec2u {
  return threefry(NEGATIVES_SITE, target_place * PAIRS + pair);
}

// the course of a draw: one of the others, the label left out
fn courseOf(word: u32, courses: u32, label: u32) -> u32 {
  let other = word % (courses - 1u);
  return select(other + 1u, other, other < label);
}

// log(1 + exp(x)); for small exp(−|x|) by its series, where 1 + exp(−|x|) has lost its digits
fn softplus(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return max(x, vec4f()) + select(log(1.0 + e), e * (1.0 - 0.5 * e), e < vec4f(1.0e-3));
}

fn sigmoid(x: vec4f) -> vec4f {
  return 1.0 / (1.0 + exp(-clamp(x, vec4f(-80.0), vec4f(80.0))));
}
