// Logits, softmax cross-entropy and their gradients of four targets a workgroup, for catalogues whose logits fit its storage:
// vec4f is one number of each of the four targets.
var<workgroup> hidden: array<vec4f, HIDDEN>;
var<workgroup> row: array<vec4f, STRIDE>;
var<workgroup> reduced: array<vec4f, SIZE>;

fn largest(thread: u32, value: vec4f) -> vec4f {
  reduced[thread] = value;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier();
    if (thread < n) { reduced[thread] = max(reduced[thread], reduced[thread + n]); }
  }
  workgroupBarrier();
  let result = reduced[0];
  workgroupBarrier();
  return result;
}

fn total(thread: u32, value: vec4f) -> vec4f {
  reduced[thread] = value;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier();
    if (thread < n) { reduced[thread] += reduced[thread + n]; }
  }
  workgroupBarrier();
  let result = reduced[0];
  workgroupBarrier();
  return result;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let first = group.x * 4u;
  for (var k = thread; k < HIDDEN; k += SIZE) {
    let at = step.hiddenAt * 4u + first * HIDDEN + k;
    hidden[k] = vec4f(activations[at], activations[at + HIDDEN], activations[at + 2u * HIDDEN], activations[at + 3u * HIDDEN]);
  }
  workgroupBarrier();

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
  let label${i} = plan[step.targetsAt + (first + ${i}u) * 4u + 1u];
#end
  for (var v = thread; v < STRIDE; v += SIZE) {
    var d = vec4f();
    if (v < ITEMS) {
      let x = row[v] - maximum;
      d = exp(x) * share;
#for i < 4
      if (v == label${i}) {
        d[${i}] -= step.scale;
        losses[step.lossesAt + first + ${i}u] = logSum[${i}] - x[${i}];
      }
      if (label${i} == 0xffffffffu) { d[${i}] = 0.0; }
#end
    }
    row[v] = d;
#for i < 4
    activations[step.logitGradientAt * 4u + (first + ${i}u) * STRIDE + v] = d[${i}];
#end
  }
  workgroupBarrier();

  // the hidden states' gradient: PARTS threads share a unit where there are threads enough
  for (var k0 = 0u; k0 < HIDDEN; k0 += UNITS) {
    let k = k0 + thread % UNITS;
    let part = thread / UNITS;
    var dh = vec4f();
    if (part < PARTS && k < HIDDEN) {
      for (var v = part; v < ITEMS; v += PARTS) { dh = fma(vec4f(weights[WEIGHT + v * HIDDEN + k]), row[v], dh); }
    }
    reduced[thread] = dh;
    workgroupBarrier();
    if (part == 0u && k < HIDDEN) {
      for (var p = 1u; p < PARTS; p++) { dh += reduced[p * UNITS + thread]; }
      let at = step.hiddenGradientAt * 4u + first * HIDDEN + k;
#for i < 4
      activations[at + ${i}u * HIDDEN] = dh[${i}];
#end
    }
    workgroupBarrier();
  }
}
