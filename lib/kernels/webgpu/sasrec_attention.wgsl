// Causal attention, HEADS_AT_ONCE heads and QUERY_GROUPS groups of four queries at a time: the
// scores s = q·k/√d, the softmax p = exp(s − log Σ_k exp(s)), and o = Σ_k mask·p·v. The log of the
// sum is kept for the backward pass. What a line (sasrec_lines.wgsl) has in `scratch` is first s,
// then mask·p. The softmax's parts lie behind: maxima [PARTS × LINES], then sums.

fn attend(block: Block, thread: u32) {
  let count = queryCount(block);
  let allGroups = (count + 3u) / 4u;
  for (var head0 = 0u; head0 < HEADS; head0 += HEADS_AT_ONCE) {
    for (var g0 = 0u; g0 < allGroups; g0 += QUERY_GROUPS) {
      let groups = min(QUERY_GROUPS, allGroups - g0);
      let keys = queryPosition(block, min(4u * (g0 + groups), count) - 1u) + 1u;
      let lines = Lines(head0, g0, groups * HEADS_AT_ONCE, keys);
      for (var i = thread; i < lines.count * keys; i += SIZE) {
        let line = i % lines.count;
        let k = i / lines.count;
        let g = groupOf(lines, line);
        let own = headOf(lines, line) * HEAD_QUADS;
        let key = rowRecord(block, k) + BLOCK_KEYS + own;
        var s = vec4f();
#for r < 4
        let q${r} = queryOf(g, ${r}u, count);
        let at${r} = queryVector(block, q${r}) + own;
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
        scratch[k * LINES + line] = select(scaled, vec4f(-1.0e30), ahead);
      }
      workgroupBarrier(); // a part's maximum and sum need the scores of all threads
      for (var i = thread; i < lines.count * PARTS; i += SIZE) {
        let line = i % lines.count;
        let part = i / lines.count;
        var maximum = vec4f(-1.0e30);
        var sum = vec4f();
        for (var k = part; k < keys; k += PARTS) {
          let s = scratch[k * LINES + line];
          let higher = max(maximum, s);
          sum = sum * exp(maximum - higher) + exp(s - higher);
          maximum = higher;
        }
        scratch[MAXIMA + part * LINES + line] = maximum;
        scratch[SUMS + part * LINES + line] = sum;
      }
      workgroupBarrier(); // a row's maximum and sum need all parts
      for (var line = thread; line < lines.count; line += SIZE) {
        var maximum = scratch[MAXIMA + line];
        for (var part = 1u; part < PARTS; part++) {
          maximum = max(maximum, scratch[MAXIMA + part * LINES + line]);
        }
        var sum = vec4f();
        for (var part = 0u; part < PARTS; part++) {
          let at = part * LINES + line;
          sum += scratch[SUMS + at] * exp(scratch[MAXIMA + at] - maximum);
        }
        let logSum = maximum + log(sum);
        scratch[MAXIMA + line] = logSum;
        let q = 4u * groupOf(lines, line);
        let head = headOf(lines, line);
#for r < 4
        if (q + ${r}u < count) {
          activations[queryRecord(block, q + ${r}u) + QUERY_HEADS + head].x = logSum[${r}];
        }
#end
      }
      workgroupBarrier(); // every share needs its row's log of the sum
      for (var i = thread; i < lines.count * keys; i += SIZE) {
        let line = i % lines.count;
        let k = i / lines.count;
        let g = groupOf(lines, line);
        let head = headOf(lines, line);
        var mask = vec4f(1.0);
        for (var r = 0u; r < 4u; r++) {
          mask[r] = attentionMask(block, head, queryOf(g, r, count), k);
        }
        let at = k * LINES + line;
        scratch[at] = exp(scratch[at] - scratch[MAXIMA + line]) * mask;
      }
      workgroupBarrier(); // every sum of values needs all shares
      weightedRows(block, lines, 0u, BLOCK_VALUES, thread);
      sync(); // all have read the scores before the next lines' are written
    }
  }
}

// where the values' sums of a query go
fn lineVector(block: Block, q: u32) -> u32 { return queryRecord(block, q) + QUERY_ATTENDED; }
