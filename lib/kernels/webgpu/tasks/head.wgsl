// The softmax of one target, target x of task y, its loss, and what follows from it:
//
//   tasks   the target's state, the output layer → gradients of the logits [targets × STRIDE_QUADS]
//           and, with MOVES_BODY, of the state [targets × HIDDEN_QUADS], both of the mean loss
//   losses  → the target's own loss
var<workgroup> state: array<vec4f, HIDDEN_QUADS>;
var<workgroup> partial: array<vec4f, PARTIAL>; // [HEAD_PARTS × HIDDEN_QUADS]

// the logit of an item
fn logitOf(home: u32, item: u32) -> f32 {
  var sum = tasks[home + HEAD_BIAS + item / 4u][item % 4u];
  let w = HEAD_WEIGHT + item * HIDDEN_QUADS;
  for (var q = 0u; q < HIDDEN_QUADS; q += UNROLLED) {
#for k < UNROLLED
    sum += dot(state[q + ${k}u], headQuad(home, w + q + ${k}u));
#end
  }
  return sum;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = partOf(group.y, step.part);
  if (group.x >= part.targets) { return; }
  let target0 = targetOf(part.firstTarget + group.x);
  let home = homeOf(group.y);
  let read = home + step.recordsAt + target0.token * RECORD_QUADS + RECORD_AFTER;
  for (var q = thread; q < HIDDEN_QUADS; q += SIZE) { state[q] = tasks[read + q]; }
  workgroupBarrier(); // every logit needs the whole state
  let own = home + step.logitGradientsAt + group.x * STRIDE_QUADS;
  // a thread's items are the same in every loop: it reads what itself wrote
  var most = -3.4e38;
  for (var item = thread; item < ITEMS; item += SIZE) {
    let x = logitOf(home, item);
    tasks[own + item / 4u][item % 4u] = x;
    most = max(most, x);
  }
  let top = largest(thread, vec4f(most)).x;
  var sum = 0.0;
  for (var item = thread; item < ITEMS; item += SIZE) {
    sum += exp(tasks[own + item / 4u][item % 4u] - top);
  }
  let all = total(thread, vec4f(sum)).x;
  for (var item = thread; item < 4u * STRIDE_QUADS; item += SIZE) {
    var gradient = 0.0;
    if (item < ITEMS) {
      let x = tasks[own + item / 4u][item % 4u];
      let share = exp(x - top) / all;
      gradient = (share - f32(item == target0.label)) / f32(part.targets);
      if (item == target0.label) {
        losses[step.lossesAt + part.firstTarget + group.x] = log(all) + top - x;
      }
    }
    tasks[own + item / 4u][item % 4u] = gradient;
  }
#if MOVES_BODY
  storageBarrier(); // the state's gradient needs those of all logits
  for (var i = thread; i < HEAD_PARTS * HIDDEN_QUADS; i += SIZE) {
    let q = i % HIDDEN_QUADS;
    var d = vec4f();
    for (var item = i / HIDDEN_QUADS; item < ITEMS; item += HEAD_PARTS) {
      let w = headQuad(home, HEAD_WEIGHT + item * HIDDEN_QUADS + q);
      d = fma(vec4f(tasks[own + item / 4u][item % 4u]), w, d);
    }
    partial[i] = d;
  }
  workgroupBarrier(); // the sum needs all parts
  for (var q = thread; q < HIDDEN_QUADS; q += SIZE) {
    var d = vec4f();
    for (var k = 0u; k < HEAD_PARTS; k++) { d += partial[k * HIDDEN_QUADS + q]; }
    tasks[home + step.stateGradientsAt + group.x * HIDDEN_QUADS + q] = d;
  }
#end
}
