// SASRec backwards, one window a workgroup, from the gradients of what the head read down to the embeddings' rows. Leaves in the records
// what the weights' gradients are made of, and the window's part of the norms' gradients.
var<workgroup> shares: array<vec4f, SCORES>;
var<workgroup> slopes: array<vec4f, SCORES>;

// a row's share of a norm's gradients, summed over the window's rows: scale, then shift
fn normGradient(thread: u32, normed: u32, number: u32, group: u32, final_: bool) {
  for (var j = thread; j < HQ; j += SIZE) {
    var scale = vec4f();
    var shift = vec4f();
    for (var i = 0u; i < queries(); i++) {
      var dy = vec4f();
      if (final_) { dy = activations[step.hiddenGradientAt + (window.target0 + i) * HQ + j]; } else { dy = activations[queryGradient(i) + j]; }
      scale = fma(dy, activations[query(i) + normed + j], scale);
      shift += dy;
    }
    let at = step.partialsAt + (group * (2u * BLOCKS + 1u) + number) * 2u * HQ + j;
    activations[at] = scale;
    activations[at + HQ] = shift;
  }
}

// the gradient through LayerNorm of one row, from `dy` to `dx` (which may be the same place)
fn normBackward(dy: u32, normed: u32, inverse: f32, scale: u32, dx: u32) {
  var sum = vec4f();
  var along = vec4f();
  for (var j = 0u; j < HQ; j++) {
    let g = activations[dy + j] * weights[scale + j];
    sum += g;
    along = fma(g, activations[normed + j], along);
  }
  let mean = dot(sum, vec4f(1.0)) / f32(HIDDEN);
  let slope = dot(along, vec4f(1.0)) / f32(HIDDEN);
  for (var j = 0u; j < HQ; j++) {
    let g = activations[dy + j] * weights[scale + j];
    activations[dx + j] = inverse * (g - mean - activations[normed + j] * slope);
  }
}

// the linear layers backwards, a block's last one first; the fifth is there only in the last block: the rows that asked
fn layer(number: u32) -> Linear {
  let skip = select(0u, HQ, last);
  switch number {
    case 0u: {
      return Linear(
        queries(), QUERY_ROW, D_OUTER, HQ, parameter(OUTER_WEIGHT), FQ, FQ, NO_BIAS,
        QUERY_ROW, D_RELU, false, NO_MASK, RELU, NONE, 0u, false, // positive means: neither cut nor dropped
      );
    }
    case 1u: {
      return Linear(
        queries(), QUERY_ROW, D_RELU, FQ, parameter(INNER_WEIGHT), HQ, HQ, NO_BIAS,
        QUERY_GRADIENT, 0u, false, NO_MASK, NO_GATE, NONE, 0u, true,
      );
    }
    case 2u: {
      return Linear(
        queries(), QUERY_ROW, D_PROJECTED, HQ, parameter(OUT_WEIGHT), HQ, HQ, NO_BIAS,
        QUERY_ROW, D_ATTENDED, false, NO_MASK, NO_GATE, NONE, 0u, false,
      );
    }
    case 3u: {
      return Linear(
        window.span, TOKEN, DQKV + skip, 3u * HQ - skip, parameter(IN_WEIGHT) + 4u * skip * HQ, HQ, HQ, NO_BIAS,
        GRADIENT, 0u, false, NO_MASK, NO_GATE, NONE, 0u, !last,
      );
    }
    default: {
      return Linear(
        queries(), QUERY_ROW, TARGET_DQ, HQ, parameter(IN_WEIGHT), HQ, HQ, NO_BIAS,
        QUERY_GRADIENT, 0u, false, NO_MASK, NO_GATE, NONE, 0u, true,
      );
    }
  }
}

// for the softmax's gradient: Σ share·d(share) of a query and head, which is d(attended)·attended
fn attentionShare(thread: u32) {
  for (var i = thread; i < queries() * HEADS; i += SIZE) {
    let head = i % HEADS;
    let at = query(i / HEADS);
    var sum = 0.0;
    for (var d = 0u; d < HEAD_QUADS; d++) {
      sum += dot(activations[at + D_ATTENDED + head * HEAD_QUADS + d], activations[at + ATTENDED + head * HEAD_QUADS + d]);
    }
    activations[at + STATISTICS + 1u + head].y = sum;
  }
}

fn attendBackward(thread: u32) {
  let count = queries();
  let allGroups = (count + 3u) / 4u;
  let scale = inverseSqrt(f32(4u * HEAD_QUADS));
  for (var head = 0u; head < HEADS; head++) {
    for (var g0 = 0u; g0 < allGroups; g0 += QUERY_GROUPS) {
      let groups = min(QUERY_GROUPS, allGroups - g0);
      let keys = position(min(4u * (g0 + groups), count) - 1u) + 1u;
      let keys4 = (keys + 3u) / 4u * 4u;
      for (var i = thread; i < groups * keys4; i += SIZE) {
        let g = i % groups;
        let k = i / groups;
        var share = vec4f();
        var slope = vec4f();
        if (k < keys) {
          let key = token(k) + QKV + HQ + head * HEAD_QUADS;
          var s = vec4f();
          var d = vec4f();
#for r < 4
          let q${r} = rowOf(g0 + g, ${r}u, count);
          let at${r} = queryVector(q${r}) + head * HEAD_QUADS;
          let dat${r} = query(q${r}) + D_ATTENDED + head * HEAD_QUADS;
#end
          for (var j = 0u; j < HEAD_QUADS; j++) {
            let x = activations[key + j];
            let v = activations[key + HQ + j];
            s += vec4f(dot(activations[at0 + j], x), dot(activations[at1 + j], x), dot(activations[at2 + j], x), dot(activations[at3 + j], x));
            d += vec4f(dot(activations[dat0 + j], v), dot(activations[dat1 + j], v), dot(activations[dat2 + j], v), dot(activations[dat3 + j], v));
          }
          for (var r = 0u; r < 4u; r++) {
            let q = rowOf(g0 + g, r, count);
            if (k <= position(q) && 4u * (g0 + g) + r < count) {
              let known = activations[query(q) + STATISTICS + 1u + head];
              let p = exp(s[r] * scale - known.x);
              let mask = attentionMask(head, q, k);
              share[r] = p * mask;
              slope[r] = p * (d[r] * mask - known.y) * scale;
            }
          }
        }
        shares[k * QUERY_GROUPS + g] = share;
        slopes[k * QUERY_GROUPS + g] = slope;
      }
      workgroupBarrier();
      for (var i = thread; i < groups * HEAD_QUADS; i += SIZE) {
        let g = i / HEAD_QUADS;
        let d = head * HEAD_QUADS + i % HEAD_QUADS;
#for r < 4
        var o${r} = vec4f();
#end
        for (var k = 0u; k < keys; k++) {
          let slope = slopes[k * QUERY_GROUPS + g];
          let x = activations[token(k) + QKV + HQ + d];
#for r < 4
          o${r} = fma(vec4f(slope[${r}]), x, o${r});
#end
        }
#for r < 4
        if (4u * (g0 + g) + ${r}u < count) { activations[queryVectorGradient(4u * (g0 + g) + ${r}u) + d] = o${r}; }
#end
      }
      for (var i = thread; i < (window.span + 3u) / 4u * HEAD_QUADS; i += SIZE) {
        let k0 = i / HEAD_QUADS * 4u;
        let d = head * HEAD_QUADS + i % HEAD_QUADS;
        if (k0 >= keys && g0 > 0u) { continue; }
#for r < 4
        var dk${r} = vec4f();
        var dv${r} = vec4f();
#end
        if (k0 < keys) {
          for (var g = 0u; g < groups; g++) {
#for r < 4
            let share${r} = shares[(k0 + ${r}u) * QUERY_GROUPS + g];
            let slope${r} = slopes[(k0 + ${r}u) * QUERY_GROUPS + g];
#end
#for i < 4
            {
              let q = rowOf(g0 + g, ${i}u, count);
              let x = activations[queryVector(q) + d];
              let y = activations[query(q) + D_ATTENDED + d];
#for r < 4
              dk${r} = fma(vec4f(slope${r}[${i}]), x, dk${r});
              dv${r} = fma(vec4f(share${r}[${i}]), y, dv${r});
#end
            }
#end
          }
        }
#for r < 4
        if (k0 + ${r}u < window.span) {
          let at = token(k0 + ${r}u) + DQKV + HQ + d;
          if (g0 > 0u) {
            dk${r} += activations[at];
            dv${r} += activations[at + HQ];
          }
          activations[at] = dk${r};
          activations[at + HQ] = dv${r};
        }
#end
      }
      sync();
    }
  }
}

// what the rows that asked leave to the window's rows; several targets may be at one position
fn returnToTokens(thread: u32) {
  for (var item = thread; item < window.span * HQ; item += SIZE) {
    let t = item / HQ;
    let j = item % HQ;
    var sum = activations[tokenGradient(t) + j];
    for (var i = 0u; i < window.targets; i++) {
      if (position(i) == t) { sum += activations[queryGradient(i) + j]; }
    }
    activations[tokenGradient(t) + j] = sum;
  }
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  openWindow(group.x);
  openBlock(BLOCKS - 1u);
  normGradient(thread, NORMED3, 2u * BLOCKS, group.x, true);
  for (var i = thread; i < queries(); i += SIZE) {
    let at = query(i);
    normBackward(step.hiddenGradientAt + (window.target0 + i) * HQ, at + NORMED3, activations[at + STATISTICS].z, NORM_SCALE, at + TARGET_DX);
  }
  sync();
  for (var b = BLOCKS; b > 0u; b--) {
    openBlock(b - 1u);
    for (var number = 0u; number < 5u; number++) {
      if (number == 4u && !last) { continue; }
      if (number == 0u || number == 2u) {
        let second = number == 0u;
        let normed = select(NORMED1, NORMED2, second);
        normGradient(thread, normed, 2u * block + select(0u, 1u, second), group.x, false);
        sync();
        for (var i = thread; i < queries(); i += SIZE) {
          let at = query(i);
          let dx = queryGradient(i);
          let inverse = select(activations[at + STATISTICS].x, activations[at + STATISTICS].y, second);
          normBackward(dx, at + normed, inverse, parameter(select(NORM1_SCALE, NORM2_SCALE, second)), dx);
          for (var j = 0u; j < HQ; j++) {
            let mask = dropFour(site(select(2u, 4u, second)), maskIndex(position(i), HQ, j));
            activations[at + select(D_PROJECTED, D_OUTER, second) + j] = activations[dx + j] * mask;
          }
        }
        sync();
      }
      if (number == 3u) {
        attentionShare(thread);
        sync();
        attendBackward(thread);
      }
      linear(layer(number), thread);
      sync();
    }
    if (last) {
      returnToTokens(thread);
      sync();
    }
  }
  for (var i = thread; i < window.span * HQ; i += SIZE) {
    activations[tokenGradient(i / HQ) + i % HQ] *= dropFour(EMBEDDING_SITE, maskIndex(i / HQ, HQ, i % HQ));
  }
}
