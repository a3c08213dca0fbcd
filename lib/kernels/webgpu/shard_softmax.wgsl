// Softmax cross-entropy of one target a workgroup over a catalogue in shards. First each shard's maximum, sum and, where the label is in
// it, the label's logit; then, with those of all shards in their order, the gradients in the logits' place.
var<workgroup> maxima: array<f32, SIZE>;
var<workgroup> sums: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.x;
  let at = row * shard.stride;
  let label = plan[step.targetsAt + row * 4u + 1u];
#if GRADIENTS
  var maximum = -3.0e38;
  for (var s = 0u; s < shard.count; s++) { maximum = max(maximum, activations[step.statisticsAt + s * step.capacity + row].x); }
  var sum = 0.0;
  var labelLogit = 0.0;
  for (var s = 0u; s < shard.count; s++) {
    let part = activations[step.statisticsAt + s * step.capacity + row];
    sum += part.y * exp(part.x - maximum);
    labelLogit += part.z;
  }
  for (var v = thread; v < shard.stride; v += SIZE) {
    var d = 0.0;
    if (v < shard.items) {
      d = exp(logits[at + v] - maximum) / sum;
      if (shard.first + v == label) { d -= 1.0; }
    }
    logits[at + v] = d * step.scale;
  }
  if (thread == 0u && shard.index == 0u) { losses[step.lossesAt + row] = log(sum) - (labelLogit - maximum); }
#else
  var maximum = -3.0e38;
  var sum = 0.0;
  for (var v = thread; v < shard.items; v += SIZE) {
    let x = logits[at + v];
    let higher = max(maximum, x);
    sum = sum * exp(maximum - higher) + exp(x - higher);
    maximum = higher;
  }
  maxima[thread] = maximum;
  sums[thread] = sum;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier();
    if (thread < n) {
      let higher = max(maxima[thread], maxima[thread + n]);
      sums[thread] = sums[thread] * exp(maxima[thread] - higher) + sums[thread + n] * exp(maxima[thread + n] - higher);
      maxima[thread] = higher;
    }
  }
  if (thread == 0u) {
    var labelLogit = 0.0;
    if (label >= shard.first && label < shard.first + shard.items) { labelLogit = logits[at + label - shard.first]; }
    activations[step.statisticsAt + shard.index * step.capacity + row] = vec4f(maxima[0], sums[0], labelLogit, 0.0);
  }
#end
}
