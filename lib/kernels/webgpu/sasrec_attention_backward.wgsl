// Causal attention backwards, one head and QUERY_GROUPS groups of four queries at a time. Forwards,
// a query's output is o = Σ_k share·v with share = mask·p, p the softmax of s = q·k/√d. Given do,
//
//   share = mask·p                              dv = Σ_q share·do
//   slope = p·(mask·(do·v) − do·o)/√d           dq = Σ_k slope·k        dk = Σ_q slope·q
//
// where p = exp(s − log of the softmax's sum). A vec4f is one key's for a group's four queries.
var<workgroup> shares: array<vec4f, SCORES>; // [keys in whole fours × QUERY_GROUPS]
var<workgroup> slopes: array<vec4f, SCORES>;

// d(o)·o of every query and head, the sum in the softmax's gradient
fn attentionShare(block: Block, thread: u32) {
  for (var i = thread; i < queryCount(block) * HEADS; i += SIZE) {
    let head = i % HEADS;
    let at = queryRecord(block, i / HEADS);
    let own = at + head * HEAD_QUADS;
    var sum = 0.0;
    for (var d = 0u; d < HEAD_QUADS; d++) {
      sum += dot(activations[own + QUERY_D_ATTENDED + d], activations[own + QUERY_ATTENDED + d]);
    }
    activations[at + QUERY_HEADS + head].y = sum;
  }
}

fn attendBackward(block: Block, thread: u32) {
  let count = queryCount(block);
  let allGroups = (count + 3u) / 4u;
  let scale = inverseSqrt(f32(4u * HEAD_QUADS));
  for (var head = 0u; head < HEADS; head++) {
    for (var g0 = 0u; g0 < allGroups; g0 += QUERY_GROUPS) {
      let groups = min(QUERY_GROUPS, allGroups - g0);
      let keys = queryPosition(block, min(4u * (g0 + groups), count) - 1u) + 1u;
      let wholeKeys = (keys + 3u) / 4u * 4u;
      for (var i = thread; i < groups * wholeKeys; i += SIZE) {
        let g = i % groups;
        let k = i / groups;
        var share = vec4f();
        var slope = vec4f();
        if (k < keys) {
          let key = rowRecord(block, k) + BLOCK_KEYS + head * HEAD_QUADS;
          let value = rowRecord(block, k) + BLOCK_VALUES + head * HEAD_QUADS;
          var s = vec4f();
          var d = vec4f();
#for r < 4
          let q${r} = queryOf(g0 + g, ${r}u, count);
          let at${r} = queryVector(block, q${r}) + head * HEAD_QUADS;
          let dat${r} = queryRecord(block, q${r}) + QUERY_D_ATTENDED + head * HEAD_QUADS;
#end
          for (var j = 0u; j < HEAD_QUADS; j += HEAD_UNROLL) {
#for u < HEAD_UNROLL
            let x${u} = activations[key + j + ${u}u];
            let v${u} = activations[value + j + ${u}u];
#for r < 4
            let q${u}_${r} = activations[at${r} + j + ${u}u];
            let o${u}_${r} = activations[dat${r} + j + ${u}u];
#end
#end
#for u < HEAD_UNROLL
            s += vec4f(
#for r < 4
              dot(q${u}_${r}, x${u}),
#end
            );
            d += vec4f(
#for r < 4
              dot(o${u}_${r}, v${u}),
#end
            );
#end
          }
          for (var r = 0u; r < 4u; r++) {
            let q = queryOf(g0 + g, r, count);
            if (k <= queryPosition(block, q) && 4u * (g0 + g) + r < count) {
              let known = activations[queryRecord(block, q) + QUERY_HEADS + head];
              let p = exp(s[r] * scale - known.x);
              let mask = attentionMask(block, head, q, k);
              share[r] = p * mask;
              slope[r] = p * (d[r] * mask - known.y) * scale;
            }
          }
        }
        shares[k * QUERY_GROUPS + g] = share;
        slopes[k * QUERY_GROUPS + g] = slope;
      }
      workgroupBarrier(); // the sums need the shares and slopes of all threads
      for (var i = thread; i < groups * HEAD_QUADS; i += SIZE) {
        let g = i / HEAD_QUADS;
        let d = head * HEAD_QUADS + i % HEAD_QUADS;
#for r < 4
        var o${r} = vec4f();
#end
        for (var k = 0u; k < keys; k++) {
          let slope = slopes[k * QUERY_GROUPS + g];
          let x = activations[rowRecord(block, k) + BLOCK_KEYS + d];
#for r < 4
          o${r} = fma(vec4f(slope[${r}]), x, o${r});
#end
        }
#for r < 4
        if (4u * (g0 + g) + ${r}u < count) {
          activations[queryVectorGradient(block, 4u * (g0 + g) + ${r}u) + d] = o${r};
        }
#end
      }
      // four keys a thread, of all rows: those that no query saw get zeros the first time
      for (var i = thread; i < (block.window.rows + 3u) / 4u * HEAD_QUADS; i += SIZE) {
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
              let q = queryOf(g0 + g, ${i}u, count);
              let x = activations[queryVector(block, q) + d];
              let y = activations[queryRecord(block, q) + QUERY_D_ATTENDED + d];
#for r < 4
              dk${r} = fma(vec4f(slope${r}[${i}]), x, dk${r});
              dv${r} = fma(vec4f(share${r}[${i}]), y, dv${r});
#end
            }
#end
          }
        }
#for r < 4
        if (k0 + ${r}u < block.window.rows) {
          let at = rowRecord(block, k0 + ${r}u) + d;
          if (g0 > 0u) {
            dk${r} += activations[at + BLOCK_D_KEYS];
            dv${r} += activations[at + BLOCK_D_VALUES];
          }
          activations[at + BLOCK_D_KEYS] = dk${r};
          activations[at + BLOCK_D_VALUES] = dv${r};
        }
#end
      }
      sync(); // all have read the shares before the next groups' are written
    }
  }
}
