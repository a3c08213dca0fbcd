// The outer gradient: a sum over the tasks in memory, in their order, to what is there of earlier
// ones, and the squared length of each workgroup's share. A row of the item table has a list of the
// tasks that have it.
//
//   tasks  outer gradients at `step.sumFrom`, or the parameters, from which the start moves away
//   sums   → the gradient [quads of the start], then a squared length a workgroup

// what a task adds to quad `i` of the start, which is quad `own` of its own
fn addend(task: u32, i: u32, own: u32) -> vec4f {
  let home = homeOf(task);
  if (step.movement == 1u) { return start[i] - tasks[home + own]; }
  return tasks[home + step.sumFrom + own];
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  var squares = vec4f();
  for (var i = group.x * SIZE + thread; i < START_QUADS; i += groups.x * SIZE) {
    var sum = vec4f();
    if (step.addsUp == 1u) { sum = sums[i]; }
    if (i < TABLE) {
      for (var task = 0u; task < step.tasks; task++) { sum += addend(task, i, i); }
    } else if (i < TABLE_END) {
      let row = (i - TABLE) / WIDTH_QUADS;
      let q = (i - TABLE) % WIDTH_QUADS;
      let end = plan[step.tableAt + row + 1u];
      for (var entry = plan[step.tableAt + row]; entry < end; entry++) {
        let at = step.tableTasksAt + 2u * entry;
        sum += addend(plan[at], i, TABLE + plan[at + 1u] * WIDTH_QUADS + q);
      }
    }
    sum *= step.sumScale;
    sums[i] = sum;
    squares += sum * sum;
  }
  let all = total(thread, squares);
  if (thread == 0u) { sums[START_QUADS + group.x] = all; }
}
