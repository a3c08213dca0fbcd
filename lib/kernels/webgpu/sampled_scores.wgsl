// The courses that sampled_loss.wgsl draws for the four targets, and their scores.
var<workgroup> drawn: array<vec4f, NEGATIVES>;

// what draw j of each target scores
fn scoresOf(j: u32) -> vec4f {
  let courses = vec4u(drawn[j]);
  return vec4f(row[courses.x].x, row[courses.y].y, row[courses.z].z, row[courses.w].w);
}
