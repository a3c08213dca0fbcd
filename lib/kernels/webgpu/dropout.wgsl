// The dropout masks of lib/random/dropout.ts, bit for bit: Threefry-2x32 with 13 rounds, key
// (seed, site), counter (index / 4, step).

// one round
fn mix(v: vec2u, by: u32) -> vec2u {
  let x = v.x + v.y;
  return vec2u(x, ((v.y << by) | (v.y >> (32u - by))) ^ x);
}

// two words of random bits
fn threefry(site: u32, counter: u32) -> vec2u {
  let k0 = step.seed;
  let k1 = site;
  let k2 = 0x1bd11bdau ^ k0 ^ k1;
  var v = vec2u(counter + k0, step.number + k1);
  v = mix(v, 13u);
  v = mix(v, 15u);
  v = mix(v, 26u);
  v = mix(v, 6u);
  v += vec2u(k1, k2 + 1u);
  v = mix(v, 17u);
  v = mix(v, 29u);
  v = mix(v, 16u);
  v = mix(v, 24u);
  v += vec2u(k2, k0 + 2u);
  v = mix(v, 13u);
  v = mix(v, 15u);
  v = mix(v, 26u);
  v = mix(v, 6u);
  v += vec2u(k0, k1 + 3u);
  return mix(v, 17u);
}

// factors of four neighbouring elements: 0 or 1 / (1 − p); `index` is a multiple of 4
fn dropFour(site: u32, index: u32) -> vec4f {
  if (step.dropBelow == 0u) { return vec4f(1.0); }
  let word = threefry(site, index >> 2u);
  let draws = vec4u(word.x & 0xffffu, word.x >> 16u, word.y & 0xffffu, word.y >> 16u);
  return select(vec4f(0.0), vec4f(step.keep), draws >= vec4u(step.dropBelow));
}

// the factor of one element
fn dropOne(site: u32, index: u32) -> f32 {
  if (step.dropBelow == 0u) { return 1.0; }
  let words = threefry(site, index >> 2u);
  let word = select(words.x, words.y, (index & 2u) != 0u);
  let draw = select(word & 0xffffu, word >> 16u, (index & 1u) != 0u);
  return select(0.0, step.keep, draw >= step.dropBelow);
}
