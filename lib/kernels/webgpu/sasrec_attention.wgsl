// Causal attention, one head and QUERY_GROUPS groups of four queries at a time: the scores
// s = q·k/√d, the softmax p = exp(s − log Σ_k exp(s)), and o = Σ_k mask·p·v. The log of the sum is
// kept for the backward pass. A vec4f of `scores` is one key's for a group's four queries: first s,
// then mask·p.
var<workgroup> scores: array<vec4f, SCORES>; // [keys × QUERY_GROUPS]
var<workgroup> maxima: array<vec4f, REDUCED>; // [PARTS × QUERY_GROUPS]
var<workgroup> sums: array<vec4f, REDUCED>;

fn attend(block: Block, thread: u32) {
  let count = queryCount(block);
  let allGroups = (count + 3u) / 4u;
  for (var head = 0u; head < HEADS; head++) {
    for (var g0 = 0u; g0 < allGroups; g0 += QUERY_GROUPS) {
      let groups = min(QUERY_GROUPS, allGroups - g0);
      let keys = queryPosition(block, min(4u * (g0 + groups), count) - 1u) + 1u;
      for (var i = thread; i < groups * keys; i += SIZE) {
        let g = i % groups;
        let k = i / groups;
        let key = rowRecord(block, k) + BLOCK_KEYS + head * HEAD_QUADS;
        var s = vec4f();
#for r < 4
        let q${r} = queryOf(g0 + g, ${r}u, count);
        let at${r} = queryVector(block, q${r}) + head * HEAD_QUADS;
#end
        for (var d = 0u; d < HEAD_QUADS; d += HEAD_UNROLL) {
#for u < HEAD_UNROLL
          let x${u} = activations[key + d + ${u}u];
#for r < 4
          let v${u}_${r} = activations[at${r} + d + ${u}u];
#end
#end
#for u < HEAD_UNROLL
          s += vec4f(
#for r < 4
            dot(v${u}_${r}, x${u}),
#end
          );
#end
        }
        let positions = vec4u(
          queryPosition(block, q0),
          queryPosition(block, q1),
          queryPosition(block, q2),
          queryPosition(block, q3),
        );
        let ahead = vec4u(k) > positions;
        let scaled = s * inverseSqrt(f32(4u * HEAD_QUADS));
        scores[k * QUERY_GROUPS + g] = select(scaled, vec4f(-1.0e30), ahead);
      }
      workgroupBarrier(); // a part's maximum and sum need the scores of all threads
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
      workgroupBarrier(); // a row's maximum and sum need all parts
      for (var g = thread; g < groups; g += SIZE) {
        var maximum = maxima[g];
        for (var part = 1u; part < PARTS; part++) {
          maximum = max(maximum, maxima[part * QUERY_GROUPS + g]);
        }
        var sum = vec4f();
        for (var part = 0u; part < PARTS; part++) {
          let at = part * QUERY_GROUPS + g;
          sum += sums[at] * exp(maxima[at] - maximum);
        }
        let logSum = maximum + log(sum);
        maxima[g] = logSum;
#for r < 4
        if (4u * (g0 + g) + ${r}u < count) {
          activations[queryRecord(block, 4u * (g0 + g) + ${r}u) + QUERY_HEADS + head].x =
            logSum[${r}];
        }
#end
      }
      workgroupBarrier(); // every share needs its row's log of the sum
      for (var i = thread; i < groups * keys; i += SIZE) {
        let g = i % groups;
        let k = i / groups;
        var mask = vec4f(1.0);
        for (var r = 0u; r < 4u; r++) {
          mask[r] = attentionMask(block, head, queryOf(g0 + g, r, count), k);
        }
        scores[k * QUERY_GROUPS + g] = exp(scores[k * QUERY_GROUPS + g] - maxima[g]) * mask;
      }
      workgroupBarrier(); // every sum of values needs all shares
      for (var i = thread; i < groups * HEAD_QUADS; i += SIZE) {
        let g = i / HEAD_QUADS;
        let d = head * HEAD_QUADS + i % HEAD_QUADS;
#for r < 4
        var o${r} = vec4f();
#end
        for (var k = 0u; k < keys; k++) {
          let share = scores[k * QUERY_GROUPS + g];
          let value = activations[rowRecord(block, k) + BLOCK_VALUES + d];
#for r < 4
          o${r} = fma(vec4f(share[${r}]), value, o${r});
#end
        }
#for r < 4
        if (4u * (g0 + g) + ${r}u < count) {
          activations[queryRecord(block, 4u * (g0 + g) + ${r}u) + QUERY_ATTENDED + d] = o${r};
        }
#end
      }
      sync(); // all have read the scores before the next groups' are written
    }
  }
}
