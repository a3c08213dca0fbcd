// Rows of the embedding table that are in this shard: gathered for the distinct items of the step,
// or their gradients scattered back, but for the padding, the first of them. A thread a quad.
//
//   weights, gradients  the shard's rows [shard.rows × WIDTH_QUADS] at shard.rowsAt
//   activations         rows of the distinct items [distinct × WIDTH_QUADS]
@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= step.distinct * WIDTH_QUADS) { return; }
  let slot = id.x / WIDTH_QUADS;
  let item = plan[step.distinctAt + slot];
  if (item < shard.first || item >= shard.first + shard.rows) { return; }
  let row = shard.rowsAt + (item - shard.first) * WIDTH_QUADS + id.x % WIDTH_QUADS;
#if SCATTER
#if ADDED
  if (slot > 0u) { gradients[row] += activations[step.embeddedGradientAt + id.x]; }
#else
  if (slot > 0u) { gradients[row] = activations[step.embeddedGradientAt + id.x]; }
#end
#else
  activations[step.embeddedAt + id.x] = weights[row];
#end
}
