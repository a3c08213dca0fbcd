// Causal attention backwards, HEADS_AT_ONCE heads and QUERY_GROUPS groups of four queries at a
// time. Forwards, a query's output is o = Σ_k share·v with share = mask·p, p the softmax of
// s = q·k/√d. Given do,
//
//   share = mask·p                              dv = Σ_q share·do
//   slope = p·(mask·(do·v) − do·o)/√d           dq = Σ_k slope·k        dk = Σ_q slope·q
//
// where p = exp(s − log of the softmax's sum). What a line (sasrec_lines.wgsl) has in `scratch` is
// its shares, of the keys in whole fours, and from SLOPES on its slopes.

// d(o)·o of every query and head, the sum in the softmax's gradient
fn attentionShare(block: Block, thread: u32) {
  for (var i = thread; i < queryCount(block) * HEADS; i += SIZE) {
    let head = i % HEADS;
    let at = queryRecord(block, i / HEADS);
    let own = at + head * HEAD_QUADS;
    var sum = 0.0;
    for (var d = 0u; d < HEAD_QUADS; d += HEAD_UNROLL) {
#for u < HEAD_UNROLL
      let x${u} = activations[own + QUERY_D_ATTENDED + d + ${u}u];
      let y${u} = activations[own + QUERY_ATTENDED + d + ${u}u];
#end
#for u < HEAD_UNROLL
      sum += dot(x${u}, y${u});
#end
    }
    activations[at + QUERY_HEADS + head].y = sum;
  }
}

fn attendBackward(block: Block, thread: u32) {
  let count = queryCount(block);
  let allGroups = (count + 3u) / 4u;
  for (var head0 = 0u; head0 < HEADS; head0 += HEADS_AT_ONCE) {
    for (var g0 = 0u; g0 < allGroups; g0 += QUERY_GROUPS) {
      let groups = min(QUERY_GROUPS, allGroups - g0);
      let keys = queryPosition(block, min(4u * (g0 + groups), count) - 1u) + 1u;
      let lines = Lines(head0, g0, groups * HEADS_AT_ONCE, keys);
      sharesAndSlopes(block, lines, thread);
      workgroupBarrier(); // the sums need the shares and slopes of all threads
      keysAndValuesBackward(block, lines, thread);
      weightedRows(block, lines, SLOPES, BLOCK_KEYS, thread); // dq
      sync(); // all have read the shares before the next lines' are written
    }
  }
}

fn sharesAndSlopes(block: Block, lines: Lines, thread: u32) {
  let count = queryCount(block);
  let scale = inverseSqrt(f32(4u * HEAD_QUADS));
  let wholeKeys = (lines.keys + 3u) / 4u * 4u;
  for (var i = thread; i < lines.count * wholeKeys; i += SIZE) {
    let line = i % lines.count;
    let k = i / lines.count;
    let g = groupOf(lines, line);
    let head = headOf(lines, line);
    var share = vec4f();
    var slope = vec4f();
    if (k < lines.keys) {
      let key = rowRecord(block, k) + BLOCK_KEYS + head * HEAD_QUADS;
      let value = rowRecord(block, k) + BLOCK_VALUES + head * HEAD_QUADS;
      var s = vec4f();
      var d = vec4f();
#for r < 4
      let q${r} = queryOf(g, ${r}u, count);
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
        let q = queryOf(g, r, count);
        if (k <= queryPosition(block, q) && 4u * g + r < count) {
          let known = activations[queryRecord(block, q) + QUERY_HEADS + head];
          let p = exp(s[r] * scale - known.x);
          let mask = attentionMask(block, head, q, k);
          share[r] = p * mask;
          slope[r] = p * (d[r] * mask - known.y) * scale;
        }
      }
    }
    scratch[k * LINES + line] = share;
    scratch[SLOPES + k * LINES + line] = slope;
  }
}

// dk and dv, four keys a thread, of all rows: those that no query saw get zeros the first time
fn keysAndValuesBackward(block: Block, lines: Lines, thread: u32) {
  let count = queryCount(block);
  let fours = (block.window.rows + 3u) / 4u;
  for (var i = thread; i < fours * HEADS_AT_ONCE * HEAD_QUADS; i += SIZE) {
    let k0 = i / HEAD_QUADS / HEADS_AT_ONCE * 4u;
    let head = i / HEAD_QUADS % HEADS_AT_ONCE; // among those at once
    let d = (lines.head0 + head) * HEAD_QUADS + i % HEAD_QUADS;
    if (k0 >= lines.keys && lines.g0 > 0u) { continue; }
#for r < 4
    var dk${r} = vec4f();
    var dv${r} = vec4f();
#end
    if (k0 < lines.keys) {
      for (var line = head; line < lines.count; line += HEADS_AT_ONCE) {
        let g = groupOf(lines, line);
#for r < 4
        let share${r} = scratch[(k0 + ${r}u) * LINES + line];
        let slope${r} = scratch[SLOPES + (k0 + ${r}u) * LINES + line];
#end
#for i < 4
        {
          let q = queryOf(g, ${i}u, count);
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
      if (lines.g0 > 0u) {
        dk${r} += activations[at + BLOCK_D_KEYS];
        dv${r} += activations[at + BLOCK_D_VALUES];
      }
      activations[at + BLOCK_D_KEYS] = dk${r};
      activations[at + BLOCK_D_VALUES] = dv${r};
    }
#end
  }
}

// where the gradient of a query's vector goes
fn lineVector(block: Block, q: u32) -> u32 { return queryVectorGradient(block, q); }
