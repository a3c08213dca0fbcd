// What is carried back takes the product with the Hessian off, v ← v − (g₊ − g₋)/2s. With
// LEARNS_RATES, before that, each tensor's rate has the gradient −⟨(g₊ + g₋)/2, v⟩ added: one
// workgroup a task then, since a tensor's sum has to have a fixed order.
//
//   tasks  v at `step.carriedAt`, g₊ at `step.otherAt`, g₋ at `step.gradientsAt`, s in the first
//          scalar; the rates' gradients in scalars from RATE_GRADIENTS on

#if LEARNS_RATES
// adds the gradient of a tensor's rate, whose quads are first..end-1
fn addRateGradient(home: u32, thread: u32, tensor: u32, first: u32, end: u32) {
  var sum = vec4f();
  for (var i = first + thread; i < end; i += SIZE) {
    let twice = tasks[home + step.otherAt + i] + tasks[home + step.gradientsAt + i];
    sum -= 0.5 * twice * tasks[home + step.carriedAt + i];
  }
  let all = dot(total(thread, sum), vec4f(1.0));
  if (thread == 0u) {
    tasks[home + step.scalarsAt + RATE_GRADIENTS + tensor / 4u][tensor % 4u] += all;
  }
}
#end

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let part = partOf(group.y, 0u);
  let home = homeOf(group.y);
  let end = ownQuads(part.rows);
#if LEARNS_RATES
  addRateGradient(home, thread, TENSOR_HEAD_BIAS, HEAD_BIAS, HEAD_WEIGHT);
  addRateGradient(home, thread, TENSOR_HEAD_WEIGHT, HEAD_WEIGHT, WEIGHT_IH);
  addRateGradient(home, thread, TENSOR_WEIGHT_IH, WEIGHT_IH, WEIGHT_HH);
  addRateGradient(home, thread, TENSOR_WEIGHT_HH, WEIGHT_HH, BIAS_IH);
  addRateGradient(home, thread, TENSOR_BIAS_IH, BIAS_IH, BIAS_HH);
  addRateGradient(home, thread, TENSOR_BIAS_HH, BIAS_HH, TABLE);
  addRateGradient(home, thread, TENSOR_TABLE, TABLE, end);
  storageBarrier(); // all products are made of v as it was
#end
  let s = tasks[home + step.scalarsAt].x;
  if (s == 0.0) { return; } // nothing moves, so nothing comes back
  for (var i = group.x * SIZE + thread; i < end; i += groups.x * SIZE) {
    let difference = tasks[home + step.otherAt + i] - tasks[home + step.gradientsAt + i];
    tasks[home + step.carriedAt + i] -= difference / (2.0 * s);
  }
}
