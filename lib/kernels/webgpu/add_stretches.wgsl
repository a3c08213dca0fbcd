// The gradients of items with several stretches: the first one's, which is in the item's row, and
// the further ones' in their order. A thread takes a quad of a stretch, and works where that is the
// first.
//
//   activations  sums of further stretches [furtherStretches × WIDTH_QUADS]; with SHARDED tables
//                the gradients of the distinct items [distinct × WIDTH_QUADS]
//   gradients    else the table's rows, at EMBEDDING_GRADIENT
@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= step.stretches * WIDTH_QUADS) { return; }
  let stretch = stretchOf(id.x / WIDTH_QUADS);
  let quad = id.x % WIDTH_QUADS;
  if (stretch.number > 0u || stretch.further == 0u) { return; }
#if SHARDED
  let row = step.embeddedGradientAt + stretch.slot * WIDTH_QUADS + quad;
  var sum = activations[row];
#else
  let row = EMBEDDING_GRADIENT + plan[step.distinctAt + stretch.slot] * WIDTH_QUADS + quad;
  var sum = gradients[row];
#end
  for (var i = 0u; i < stretch.further; i++) {
    sum += activations[step.stretchSumsAt + (stretch.firstSum + i) * WIDTH_QUADS + quad];
  }
#if SHARDED
  activations[row] = sum;
#else
  gradients[row] = sum;
#end
}
