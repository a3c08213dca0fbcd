// How far the parameters move along what is carried back: s = stepLength / ‖α·v‖ over what the
// support moves, one workgroup a task; 0 where nothing is carried.
//
//   tasks  v at `step.carriedAt` → s, in the task's first scalar

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = partOf(group.y, 0u);
  let home = homeOf(group.y);
  var squares = vec4f();
  for (var i = thread; i < ownQuads(part.rows); i += SIZE) {
    let moved = rates[step.ratesAt + tensorOf(i)] * tasks[home + step.carriedAt + i];
    squares += moved * moved;
  }
  let length = sqrt(dot(total(thread, squares), vec4f(1.0)));
  if (thread == 0u) {
    var s = 0.0;
    if (length > 0.0) { s = step.stepLength / length; }
    tasks[home + step.scalarsAt] = vec4f(s, 0.0, 0.0, 0.0);
  }
}
