// The rank of each target's label among all courses, from the logits of the shards: how many are
// higher, or equal with a lower id. A workgroup a target, a shard a dispatch; first all shards
// leave the label's logit, then (COUNT) each adds its courses. Ranks are added up in `losses` as
// floats, exact to 2^24; a logit that is no number makes the rank 0 or less.
//
//   logits       [targets × shard.stride]
//   activations  the label's logit, a quad a target at step.statisticsAt
var<workgroup> counts: array<f32, SIZE>;

fn isNumber(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.x;
  let at = row * shard.stride;
  let label = targetOf(row).label;
#if COUNT
  let wanted = activations[step.statisticsAt + row].x;
  var count = 0.0;
  for (var v = thread; v < shard.items; v += SIZE) {
    let x = logits[at + v];
    if (!isNumber(x)) { count = -3.0e7; }
    if (x > wanted || (x == wanted && shard.first + v < label)) { count += 1.0; }
  }
  counts[thread] = count;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier(); // the other half's counts are there
    if (thread < n) { counts[thread] += counts[thread + n]; }
  }
  if (thread == 0u) {
    var rank = 1.0;
    if (shard.index > 0u) { rank = losses[step.lossesAt + row]; }
    losses[step.lossesAt + row] = rank + counts[0];
  }
#else
  if (thread == 0u && label >= shard.first && label < shard.first + shard.items) {
    activations[step.statisticsAt + row] = vec4f(logits[at + label - shard.first]);
  }
#end
}
