// Softmax cross-entropy over a catalogue in shards, a workgroup a target, a shard a dispatch. First
// each shard's maximum, sum and, where the label is in it, the label's logit; then (GRADIENTS),
// with those of all shards in their order, the gradients in the logits' place and the losses.
//
//   logits       [targets × shard.stride], then their gradients
//   activations  statistics [shards × step.capacity]: maximum, Σ exp(x − maximum), and the label's
//                logit or 0
var<workgroup> maxima: array<f32, SIZE>;
var<workgroup> sums: array<f32, SIZE>;

fn statisticsAt(index: u32, row: u32) -> u32 {
  return step.statisticsAt + index * step.capacity + row;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.x;
  let at = row * shard.stride;
  let label = targetOf(row).label;
#if GRADIENTS
  var maximum = -3.0e38;
  for (var s = 0u; s < shard.count; s++) {
    maximum = max(maximum, activations[statisticsAt(s, row)].x);
  }
  var sum = 0.0;
  var labelLogit = 0.0;
  for (var s = 0u; s < shard.count; s++) {
    let part = activations[statisticsAt(s, row)];
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
  if (thread == 0u && shard.index == 0u) {
    losses[step.lossesAt + row] = log(sum) - (labelLogit - maximum);
  }
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
    workgroupBarrier(); // the other half's maxima and sums are there
    if (thread < n) {
      let other = thread + n;
      let higher = max(maxima[thread], maxima[other]);
      sums[thread] = sums[thread] * exp(maxima[thread] - higher) +
        sums[other] * exp(maxima[other] - higher);
      maxima[thread] = higher;
    }
  }
  if (thread == 0u) {
    var labelLogit = 0.0;
    if (label >= shard.first && label < shard.first + shard.items) {
      labelLogit = logits[at + label - shard.first];
    }
    activations[statisticsAt(shard.index, row)] = vec4f(maxima[0], sums[0], labelLogit, 0.0);
  }
#end
}
