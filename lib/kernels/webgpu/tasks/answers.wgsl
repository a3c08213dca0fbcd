// The logits of one query, target x of task y, as they are brought back.
//
//   answers  → [queries × ITEMS]
var<workgroup> state: array<vec4f, HIDDEN_QUADS>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = partOf(group.y, step.part);
  if (group.x >= part.targets) { return; }
  let target0 = targetOf(part.firstTarget + group.x);
  let home = homeOf(group.y);
  let read = home + step.recordsAt + target0.token * RECORD_QUADS + RECORD_AFTER;
  for (var q = thread; q < HIDDEN_QUADS; q += SIZE) { state[q] = tasks[read + q]; }
  workgroupBarrier(); // every logit needs the whole state
  let to = step.answersAt + (part.answersAt + group.x) * ITEMS;
  for (var item = thread; item < ITEMS; item += SIZE) {
    var sum = tasks[home + HEAD_BIAS + item / 4u][item % 4u];
    let w = HEAD_WEIGHT + item * HIDDEN_QUADS;
    for (var q = 0u; q < HIDDEN_QUADS; q += UNROLLED) {
#for k < UNROLLED
      sum += dot(state[q + ${k}u], headQuad(home, w + q + ${k}u));
#end
    }
    answers[to + item] = sum;
  }
}
