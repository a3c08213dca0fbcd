// SASRec forwards, one window a workgroup: embeddings, blocks, and after the last one the norm of
// the rows that the head reads. Leaves records (sasrec_records.ts) for the backward pass. With x
// the block's input, dropout left out, each row for itself but for the attention:
//
//   x1 = norm1(x + W_out·attention(W_in·x + b_in) + b_out)
//   output = norm2(x1 + W_outer·relu(W_inner·x1 + b_inner) + b_outer)
//
//   weights      the parameters, and of the blocks' matrices transposed copies
//   activations  records [tokens × TOKEN_QUADS], target records [targets × TARGET_QUADS] → what the
//                head reads [targets × HIDDEN_QUADS]

// item and position of every row, dropped out, as the first block's input
fn embed(block: Block, thread: u32) {
  for (var i = thread; i < block.window.rows * HIDDEN_QUADS; i += SIZE) {
    let t = i / HIDDEN_QUADS;
    let j = i % HIDDEN_QUADS;
    var slot = 0u; // padding, the first of the distinct items
    if (t < block.window.items) { slot = plan[step.tokensAt + block.window.firstToken + t]; }
#if SHARDED
    let item = activations[step.embeddedAt + slot * HIDDEN_QUADS + j];
#else
    let item = weights[EMBEDDING + plan[step.distinctAt + slot] * HIDDEN_QUADS + j];
#end
    let sum = item + weights[POSITIONS + t * HIDDEN_QUADS + j];
    activations[rowRecord(block, t) + BLOCK_INPUT + j] = sum *
      dropFour(EMBEDDING_SITE, maskIndex(block, t, HIDDEN_QUADS, j));
  }
}

// a block's layers, by the transposed copies of their matrices
fn layerOf(block: Block, number: u32) -> Layer {
  let count = queryCount(block);
  switch number {
    case TARGET_QUERIES: {
      var layer = plainLayer(count);
      layer.input = Rows(ROW_OF_QUERY, BLOCK_INPUT);
      layer.inputQuads = HIDDEN_QUADS;
      layer.weight = transposed(block, IN_TRANSPOSED);
      layer.stride = 3u * HIDDEN_QUADS;
      layer.columns = HIDDEN_QUADS;
      layer.bias = parameter(block, IN_BIAS);
      layer.output = Rows(QUERY, TARGET_VECTOR - TARGET_QUERY);
      return layer;
    }
    case QUERIES_KEYS_VALUES: {
      let skipped = select(0u, HIDDEN_QUADS, block.last); // the queries
      var layer = plainLayer(block.window.rows);
      layer.input = Rows(ROW, BLOCK_INPUT);
      layer.inputQuads = HIDDEN_QUADS;
      layer.weight = transposed(block, IN_TRANSPOSED) + skipped;
      layer.stride = 3u * HIDDEN_QUADS;
      layer.columns = 3u * HIDDEN_QUADS - skipped;
      layer.bias = parameter(block, IN_BIAS) + skipped;
      layer.output = Rows(ROW, BLOCK_QUERIES + skipped);
      return layer;
    }
    case PROJECTION: {
      var layer = plainLayer(count);
      layer.input = Rows(QUERY, QUERY_ATTENDED);
      layer.inputQuads = HIDDEN_QUADS;
      layer.weight = transposed(block, OUT_TRANSPOSED);
      layer.stride = HIDDEN_QUADS;
      layer.columns = HIDDEN_QUADS;
      layer.bias = parameter(block, OUT_BIAS);
      layer.output = Rows(QUERY, QUERY_NORMED1);
      layer.site = siteOf(block, PROJECTION_SITE);
      layer.residual = Rows(ROW_OF_QUERY, BLOCK_INPUT);
      return layer;
    }
    case INNER: {
      var layer = plainLayer(count);
      layer.input = Rows(QUERY, QUERY_X1);
      layer.inputQuads = HIDDEN_QUADS;
      layer.weight = transposed(block, INNER_TRANSPOSED);
      layer.stride = INNER_QUADS;
      layer.columns = INNER_QUADS;
      layer.bias = parameter(block, INNER_BIAS);
      layer.output = Rows(QUERY, QUERY_RELU);
      layer.relu = true;
      layer.site = siteOf(block, INNER_SITE);
      return layer;
    }
    default: { // OUTER
      var layer = plainLayer(count);
      layer.input = Rows(QUERY, QUERY_RELU);
      layer.inputQuads = INNER_QUADS;
      layer.weight = transposed(block, OUTER_TRANSPOSED);
      layer.stride = HIDDEN_QUADS;
      layer.columns = HIDDEN_QUADS;
      layer.bias = parameter(block, OUTER_BIAS);
      layer.output = Rows(QUERY, QUERY_NORMED2);
      layer.site = siteOf(block, OUTER_SITE);
      layer.residual = Rows(QUERY, QUERY_X1);
      return layer;
    }
  }
}

// LayerNorm of one row: x̂ in place, γ·x̂ + β to `out`; returns the reciprocal deviation
fn normalise(at: u32, scale: u32, shift: u32, out: u32) -> f32 {
  var sum = vec4f();
  for (var j = 0u; j < HIDDEN_QUADS; j++) { sum += activations[at + j]; }
  let mean = dot(sum, vec4f(1.0)) / f32(4u * HIDDEN_QUADS);
  sum = vec4f();
  for (var j = 0u; j < HIDDEN_QUADS; j++) {
    let d = activations[at + j] - mean;
    sum = fma(d, d, sum);
  }
  let variance = dot(sum, vec4f(1.0)) / f32(4u * HIDDEN_QUADS);
  let inverse = 1.0 / sqrt(variance + bitcast<f32>(EPSILON_BITS));
  for (var j = 0u; j < HIDDEN_QUADS; j++) {
    let x = (activations[at + j] - mean) * inverse;
    activations[at + j] = x;
    activations[out + j] = fma(x, weights[scale + j], weights[shift + j]);
  }
  return inverse;
}

// where query i's output of a block goes: to the next block's input
fn blockOutput(block: Block, i: u32) -> u32 {
  if (block.last) { return targetRecord(block, i) + TARGET_OUTPUT; }
  return rowRecord(block, i) + BLOCK_QUADS + BLOCK_INPUT;
}

// a block's norm, after the attention or after the feed-forward network; a thread a query
fn normaliseQueries(block: Block, second: bool, thread: u32) {
  let scale = parameter(block, select(NORM1_SCALE, NORM2_SCALE, second));
  let shift = parameter(block, select(NORM1_SHIFT, NORM2_SHIFT, second));
  let normed = select(QUERY_NORMED1, QUERY_NORMED2, second);
  for (var i = thread; i < queryCount(block); i += SIZE) {
    let at = queryRecord(block, i);
    var out = at + QUERY_X1;
    if (second) { out = blockOutput(block, i); }
    let inverse = normalise(at + normed, scale, shift, out);
    if (second) {
      activations[at + QUERY_DEVIATIONS].y = inverse;
    } else {
      activations[at + QUERY_DEVIATIONS].x = inverse;
    }
  }
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let window = windowOf(group.x);
  embed(blockOf(window, 0u), thread);
  sync(); // a layer's rows are whole before the next one reads them, here and below
  for (var number = 0u; number < BLOCKS; number++) {
    let block = blockOf(window, number);
    for (var layer = 0u; layer < LAYERS; layer++) {
      if (layer == TARGET_QUERIES && !block.last) { continue; }
      if (layer == PROJECTION) { attend(block, thread); }
      linear(block, layerOf(block, layer), thread);
      sync(); // a norm and the next layer read whole rows
      if (layer == PROJECTION || layer == OUTER) {
        normaliseQueries(block, layer == OUTER, thread);
        sync(); // the next layer reads normalised rows
      }
    }
  }
  let last = blockOf(window, BLOCKS - 1u);
  for (var i = thread; i < window.targets; i += SIZE) {
    let at = targetRecord(last, i);
    for (var j = 0u; j < HIDDEN_QUADS; j++) {
      activations[at + TARGET_NORMED3 + j] = activations[at + TARGET_OUTPUT + j];
    }
    activations[at + TARGET_QUERY + QUERY_DEVIATIONS].z =
      normalise(at + TARGET_NORMED3, NORM_SCALE, NORM_SHIFT, hiddenState(last, i));
  }
}
