// The gradients of everything that moves and what becomes of them, a thread a block of four rows
// and four columns: a step of SGD or of Adam at once, or they are kept. A matrix's gradient is a
// sum of outer products over tokens (targets, for the output layer), in their order.
//
//   tasks  records with the gates' gradients, gradients of the logits → the task's parameters, or
//          gradients in the same order at `step.keepTo`

// one quad's gradient
fn take(home: u32, at: u32, tensor: u32, gradient: vec4f) {
  if (step.gradientUse == KEEP) {
    tasks[home + step.keepTo + at] = gradient;
    return;
  }
  let w = tasks[home + at];
  if (step.saves == 1u) { tasks[home + step.savedAt + at] = w; }
  let rate = rates[step.ratesAt + tensor];
  if (rate == 0.0) { return; } // it does not move, whatever the gradient
  if (step.gradientUse == SGD) {
    tasks[home + at] = w - rate * gradient;
    return;
  }
  let first = home + step.momentsAt + at;
  let second = home + step.secondAt + at;
  var m = vec4f();
  var v = vec4f();
  if (step.innerStep > 1u) { // the first step begins at zero
    m = tasks[first];
    v = tasks[second];
  }
  m = m + 0.1 * (gradient - m);
  v = 0.999 * v + 0.001 * gradient * gradient;
  tasks[first] = m;
  tasks[second] = v;
  tasks[home + at] = w - rate * step.innerSize * m / (sqrt(v) * step.innerCorrection + 1e-8);
}

// Σ over tokens of the outer products of two fields of their records, and what becomes of it: four
// rows from quad `to` on that are `stride` quads long
fn outerOverTokens(home: u32, tokens: u32, fields: vec2u, to: u32, stride: u32, tensor: u32) {
#for c < 4
  var sum${c} = vec4f();
#end
  for (var t = 0u; t < tokens; t++) {
    let record = home + step.recordsAt + t * RECORD_QUADS;
    let d = tasks[record + fields.x];
    let x = tasks[record + fields.y];
#for c < 4
    sum${c} = fma(vec4f(d[${c}]), x, sum${c});
#end
  }
#for c < 4
  take(home, to + ${c}u * stride, tensor, sum${c});
#end
}

// Σ over tokens of a field of their records
fn sumOverTokens(home: u32, tokens: u32, field: u32) -> vec4f {
  var sum = vec4f();
  for (var t = 0u; t < tokens; t++) {
    sum += tasks[home + step.recordsAt + t * RECORD_QUADS + field];
  }
  return sum;
}

// the output layer's weights: four items, four columns
fn headBlock(home: u32, part: Part, items: u32, q: u32) {
#for c < 4
  var sum${c} = vec4f();
#end
  for (var i = 0u; i < part.targets; i++) {
    let token = targetOf(part.firstTarget + i).token;
    let d = tasks[home + step.logitGradientsAt + i * STRIDE_QUADS + items];
    let h = tasks[home + step.recordsAt + token * RECORD_QUADS + RECORD_AFTER + q];
#for c < 4
    sum${c} = fma(vec4f(d[${c}]), h, sum${c});
#end
  }
  let to = HEAD_WEIGHT + 4u * items * HIDDEN_QUADS + q;
#for c < 4
  if (4u * items + ${c}u < ITEMS) {
    take(home, to + ${c}u * HIDDEN_QUADS, TENSOR_HEAD_WEIGHT, sum${c});
  }
#end
}

// where a record has the gradient of a row of four of W_hh·h + b_hh: dhn in dn's place
fn recurrentField(gate: u32) -> u32 {
  if (gate < GATE_N) { return RECORD_R + gate; }
  return RECORD_HN + gate - GATE_N;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = partOf(group.y, step.part);
  let home = homeOf(group.y);
  let i = group.x * SIZE + thread;
  if (i < HEAD_BIAS_END) {
    var sum = vec4f();
    for (var t = 0u; t < part.targets; t++) {
      sum += tasks[home + step.logitGradientsAt + t * STRIDE_QUADS + i];
    }
    take(home, HEAD_BIAS + i, TENSOR_HEAD_BIAS, sum);
    return;
  }
#if MOVES_HEAD
  if (i < HEAD_WEIGHT_END) {
    let block = i - HEAD_BIAS_END;
    headBlock(home, part, block / HIDDEN_QUADS, block % HIDDEN_QUADS);
    return;
  }
#end
#if MOVES_BODY
  if (i < WEIGHT_IH_END) {
    let g = (i - HEAD_WEIGHT_END) / WIDTH_QUADS;
    let q = (i - HEAD_WEIGHT_END) % WIDTH_QUADS;
    let to = WEIGHT_IH + 4u * g * WIDTH_QUADS + q;
    let fields = vec2u(RECORD_R + g, RECORD_INPUT + q);
    outerOverTokens(home, part.tokens, fields, to, WIDTH_QUADS, TENSOR_WEIGHT_IH);
    return;
  }
  if (i < WEIGHT_HH_END) {
    let g = (i - WEIGHT_IH_END) / HIDDEN_QUADS;
    let q = (i - WEIGHT_IH_END) % HIDDEN_QUADS;
    let to = WEIGHT_HH + 4u * g * HIDDEN_QUADS + q;
    let fields = vec2u(recurrentField(g), RECORD_BEFORE + q);
    outerOverTokens(home, part.tokens, fields, to, HIDDEN_QUADS, TENSOR_WEIGHT_HH);
    return;
  }
  if (i < BIAS_IH_END) {
    let g = i - WEIGHT_HH_END;
    take(home, BIAS_IH + g, TENSOR_BIAS_IH, sumOverTokens(home, part.tokens, RECORD_R + g));
    return;
  }
  if (i < BIAS_HH_END) {
    let g = i - BIAS_IH_END;
    let sum = sumOverTokens(home, part.tokens, recurrentField(g));
    take(home, BIAS_HH + g, TENSOR_BIAS_HH, sum);
    return;
  }
  let row = (i - BIAS_HH_END) / WIDTH_QUADS;
  let q = (i - BIAS_HH_END) % WIDTH_QUADS;
  if (row < part.rows) {
    var sum = vec4f();
    let end = plan[part.segmentsAt + row + 1u];
    for (var s = plan[part.segmentsAt + row]; s < end; s++) {
      let token = plan[part.sortedAt + s];
      sum += tasks[home + step.recordsAt + token * RECORD_QUADS + RECORD_INPUT_GRADIENT + q];
    }
    take(home, TABLE + row * WIDTH_QUADS + q, TENSOR_TABLE, sum);
  }
#end
}
