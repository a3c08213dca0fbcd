// torch.optim.Adam over one store, a thread a parameter in turn: adds the slices of its gradient in
// their order, moves the moments and the parameter, keeps the transposed copies, and leaves the
// gradients of rows, which are not all written in a step, at zero for the next one.
//
//   weights    [parameters], then the copies
//   moments    [2 × parameters]: all first moments, then all second ones
//   gradients  the parts of store_layout.ts: direct, then slices over tokens, then over targets
@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
#if SLICED
  let end = TARGET_END;
  let directEnd = DIRECT_END;
#else
  let end = shard.parameters;
  let directEnd = end;
#end
  for (var i = id.x; i < end; i += groups.x * SIZE) {
    var g = 0.0;
    if (i < directEnd) {
      g = gradients[i];
      if (g != 0.0) { gradients[i] = 0.0; }
    }
#if SLICED
    else if (i < TOKEN_END) {
#for s < TOKEN_SLICES
      g += gradients[i + ${s}u * TOKEN_STEP];
#end
    } else {
#for s < TARGET_SLICES
      g += gradients[i + TARGET_SHIFT + ${s}u * TARGET_STEP];
#end
#if ROW_SLICES
      let at = i + TARGET_SHIFT + TARGET_SLICES * TARGET_STEP;
      let ofRow = gradients[at];
      if (ofRow != 0.0) {
        g += ofRow;
        gradients[at] = 0.0;
      }
#end
    }
#end
    let m = moments[i] + step.oneMinusBeta1 * (g - moments[i]);
    let v = step.beta2 * moments[end + i] + step.oneMinusBeta2 * g * g;
    moments[i] = m;
    moments[end + i] = v;
    let w = weights[i] - step.stepSize * m / (sqrt(v) * step.rootCorrection + step.epsilon);
    weights[i] = w;
    copy(i, w);
  }
}
