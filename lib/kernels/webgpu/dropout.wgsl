// The dropout masks of lib/random/dropout.ts, bit for bit: Threefry-2x32 with 13 rounds, key
// (seed, site), counter (index / 4, step).
fn rotate(x: u32, by: u32) -> u32 { return (x << by) | (x >> (32u - by)); }

fn threefry(site: u32, counter: u32) -> vec2u {
  let k0 = step.seed;
  let k1 = site;
  let k2 = 0x1bd11bdau ^ k0 ^ k1;
  var x = counter + k0;
  var y = step.number + k1;
  x += y; y = rotate(y, 13u) ^ x;
  x += y; y = rotate(y, 15u) ^ x;
  x += y; y = rotate(y, 26u) ^ x;
  x += y; y = rotate(y, 6u) ^ x;
  x += k1; y += k2 + 1u;
  x += y; y = rotate(y, 17u) ^ x;
  x += y; y = rotate(y, 29u) ^ x;
  x += y; y = rotate(y, 16u) ^ x;
  x += y; y = rotate(y, 24u) ^ x;
  x += k2; y += k0 + 2u;
  x += y; y = rotate(y, 13u) ^ x;
  x += y; y = rotate(y, 15u) ^ x;
  x += y; y = rotate(y, 26u) ^ x;
  x += y; y = rotate(y, 6u) ^ x;
  x += k0; y += k1 + 3u;
  x += y; y = rotate(y, 17u) ^ x;
  return vec2u(x, y);
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
