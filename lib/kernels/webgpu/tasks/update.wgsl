// torch.optim.Adam on the start: the outer gradient is scaled down to the norm `step.clipNorm`
// first (torch.nn.utils.clip_grad_norm_).
//
//   sums     the gradient, then SUM_GROUPS squared lengths
//   start    [START_QUADS]
//   moments  [2 × START_QUADS]: all first moments, then all second ones
@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  var squares = vec4f();
  for (var i = thread; i < SUM_GROUPS; i += SIZE) { squares += sums[START_QUADS + i]; }
  let norm = sqrt(dot(total(thread, squares), vec4f(1.0)));
  let factor = min(1.0, step.clipNorm / (norm + 1e-6));
  for (var i = group.x * SIZE + thread; i < START_QUADS; i += groups.x * SIZE) {
    let g = factor * sums[i];
    let m = moments[i] + step.oneMinusBeta1 * (g - moments[i]);
    let v = step.beta2 * moments[START_QUADS + i] + step.oneMinusBeta2 * g * g;
    moments[i] = m;
    moments[START_QUADS + i] = v;
    start[i] -= step.stepSize * m / (sqrt(v) * step.rootCorrection + step.epsilon);
  }
}
