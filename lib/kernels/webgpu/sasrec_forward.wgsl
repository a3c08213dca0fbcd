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

// where query i's output of a block goes: to the next block's input
fn blockOutput(block: Block, i: u32) -> u32 {
  if (block.last) { return targetRecord(block, i) + TARGET_OUTPUT; }
  return rowRecord(block, i) + BLOCK_QUADS + BLOCK_INPUT;
}

// A norm of query i: its scale γ and shift β, the row that it reads, and where x̂ and γ·x̂ + β go.
struct Norm { scale: u32, shift: u32, input: u32, normed: u32, output: u32 }

fn normOf(block: Block, norm: u32, i: u32) -> Norm {
  let at = queryRecord(block, i);
  switch norm {
    case NORM1: {
      let normed = at + QUERY_NORMED1;
      let scale = parameter(block, NORM1_SCALE);
      return Norm(scale, parameter(block, NORM1_SHIFT), normed, normed, at + QUERY_X1);
    }
    case NORM2: {
      let normed = at + QUERY_NORMED2;
      let scale = parameter(block, NORM2_SCALE);
      return Norm(scale, parameter(block, NORM2_SHIFT), normed, normed, blockOutput(block, i));
    }
    default: { // NORM3
      let input = targetRecord(block, i) + TARGET_OUTPUT;
      let normed = targetRecord(block, i) + TARGET_NORMED3;
      return Norm(NORM_SCALE, NORM_SHIFT, input, normed, hiddenState(block, i));
    }
  }
}

// LayerNorm of all queries, NORM_LANES threads a row; keeps the reciprocal deviations
fn normalise(block: Block, norm: u32, thread: u32) {
  let place = thread / NORM_LANES;
  let count = queryCount(block);
  for (var i0 = 0u; i0 < count; i0 += NORM_ROWS) {
    let i = i0 + place;
    let mine = place < NORM_ROWS && i < count;
    let own = normOf(block, norm, i);
#for q < NORM_QUADS
    let j${q} = thread % NORM_LANES + ${q}u * NORM_LANES;
    var x${q} = vec4f();
    if (mine) { x${q} = activations[own.input + j${q}]; }
#end
    var sum = vec4f();
#for q < NORM_QUADS
    sum += x${q};
#end
    scratch[thread] = sum;
    workgroupBarrier(); // a row's mean needs all of it
    let mean = sumOfLanes(place, 0u) / f32(4u * HIDDEN_QUADS);
    sum = vec4f();
#for q < NORM_QUADS
    x${q} -= vec4f(mean);
    sum = fma(x${q}, x${q}, sum);
#end
    scratch[SIZE + thread] = sum;
    workgroupBarrier(); // a row's deviation needs all of it
    let variance = sumOfLanes(place, SIZE) / f32(4u * HIDDEN_QUADS);
    let inverse = 1.0 / sqrt(variance + bitcast<f32>(EPSILON_BITS));
    if (mine) {
#for q < NORM_QUADS
      x${q} *= inverse;
      activations[own.normed + j${q}] = x${q};
      let shift${q} = weights[own.shift + j${q}];
      activations[own.output + j${q}] = fma(x${q}, weights[own.scale + j${q}], shift${q});
#end
      if (thread % NORM_LANES == 0u) { storeDeviation(block, norm, i, inverse); }
    }
  }
}

fn storeDeviation(block: Block, norm: u32, i: u32, inverse: f32) {
  let at = queryRecord(block, i) + QUERY_DEVIATIONS;
  switch norm {
    case NORM1: { activations[at].x = inverse; }
    case NORM2: { activations[at].y = inverse; }
    default: { activations[at].z = inverse; }
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
        normalise(block, select(NORM1, NORM2, layer == OUTER), thread);
        sync(); // the next layer reads normalised rows
      }
    }
  }
  normalise(blockOf(window, BLOCKS - 1u), NORM3, thread);
}
