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

// keys and values of all rows, and with them the queries unless only a few rows ask
fn project(thread: u32) {
  let skip = select(0u, HQ, last);
  let columns = 3u * HQ - skip;
  let count = window.span;
  for (var i = thread; i < (count + 3u) / 4u * columns; i += SIZE) {
    let g = i / columns;
    let n = skip + i % columns;
    let rows = vec4u(token(rowOf(g, 0u, count)), token(rowOf(g, 1u, count)), token(rowOf(g, 2u, count)), token(rowOf(g, 3u, count)));
    let y = product(rows + INPUT, HQ, transposed(IN_TRANSPOSED) + n, 3u * HQ, weights[parameter(IN_BIAS) + n]);
#for r < 4
    if (4u * g + ${r}u < count) { activations[rows[${r}] + QKV + n] = y.r${r}; }
#end
  }
  if (!last) { return; }
  for (var i = thread; i < (window.targets + 3u) / 4u * HQ; i += SIZE) {
    let g = i / HQ;
    let n = i % HQ;
#for r < 4
    let q${r} = rowOf(g, ${r}u, window.targets);
#end
    let rows = vec4u(token(position(q0)), token(position(q1)), token(position(q2)), token(position(q3)));
    let y = product(rows + INPUT, HQ, transposed(IN_TRANSPOSED) + n, 3u * HQ, weights[parameter(IN_BIAS) + n]);
#for r < 4
    if (4u * g + ${r}u < window.targets) { activations[queryVector(q${r}) + n] = y.r${r}; }
#end
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
        var share = exp(scores[k * QUERY_GROUPS + g] - maxima[g]);
#for r < 4
        share[${r}] *= attentionMask(head, rowOf(g0 + g, ${r}u, count), k);
#end
        scores[k * QUERY_GROUPS + g] = share;
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

// z = x + drop(W·attended + b), left where the norm will be
fn projectOut(thread: u32) {
  let count = queries();
  for (var i = thread; i < (count + 3u) / 4u * HQ; i += SIZE) {
    let g = i / HQ;
    let n = i % HQ;
    let rows = vec4u(query(rowOf(g, 0u, count)), query(rowOf(g, 1u, count)), query(rowOf(g, 2u, count)), query(rowOf(g, 3u, count)));
    let y = product(rows + ATTENDED, HQ, transposed(OUT_TRANSPOSED) + n, HQ, weights[parameter(OUT_BIAS) + n]);
#for r < 4
    if (4u * g + ${r}u < count) {
      let t = position(4u * g + ${r}u);
      activations[rows[${r}] + NORMED1 + n] = fma(y.r${r}, dropFour(site(2u), maskIndex(t, HQ, n)), activations[token(t) + INPUT + n]);
    }
#end
  }
}

fn feedIn(thread: u32) {
  let count = queries();
  for (var i = thread; i < (count + 3u) / 4u * FQ; i += SIZE) {
    let g = i / FQ;
    let n = i % FQ;
    let rows = vec4u(query(rowOf(g, 0u, count)), query(rowOf(g, 1u, count)), query(rowOf(g, 2u, count)), query(rowOf(g, 3u, count)));
    let y = product(rows + X1, HQ, transposed(INNER_TRANSPOSED) + n, FQ, weights[parameter(INNER_BIAS) + n]);
#for r < 4
    if (4u * g + ${r}u < count) {
      activations[rows[${r}] + RELU + n] = max(y.r${r}, vec4f()) * dropFour(site(3u), maskIndex(position(4u * g + ${r}u), FQ, n));
    }
#end
  }
}

fn feedOut(thread: u32) {
  let count = queries();
  for (var i = thread; i < (count + 3u) / 4u * HQ; i += SIZE) {
    let g = i / HQ;
    let n = i % HQ;
    let rows = vec4u(query(rowOf(g, 0u, count)), query(rowOf(g, 1u, count)), query(rowOf(g, 2u, count)), query(rowOf(g, 3u, count)));
    let y = product(rows + RELU, FQ, transposed(OUTER_TRANSPOSED) + n, HQ, weights[parameter(OUTER_BIAS) + n]);
#for r < 4
    if (4u * g + ${r}u < count) {
      let mask = dropFour(site(4u), maskIndex(position(4u * g + ${r}u), HQ, n));
      activations[rows[${r}] + NORMED2 + n] = fma(y.r${r}, mask, activations[rows[${r}] + X1 + n]);
    }
#end
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
    project(thread);
    sync();
    attend(thread);
    projectOut(thread);
    sync();
    for (var i = thread; i < queries(); i += SIZE) {
      let at = query(i);
      activations[at + STATISTICS].x = normalise(at + NORMED1, parameter(NORM1_SCALE), parameter(NORM1_SHIFT), at + X1);
    }
    sync();
    feedIn(thread);
    sync();
    feedOut(thread);
    sync();
    for (var i = thread; i < queries(); i += SIZE) {
      let at = query(i);
      var out = at + TARGET_DX;
      if (!last) { out = token(i) + BLOCK_QUADS + INPUT; }
      activations[at + STATISTICS].y = normalise(at + NORMED2, parameter(NORM2_SCALE), parameter(NORM2_SHIFT), out);
      if (last) {
        for (var j = 0u; j < HQ; j++) { activations[at + NORMED3 + j] = activations[at + TARGET_DX + j]; }
        activations[at + STATISTICS].z = normalise(at + NORMED3, NORM_SCALE, NORM_SHIFT, step.hiddenAt + (window.target0 + i) * HQ);
      }
    }
    sync();
  }
}
