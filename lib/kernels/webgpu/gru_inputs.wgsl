// What the GRU reads of every token where dropout tells tokens of one item apart: the embedding
// under the token's mask, one window a workgroup.
//
//   weights      the embeddings [items × WIDTH_QUADS] at EMBEDDING or, with SHARDED tables, in the
//                activations, the rows of the distinct items
//   activations  → inputs and masks, each [tokens × WIDTH_QUADS]

// factors of the four elements from `index` on
fn dropQuad(index: u32) -> vec4f {
#if WHOLE_QUADS
  return dropFour(EMBEDDING_SITE, index);
#else
  return vec4f(
    dropOne(EMBEDDING_SITE, index),
    dropOne(EMBEDDING_SITE, index + 1u),
    dropOne(EMBEDDING_SITE, index + 2u),
    dropOne(EMBEDDING_SITE, index + 3u),
  );
#end
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let window = windowOf(group.x);
  for (var i = thread; i < window.rows * WIDTH_QUADS; i += SIZE) {
    let t = i / WIDTH_QUADS;
    let j = i % WIDTH_QUADS;
    let slot = plan[step.tokensAt + window.firstToken + t];
#if SHARDED
    let item = activations[step.embeddedAt + slot * WIDTH_QUADS + j];
#else
    let item = weights[EMBEDDING + plan[step.distinctAt + slot] * WIDTH_QUADS + j];
#end
    let mask = dropQuad((window.place * MAX_LENGTH + t) * WIDTH + 4u * j);
    let at = (window.firstRow + t) * WIDTH_QUADS + j;
    activations[step.inputsAt + at] = item * mask;
    activations[step.inputMasksAt + at] = mask;
  }
}
