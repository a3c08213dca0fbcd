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

fn normOf(block: Block, norm: u32, partials: u32) -> Norm {
  let own = partials + block.number * BLOCK_PARTIALS_QUADS;
  switch norm {
    case NORM1: {
      let scale = parameter(block, NORM1_SCALE);
      return Norm(scale, QUERY_NORMED1, own + BLOCK_PARTIALS_NORM1);
    }
    case NORM2: {
      let scale = parameter(block, NORM2_SCALE);
      return Norm(scale, QUERY_NORMED2, own + BLOCK_PARTIALS_NORM2);
    }
    default: { return Norm(NORM_SCALE, TARGET_NORMED3 - TARGET_QUERY, partials + PARTIALS_LAST); }
  }
}

// the gradient of a norm's output
fn outputGradient(block: Block, norm: u32, i: u32) -> u32 {
  if (norm == NORM3) { return hiddenGradient(block, i); }
  return queryGradient(block, i);
}

// the window's sums for a norm's scale, Σ dy·x̂, and shift, Σ dy; several threads share a quad
fn normGradient(block: Block, norm: u32, partials: u32, thread: u32) {
  let own = normOf(block, norm, partials);
  let count = queryCount(block);
  let parts = partsOf(HIDDEN_QUADS, count / LEAST_KEYS);
  let atOnce = SIZE / parts;
  for (var first = 0u; first < HIDDEN_QUADS; first += atOnce) {
    let j = first + thread % atOnce;
    let part = thread / atOnce;
    var scale = vec4f();
    var shift = vec4f();
    if (j < HIDDEN_QUADS && part < parts) {
      for (var i = part; i < count; i += parts) {
        let dy = activations[outputGradient(block, norm, i) + j];
        scale = fma(dy, activations[queryRecord(block, i) + own.normed + j], scale);
        shift += dy;
      }
    }
    scratch[thread] = scale;
    scratch[SIZE + thread] = shift;
    workgroupBarrier(); // the parts are all there before they are added up
    if (j < HIDDEN_QUADS && part == 0u) {
      activations[own.partial + NORM_PARTIAL_SCALE + j] = sumOfParts(thread, parts, atOnce);
      activations[own.partial + NORM_PARTIAL_SHIFT + j] = sumOfParts(SIZE + thread, parts, atOnce);
    }
  }
}

// The gradient that travels down, through a norm, and from there through the dropout of the layer
// before it to the query's record, NORM_LANES threads a row.
fn normBackward(block: Block, norm: u32, partials: u32, thread: u32) {
  let own = normOf(block, norm, partials);
  let place = thread / NORM_LANES;
  let count = queryCount(block);
  for (var i0 = 0u; i0 < count; i0 += NORM_ROWS) {
    let i = i0 + place;
    let mine = place < NORM_ROWS && i < count;
    let at = queryRecord(block, i);
    let dy = outputGradient(block, norm, i);
    var sum = vec4f();
    var along = vec4f();
#for q < NORM_QUADS
    let j${q} = thread % NORM_LANES + ${q}u * NORM_LANES;
    var x${q} = vec4f();
    var g${q} = vec4f();
    if (mine) {
      x${q} = activations[at + own.normed + j${q}];
      g${q} = activations[dy + j${q}] * weights[own.scale + j${q}];
    }
    sum += g${q};
    along = fma(g${q}, x${q}, along);
#end
    scratch[thread] = sum;
    scratch[SIZE + thread] = along;
    workgroupBarrier(); // a row's means need all of it
    let mean = sumOfLanes(place, 0u) / f32(4u * HIDDEN_QUADS);
    let slope = sumOfLanes(place, SIZE) / f32(4u * HIDDEN_QUADS);
    if (mine) {
      let inverse = activations[at + QUERY_DEVIATIONS][norm];
#for q < NORM_QUADS
      g${q} = inverse * (g${q} - mean - x${q} * slope);
      activations[queryGradient(block, i) + j${q}] = g${q};
      dropGradient(block, norm, i, j${q}, g${q});
#end
    }
    workgroupBarrier(); // all have read the sums before the next rows' are written
  }
}

// quad j of a query's gradient, through the dropout of the layer before a block's norm
fn dropGradient(block: Block, norm: u32, i: u32, j: u32, g: vec4f) {
  if (norm == NORM3) { return; }
  let site = siteOf(block, select(PROJECTION_SITE, OUTER_SITE, norm == NORM2));
  let out = select(QUERY_D_PROJECTED, QUERY_D_OUTER, norm == NORM2);
  let mask = dropFour(site, maskIndex(block, queryPosition(block, i), HIDDEN_QUADS, j));
  activations[queryRecord(block, i) + out + j] = g * mask;
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

fn throughNorm(block: Block, norm: u32, partials: u32, thread: u32) {
  normGradient(block, norm, partials, thread);
  sync(); // the sums are read from the gradients that are overwritten next
  normBackward(block, norm, partials, thread);
  sync(); // a layer's gradients are whole before the one below reads them
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let window = windowOf(group.x);
  let partials = step.partialsAt + group.x * PARTIALS_QUADS;
  let last = blockOf(window, BLOCKS - 1u);
  throughNorm(last, NORM3, partials, thread);
  for (var past = BLOCKS; past > 0u; past--) {
    let block = blockOf(window, past - 1u);
    for (var after = LAYERS; after > 0u; after--) {
      let layer = after - 1u;
      if (layer == TARGET_QUERIES && !block.last) { continue; }
      if (layer == OUTER || layer == PROJECTION) {
        throughNorm(block, select(NORM1, NORM2, layer == OUTER), partials, thread);
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
