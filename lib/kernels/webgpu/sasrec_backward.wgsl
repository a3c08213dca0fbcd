// SASRec's backward pass, one window a workgroup, from the gradients of what the head read down to
// the embeddings' rows. Leaves in the records what the weights' gradients are made of, and the
// window's part of the norms' gradients.
//
//   weights      the parameters, as they are: a layer goes back as its gradient times the matrix
//   activations  records [tokens × TOKEN_QUADS], target records [targets × TARGET_QUADS], gradients
//                of what the head read [targets × HIDDEN_QUADS] → the records' gradients, and sums
//                [windows × PARTIALS_QUADS] for the norms

// A norm: its scale γ in the weights, its rows' x̂ in the queries' records, and where the sums for
// its gradients go.
struct Norm { scale: u32, normed: u32, partial: u32 }

fn norm1(block: Block, partials: u32) -> Norm {
  let own = partials + block.number * BLOCK_PARTIALS_QUADS;
  return Norm(parameter(block, NORM1_SCALE), QUERY_NORMED1, own + BLOCK_PARTIALS_NORM1);
}
fn norm2(block: Block, partials: u32) -> Norm {
  let own = partials + block.number * BLOCK_PARTIALS_QUADS;
  return Norm(parameter(block, NORM2_SCALE), QUERY_NORMED2, own + BLOCK_PARTIALS_NORM2);
}
fn lastNorm(partials: u32) -> Norm {
  return Norm(NORM_SCALE, TARGET_NORMED3 - TARGET_QUERY, partials + PARTIALS_LAST);
}

// the window's sums for a norm's scale, Σ dy·x̂, and shift, Σ dy; a thread a quad
fn normGradient(block: Block, norm: Norm, fromHead: bool, thread: u32) {
  for (var j = thread; j < HIDDEN_QUADS; j += SIZE) {
    var scale = vec4f();
    var shift = vec4f();
    for (var i = 0u; i < queryCount(block); i++) {
      var dy = queryGradient(block, i);
      if (fromHead) { dy = hiddenGradient(block, i); }
      let g = activations[dy + j];
      scale = fma(g, activations[queryRecord(block, i) + norm.normed + j], scale);
      shift += g;
    }
    activations[norm.partial + NORM_PARTIAL_SCALE + j] = scale;
    activations[norm.partial + NORM_PARTIAL_SHIFT + j] = shift;
  }
}

// the gradient through LayerNorm of one row, from `dy` to `dx` (which may be the same place); x̂ is
// at `normed`, `inverse` the reciprocal deviation
fn normBackward(dy: u32, normed: u32, inverse: f32, scale: u32, dx: u32) {
  var sum = vec4f();
  var along = vec4f();
  for (var j = 0u; j < HIDDEN_QUADS; j++) {
    let g = activations[dy + j] * weights[scale + j];
    sum += g;
    along = fma(g, activations[normed + j], along);
  }
  let mean = dot(sum, vec4f(1.0)) / f32(4u * HIDDEN_QUADS);
  let slope = dot(along, vec4f(1.0)) / f32(4u * HIDDEN_QUADS);
  for (var j = 0u; j < HIDDEN_QUADS; j++) {
    let g = activations[dy + j] * weights[scale + j];
    activations[dx + j] = inverse * (g - mean - activations[normed + j] * slope);
  }
}

// The gradient that travels down, through a block's norm in place, and from there through the
// dropout of the layer before it to `out` in the query's record; a thread a query.
fn normsBackward(block: Block, norm: Norm, second: bool, thread: u32) {
  let site = siteOf(block, select(PROJECTION_SITE, OUTER_SITE, second));
  let out = select(QUERY_D_PROJECTED, QUERY_D_OUTER, second);
  for (var i = thread; i < queryCount(block); i += SIZE) {
    let at = queryRecord(block, i);
    let dx = queryGradient(block, i);
    let deviations = activations[at + QUERY_DEVIATIONS];
    let inverse = select(deviations.x, deviations.y, second);
    normBackward(dx, at + norm.normed, inverse, norm.scale, dx);
    for (var j = 0u; j < HIDDEN_QUADS; j++) {
      let mask = dropFour(site, maskIndex(block, queryPosition(block, i), HIDDEN_QUADS, j));
      activations[at + out + j] = activations[dx + j] * mask;
    }
  }
}

// a block's layers backwards: the gradient of the output times the matrix
fn layerOf(block: Block, number: u32) -> Layer {
  let count = queryCount(block);
  switch number {
    case OUTER: {
      var layer = plainLayer(count);
      layer.input = Rows(QUERY, QUERY_D_OUTER);
      layer.inputQuads = HIDDEN_QUADS;
      layer.weight = parameter(block, OUTER_WEIGHT);
      layer.stride = INNER_QUADS;
      layer.columns = INNER_QUADS;
      layer.output = Rows(QUERY, QUERY_D_RELU);
      layer.gate = QUERY_RELU; // positive means: neither cut nor dropped
      return layer;
    }
    case INNER: {
      var layer = plainLayer(count);
      layer.input = Rows(QUERY, QUERY_D_RELU);
      layer.inputQuads = INNER_QUADS;
      layer.weight = parameter(block, INNER_WEIGHT);
      layer.stride = HIDDEN_QUADS;
      layer.columns = HIDDEN_QUADS;
      layer.output = Rows(QUERY_GRADIENT, 0u);
      layer.add = true;
      return layer;
    }
    case PROJECTION: {
      var layer = plainLayer(count);
      layer.input = Rows(QUERY, QUERY_D_PROJECTED);
      layer.inputQuads = HIDDEN_QUADS;
      layer.weight = parameter(block, OUT_WEIGHT);
      layer.stride = HIDDEN_QUADS;
      layer.columns = HIDDEN_QUADS;
      layer.output = Rows(QUERY, QUERY_D_ATTENDED);
      return layer;
    }
    case QUERIES_KEYS_VALUES: {
      let skipped = select(0u, HIDDEN_QUADS, block.last); // the queries
      var layer = plainLayer(block.window.rows);
      layer.input = Rows(ROW, BLOCK_D_QUERIES + skipped);
      layer.inputQuads = 3u * HIDDEN_QUADS - skipped;
      layer.weight = parameter(block, IN_WEIGHT) + 4u * skipped * HIDDEN_QUADS;
      layer.stride = HIDDEN_QUADS;
      layer.columns = HIDDEN_QUADS;
      layer.output = Rows(ROW_GRADIENT, 0u);
      layer.add = !block.last; // in the last block nothing is there yet
      return layer;
    }
    default: { // TARGET_QUERIES
      var layer = plainLayer(count);
      layer.input = Rows(QUERY, TARGET_D_VECTOR - TARGET_QUERY);
      layer.inputQuads = HIDDEN_QUADS;
      layer.weight = parameter(block, IN_WEIGHT);
      layer.stride = HIDDEN_QUADS;
      layer.columns = HIDDEN_QUADS;
      layer.output = Rows(QUERY_GRADIENT, 0u);
      layer.add = true;
      return layer;
    }
  }
}

// what the targets leave to the window's rows; several may be at one position
fn returnToRows(block: Block, thread: u32) {
  for (var i = thread; i < block.window.rows * HIDDEN_QUADS; i += SIZE) {
    let t = i / HIDDEN_QUADS;
    let j = i % HIDDEN_QUADS;
    var sum = activations[rowGradient(block, t) + j];
    for (var q = 0u; q < block.window.targets; q++) {
      if (queryPosition(block, q) == t) { sum += activations[queryGradient(block, q) + j]; }
    }
    activations[rowGradient(block, t) + j] = sum;
  }
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let window = windowOf(group.x);
  let partials = step.partialsAt + group.x * PARTIALS_QUADS;
  let last = blockOf(window, BLOCKS - 1u);
  normGradient(last, lastNorm(partials), true, thread);
  for (var i = thread; i < window.targets; i += SIZE) {
    let at = targetRecord(last, i);
    let inverse = activations[at + TARGET_QUERY + QUERY_DEVIATIONS].z;
    let dy = hiddenGradient(last, i);
    normBackward(dy, at + TARGET_NORMED3, inverse, NORM_SCALE, at + TARGET_OUTPUT);
  }
  sync(); // a layer's gradients are whole before the next one reads them, here and below
  for (var past = BLOCKS; past > 0u; past--) {
    let block = blockOf(window, past - 1u);
    for (var after = LAYERS; after > 0u; after--) {
      let layer = after - 1u;
      if (layer == TARGET_QUERIES && !block.last) { continue; }
      if (layer == OUTER || layer == PROJECTION) {
        let second = layer == OUTER;
        var norm = norm1(block, partials);
        if (second) { norm = norm2(block, partials); }
        normGradient(block, norm, false, thread);
        sync(); // the sums are read from the gradients that the next line overwrites
        normsBackward(block, norm, second, thread);
        sync(); // the layer below reads the whole rows' gradients
      }
      if (layer == QUERIES_KEYS_VALUES) {
        attentionShare(block, thread);
        sync(); // every query's d(o)·o is there: a thread now takes other queries
        attendBackward(block, thread);
      }
      linear(block, layerOf(block, layer), thread);
      sync(); // the gradients of whole rows are there before the next layer reads them
    }
    if (block.last) {
      returnToRows(block, thread);
      sync(); // the block before reads every row's gradient
    }
  }
  for (var i = thread; i < window.rows * HIDDEN_QUADS; i += SIZE) {
    let t = i / HIDDEN_QUADS;
    let j = i % HIDDEN_QUADS;
    activations[rowGradient(last, t) + j] *=
      dropFour(EMBEDDING_SITE, maskIndex(last, t, HIDDEN_QUADS, j));
  }
}
