// The parameters become the kept ones, moved along what is carried back: θ ± s·α·v, rows of the
// support's items included.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let part = partOf(group.y, 0u);
  let home = homeOf(group.y);
  let s = step.sign * tasks[home + step.scalarsAt].x;
  for (var i = group.x * SIZE + thread; i < ownQuads(part.rows); i += groups.x * SIZE) {
    let v = tasks[home + step.carriedAt + i];
    tasks[home + i] = tasks[home + step.savedAt + i] + s * rates[step.ratesAt + tensorOf(i)] * v;
  }
}
