// Tasks begin: their own parameters become the start's.
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let home = homeOf(group.y);
  let part = partOf(group.y, 1u); // the queries' rows are all rows
  for (var i = group.x * SIZE + thread; i < ownQuads(part.rows); i += groups.x * SIZE) {
    var at = i;
#if MOVES_BODY
    if (i >= TABLE) {
      let row = (i - TABLE) / WIDTH_QUADS;
      at = TABLE + plan[part.itemsAt + row] * WIDTH_QUADS + (i - TABLE) % WIDTH_QUADS;
    }
#end
    tasks[home + i] = start[at];
  }
  if (group.x == 0u && thread < SCALAR_QUADS) { tasks[home + step.scalarsAt + thread] = vec4f(); }
}
