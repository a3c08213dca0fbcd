// The whole head of four targets a workgroup, for catalogues whose logits fit its storage: logits,
// softmax cross-entropy, their gradients and those of the hidden states. A vec4f is one number of
// each of the four targets; places are in floats here.
//
//   weights      the output layer [items × HIDDEN] at WEIGHT, its transposed copy [HIDDEN × STRIDE]
//                at TRANSPOSED, the bias [items] at BIAS
//   activations  hidden [targets × HIDDEN] → gradients of the logits [targets × STRIDE] and of the
//                hidden states [targets × HIDDEN]
var<workgroup> hidden: array<vec4f, HIDDEN>;
var<workgroup> row: array<vec4f, STRIDE>; // logits, then their gradients
var<workgroup> reduced: array<vec4f, SIZE>;

// the largest of all threads' values, the same for every thread
fn largest(thread: u32, value: vec4f) -> vec4f {
  reduced[thread] = value;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier(); // the other half's values are there
    if (thread < n) { reduced[thread] = max(reduced[thread], reduced[thread + n]); }
  }
  return ofThreadZero();
}

// the sum of all threads' values, the same for every thread
fn total(thread: u32, value: vec4f) -> vec4f {
  reduced[thread] = value;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier(); // the other half's values are there
    if (thread < n) { reduced[thread] += reduced[thread + n]; }
  }
  return ofThreadZero();
}

fn ofThreadZero() -> vec4f {
  workgroupBarrier(); // thread 0 has the result
  let result = reduced[0];
  workgroupBarrier(); // all have read it before the next reduction writes
  return result;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let target0 = group.x * 4u;
  for (var k = thread; k < HIDDEN; k += SIZE) {
    let at = step.hiddenAt * 4u + target0 * HIDDEN + k;
    hidden[k] = vec4f(
      activations[at],
      activations[at + HIDDEN],
      activations[at + 2u * HIDDEN],
      activations[at + 3u * HIDDEN],
    );
  }
  workgroupBarrier(); // every logit needs all of the hidden states

  var maximum = vec4f(-3.0e38);
  for (var v = thread; v < ITEMS; v += SIZE) {
    var sum = vec4f(weights[BIAS + v]);
    for (var k = 0u; k < HIDDEN; k += 4u) {
      let w = TRANSPOSED + k * STRIDE + v;
#for i < 4
      sum = fma(vec4f(weights[w + ${i}u * STRIDE]), hidden[k + ${i}u], sum);
#end
    }
    row[v] = sum;
    maximum = max(maximum, sum);
  }
  maximum = largest(thread, maximum);
  var sum = vec4f();
  for (var v = thread; v < ITEMS; v += SIZE) { sum += exp(row[v] - maximum); }
  sum = total(thread, sum);

  let share = step.scale / sum;
  let logSum = log(sum);
#for i < 4
  let label${i} = targetOf(target0 + ${i}u).label;
#end
  for (var v = thread; v < STRIDE; v += SIZE) {
    var d = vec4f();
    if (v < ITEMS) {
      let x = row[v] - maximum;
      d = exp(x) * share;
#for i < 4
      if (v == label${i}) {
        d[${i}] -= step.scale;
        losses[step.lossesAt + target0 + ${i}u] = logSum[${i}] - x[${i}];
      }
      if (label${i} == NO_LABEL) { d[${i}] = 0.0; }
#end
    }
    row[v] = d;
#for i < 4
    activations[step.logitGradientAt * 4u + (target0 + ${i}u) * STRIDE + v] = d[${i}];
#end
  }
  workgroupBarrier(); // every hidden unit needs the gradients of all logits

  // the hidden states' gradient: PARTS threads share a unit where there are threads enough
  for (var k0 = 0u; k0 < HIDDEN; k0 += UNITS) {
    let k = k0 + thread % UNITS;
    let part = thread / UNITS;
    var dh = vec4f();
    if (part < PARTS && k < HIDDEN) {
      for (var v = part; v < ITEMS; v += PARTS) {
        dh = fma(vec4f(weights[WEIGHT + v * HIDDEN + k]), row[v], dh);
      }
    }
    reduced[thread] = dh;
    workgroupBarrier(); // the first part adds up the others'
    if (part == 0u && k < HIDDEN) {
      for (var p = 1u; p < PARTS; p++) { dh += reduced[p * UNITS + thread]; }
      let at = step.hiddenGradientAt * 4u + target0 * HIDDEN + k;
#for i < 4
      activations[at + ${i}u * HIDDEN] = dh[${i}];
#end
    }
    workgroupBarrier(); // it has read them before the next units' sums are written
  }
}
