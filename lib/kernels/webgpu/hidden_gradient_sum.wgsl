// The hidden states' gradients: the slices of all shards in their order.
@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= step.targets * HQ) { return; }
  var sum = vec4f();
  for (var s = 0u; s < SLICES; s++) { sum += activations[step.headPartialsAt + s * step.capacity * HQ + id.x]; }
  activations[step.hiddenGradientAt + id.x] = sum;
}
