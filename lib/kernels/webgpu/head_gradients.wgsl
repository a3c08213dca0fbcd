// The output layer's gradients of a shard: dW[v, k] = Σ_targets d[target, v]·hidden[target, k], a
// tile of 4·SIDE items × SIDE quads a workgroup, 4 × 1 a thread, and in the first column of
// workgroups the bias': Σ_targets d[target, v].
//
//   logits       their gradients d [targets × shard.stride]
//   activations  what the head read [targets × HIDDEN_QUADS]
//   gradients    [shard.items × HIDDEN_QUADS] at shard.rowsAt, [shard.stride] at shard.biasAt
var<workgroup> tileA: array<array<vec4f, SIDE>, SIDE>; // d [targets][quads of items]
var<workgroup> tileB: array<array<vec4f, SIDE>, SIDE>; // hidden [targets][quads]

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tx = thread % SIDE;
  let ty = thread / SIDE;
  let m = group.x * SIDE; // first quad of items
  let n = group.y * SIDE + tx;
  let stride = shard.stride / 4u;
#for i < 4
  var c${i} = vec4f();
#end
  for (var k0 = 0u; k0 < step.targets; k0 += SIDE) {
    var a = vec4f();
    var b = vec4f();
    if (k0 + ty < step.targets) {
      if (m + tx < stride) { a = logits[(k0 + ty) * stride + m + tx]; }
      if (n < HIDDEN_QUADS) { b = activations[step.hiddenAt + (k0 + ty) * HIDDEN_QUADS + n]; }
    }
#use outerTile
  }
#for i < 4
  if ((m + ty) * 4u + ${i}u < shard.items && n < HIDDEN_QUADS) {
    gradients[shard.rowsAt + ((m + ty) * 4u + ${i}u) * HIDDEN_QUADS + n] = c${i};
  }
#end
#if BIASED
  if (group.y == 0u) {
    var sum = vec4f();
    if (m + tx < stride) {
      for (var k = ty; k < step.targets; k += SIDE) { sum += logits[k * stride + m + tx]; }
    }
    tileA[ty][tx] = sum;
    workgroupBarrier(); // the first line adds up what all lines have summed
    if (ty == 0u && m + tx < stride) {
      for (var p = 1u; p < SIDE; p++) { sum += tileA[p][tx]; }
      gradients[shard.biasAt + m + tx] = sum;
    }
  }
#end
}
