// torch.optim.Adam over one store, a thread a parameter in turn: adds the slices of its gradient in their order, moves the moments and
// the parameter, keeps the transposed copies, and leaves the direct gradients at zero for the next step.
@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
#if WHOLE_SHARD
  let end = shard.parameters;
  let directEnd = end;
#else
  let end = TARGET_END;
  let directEnd = DIRECT_END;
#end
  for (var i = id.x; i < end; i += groups.x * SIZE) {
    var g = 0.0;
    if (i < directEnd) {
      g = gradients[i];
      if (g != 0.0) { gradients[i] = 0.0; }
    } else if (i < TOKEN_END) {
#for s < SLICES
      g += gradients[i + ${s}u * (TOKEN_END - DIRECT_END)];
#end
    } else {
      let at = DIRECT_END + SLICES * (TOKEN_END - DIRECT_END) + i - TOKEN_END;
#for s < TARGET_SLICES
      g += gradients[at + ${s}u * (TARGET_END - TOKEN_END)];
#end
    }
    let m = moments[i] + step.oneMinusBeta1 * (g - moments[i]);
    let v = step.beta2 * moments[end + i] + step.oneMinusBeta2 * g * g;
    moments[i] = m;
    moments[end + i] = v;
    let w = weights[i] - step.stepSize * m / (sqrt(v) * step.rootCorrection + step.epsilon);
    weights[i] = w;
    copy(i, w);
  }
}
