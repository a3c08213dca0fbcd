// SASRec forwards, one window a workgroup: embeddings, blocks, the norm at the head's rows.
const PARTS = 8u;
var<workgroup> scores: array<vec4f, SCORES>;
var<workgroup> maxima: array<vec4f, REDUCED>;
var<workgroup> sums: array<vec4f, REDUCED>;

fn embed(thread: u32) {
  for (var i = thread; i < window.span * HQ; i += SIZE) {
    let t = i / HQ;
    let j = i % HQ;
    var slot = 0u;
    if (t < window.real) { slot = plan[step.tokensAt + window.item + t]; }
#if SHARDED
    let item = activations[step.embeddedAt + slot * HQ + j];
#else
    let item = weights[EMBEDDING + plan[step.distinctAt + slot] * HQ + j];
#end
    activations[token(t) + INPUT + j] = (item + weights[POSITIONS + t * HQ + j]) * dropFour(EMBEDDING_SITE, maskIndex(t, HQ, j));
  }
}

// causal attention, one head and QUERY_GROUPS groups of four queries at a time; a vec4f of `scores` is one key's for a group
fn attend(thread: u32) {
  let count = queries();
  let allGroups = (count + 3u) / 4u;
  for (var head = 0u; head < HEADS; head++) {
    for (var g0 = 0u; g0 < allGroups; g0 += QUERY_GROUPS) {
      let groups = min(QUERY_GROUPS, allGroups - g0);
      let keys = position(min(4u * (g0 + groups), count) - 1u) + 1u;
      for (var i = thread; i < groups * keys; i += SIZE) {
        let g = i % groups;
        let k = i / groups;
        let key = token(k) + QKV + HQ + head * HEAD_QUADS;
        var s = vec4f();
#for r < 4
        let q${r} = rowOf(g0 + g, ${r}u, count);
        let at${r} = queryVector(q${r}) + head * HEAD_QUADS;
#end
        for (var d = 0u; d < HEAD_QUADS; d++) {
          let x = activations[key + d];
          s += vec4f(dot(activations[at0 + d], x), dot(activations[at1 + d], x), dot(activations[at2 + d], x), dot(activations[at3 + d], x));
        }
        let ahead = vec4u(k) > vec4u(position(q0), position(q1), position(q2), position(q3));
        scores[k * QUERY_GROUPS + g] = select(s * inverseSqrt(f32(4u * HEAD_QUADS)), vec4f(-1.0e30), ahead);
      }
      workgroupBarrier();
      for (var i = thread; i < groups * PARTS; i += SIZE) {
        let g = i % groups;
        let part = i / groups;
        var maximum = vec4f(-1.0e30);
        var sum = vec4f();
        for (var k = part; k < keys; k += PARTS) {
          let s = scores[k * QUERY_GROUPS + g];
          let higher = max(maximum, s);
          sum = sum * exp(maximum - higher) + exp(s - higher);
          maximum = higher;
        }
        maxima[part * QUERY_GROUPS + g] = maximum;
        sums[part * QUERY_GROUPS + g] = sum;
      }
      workgroupBarrier();
      for (var g = thread; g < groups; g += SIZE) {
        var maximum = maxima[g];
        for (var part = 1u; part < PARTS; part++) { maximum = max(maximum, maxima[part * QUERY_GROUPS + g]); }
        var sum = vec4f();
        for (var part = 0u; part < PARTS; part++) {
          let at = part * QUERY_GROUPS + g;
          sum += sums[at] * exp(maxima[at] - maximum);
        }
        let logSum = maximum + log(sum);
        maxima[g] = logSum;
#for r < 4
        if (4u * (g0 + g) + ${r}u < count) { activations[query(4u * (g0 + g) + ${r}u) + STATISTICS + 1u + head].x = logSum[${r}]; }
#end
      }
      workgroupBarrier();
      for (var i = thread; i < groups * keys; i += SIZE) {
        let g = i % groups;
        let k = i / groups;
        var mask = vec4f(1.0);
        for (var r = 0u; r < 4u; r++) { mask[r] = attentionMask(head, rowOf(g0 + g, r, count), k); }
        scores[k * QUERY_GROUPS + g] = exp(scores[k * QUERY_GROUPS + g] - maxima[g]) * mask;
      }
      workgroupBarrier();
      for (var i = thread; i < groups * HEAD_QUADS; i += SIZE) {
        let g = i / HEAD_QUADS;
        let d = head * HEAD_QUADS + i % HEAD_QUADS;
#for r < 4
        var o${r} = vec4f();
#end
        for (var k = 0u; k < keys; k++) {
          let share = scores[k * QUERY_GROUPS + g];
          let value = activations[token(k) + QKV + 2u * HQ + d];
#for r < 4
          o${r} = fma(vec4f(share[${r}]), value, o${r});
#end
        }
#for r < 4
        if (4u * (g0 + g) + ${r}u < count) { activations[query(4u * (g0 + g) + ${r}u) + ATTENDED + d] = o${r}; }
#end
      }
      sync();
    }
  }
}

// the five linear layers of a block in their order; the second is there only in the last block, where few rows ask
fn layer(number: u32) -> Linear {
  let skip = select(0u, HQ, last);
  switch number {
    case 0u: {
      return Linear(
        window.span, TOKEN, INPUT, HQ, transposed(IN_TRANSPOSED) + skip, 3u * HQ, 3u * HQ - skip, parameter(IN_BIAS) + skip,
        TOKEN, QKV + skip, false, NO_MASK, NO_GATE, NONE, 0u, false,
      );
    }
    case 1u: {
      return Linear(
        queries(), TOKEN_ASKED, INPUT, HQ, transposed(IN_TRANSPOSED), 3u * HQ, HQ, parameter(IN_BIAS),
        QUERY_ROW, TARGET_Q, false, NO_MASK, NO_GATE, NONE, 0u, false,
      );
    }
    case 2u: {
      return Linear(
        queries(), QUERY_ROW, ATTENDED, HQ, transposed(OUT_TRANSPOSED), HQ, HQ, parameter(OUT_BIAS),
        QUERY_ROW, NORMED1, false, site(2u), NO_GATE, TOKEN_ASKED, INPUT, false,
      );
    }
    case 3u: {
      return Linear(
        queries(), QUERY_ROW, X1, HQ, transposed(INNER_TRANSPOSED), FQ, FQ, parameter(INNER_BIAS),
        QUERY_ROW, RELU, true, site(3u), NO_GATE, NONE, 0u, false,
      );
    }
    default: {
      return Linear(
        queries(), QUERY_ROW, RELU, FQ, transposed(OUTER_TRANSPOSED), HQ, HQ, parameter(OUTER_BIAS),
        QUERY_ROW, NORMED2, false, site(4u), NO_GATE, QUERY_ROW, X1, false,
      );
    }
  }
}

// LayerNorm of one row, in place; writes γ·x̂ + β to `out` and returns the reciprocal deviation
fn normalise(at: u32, scale: u32, shift: u32, out: u32) -> f32 {
  var sum = vec4f();
  for (var j = 0u; j < HQ; j++) { sum += activations[at + j]; }
  let mean = dot(sum, vec4f(1.0)) / f32(HIDDEN);
  sum = vec4f();
  for (var j = 0u; j < HQ; j++) {
    let d = activations[at + j] - mean;
    sum = fma(d, d, sum);
  }
  let inverse = 1.0 / sqrt(dot(sum, vec4f(1.0)) / f32(HIDDEN) + bitcast<f32>(EPSILON_BITS));
  for (var j = 0u; j < HQ; j++) {
    let x = (activations[at + j] - mean) * inverse;
    activations[at + j] = x;
    activations[out + j] = fma(x, weights[scale + j], weights[shift + j]);
  }
  return inverse;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  openWindow(group.x);
  openBlock(0u);
  embed(thread);
  sync();
  for (var b = 0u; b < BLOCKS; b++) {
    openBlock(b);
    for (var number = 0u; number < 5u; number++) {
      if (number == 1u && !last) { continue; }
      if (number == 2u) { attend(thread); }
      linear(layer(number), thread);
      sync();
      if (number != 2u && number != 4u) { continue; }
      let first = number == 2u;
      let scale = parameter(select(NORM2_SCALE, NORM1_SCALE, first));
      let shift = parameter(select(NORM2_SHIFT, NORM1_SHIFT, first));
      for (var i = thread; i < queries(); i += SIZE) {
        let at = query(i);
        var out = at + X1;
        if (!first && last) { out = at + TARGET_DX; }
        if (!first && !last) { out = token(i) + BLOCK_QUADS + INPUT; }
        let inverse = normalise(at + select(NORMED2, NORMED1, first), scale, shift, out);
        if (first) { activations[at + STATISTICS].x = inverse; } else { activations[at + STATISTICS].y = inverse; }
      }
      sync();
    }
  }
  for (var i = thread; i < queries(); i += SIZE) {
    let at = query(i);
    for (var j = 0u; j < HQ; j++) { activations[at + NORMED3 + j] = activations[at + TARGET_DX + j]; }
    activations[at + STATISTICS].z = normalise(at + NORMED3, NORM_SCALE, NORM_SHIFT, step.hiddenAt + (window.target0 + i) * HQ);
  }
}
