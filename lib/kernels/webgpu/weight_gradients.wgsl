// Every gradient of a step in one dispatch: a table of jobs, one a workgroup. `jobOf` (made from
// the table, weight_gradients.ts) tells a workgroup what it is: an outer product Σ_k a[k]ᵀ·b[k]
// over a slice of the rows, as a tile of 4·SIDE × 4·SIDE; a column sum over a slice; the sums of
// one position of the windows; or the embeddings' gradients of a few distinct items. Every sum has
// a fixed order.
var<workgroup> tileA: array<vec4f, TILE_A>;
var<workgroup> tileB: array<vec4f, SIZE>;

// where the embedding of a token's item is: in the weights or, with SHARDED tables, the activations
fn itemRow(token: u32) -> u32 {
#if SHARDED
  return step.embeddedAt + plan[step.tokensAt + token] * WIDTH_QUADS;
#else
  return EMBEDDING + plan[step.distinctAt + plan[step.tokensAt + token]] * WIDTH_QUADS;
#end
}

fn loadA(job: Job, k: u32, quad: u32) -> vec4f {
  return activations[job.a + k * job.aStride + quad];
}

fn loadB(job: Job, k: u32, quad: u32) -> vec4f {
  if (job.kind == KIND_OUTER_EMBEDDED) {
#if SHARDED
    return activations[itemRow(k) + quad];
#else
    return weights[itemRow(k) + quad];
#end
  }
  var row = k;
  if (job.gathered == 1u) { row = targetOf(k).row; }
  return activations[job.b + row * job.bStride + quad];
}

// a tile of an outer product, 4 × 4 a thread, over rows begin..past-1
fn outer(job: Job, begin: u32, past: u32, thread: u32) {
  let tx = thread % SIDE;
  let ty = thread / SIDE;
#for i < 4
  var c${i} = vec4f();
#end
  for (var k0 = begin; k0 < past; k0 += SIDE) {
    var a = vec4f();
    var b = vec4f();
    if (k0 + ty < past) {
      if (job.m + tx < job.mEnd) { a = loadA(job, k0 + ty, job.m + tx); }
      if (job.n + tx < job.nEnd) { b = loadB(job, k0 + ty, job.n + tx); }
    }
#use outerTile
  }
  if (job.m + ty < job.mEnd && job.n + tx < job.nEnd) {
    let at = job.out + (job.m + ty) * 4u * job.nEnd + job.n + tx;
#for i < 4
    if ((job.m + ty) * 4u + ${i}u < job.rowEnd) { gradients[at + ${i}u * job.nEnd] = c${i}; }
#end
  }
}

// COLUMNS quads of a column sum, four threads a quad
fn columnSum(job: Job, begin: u32, past: u32, thread: u32) {
  let quads = min(COLUMNS, job.mEnd - job.m);
  let quad = thread % COLUMNS;
  let part = thread / COLUMNS;
  const PARTS = SIZE / COLUMNS;
  var sum = vec4f();
  if (quad < quads) {
    for (var k = begin + part; k < past; k += PARTS) { sum += loadA(job, k, job.m + quad); }
  }
  tileB[thread] = sum;
  workgroupBarrier(); // the first part adds up the others'
  if (part == 0u && quad < quads) {
    for (var p = 1u; p < PARTS; p++) { sum += tileB[p * COLUMNS + quad]; }
    gradients[job.out + job.m + quad] = sum;
  }
}

// the embedding of one position: the rows at it, over a slice of the windows
fn positions(job: Job, begin: u32, past: u32, thread: u32) {
  let position = job.m;
  for (var quad = thread; quad < job.nEnd; quad += SIZE) {
    var sum = vec4f();
    for (var k = begin; k < past; k++) {
      let window = windowOf(k);
      if (position < window.rows) { sum += loadA(job, window.firstRow + position, quad); }
    }
    gradients[job.out + position * job.nEnd + quad] = sum;
  }
}

// Σ over the tokens of a distinct item, in their order; the first is padding and has no segment
fn segment(job: Job, item: u32, quad: u32) -> vec4f {
  var sum = vec4f();
  if (item < step.distinct) {
    let end = plan[step.segmentsAt + item + 1u];
    for (var k = plan[step.segmentsAt + item]; k < end; k++) {
      sum += loadA(job, plan[step.sortedAt + k], quad);
    }
  }
  return sum;
}

fn storeItem(item: u32, quad: u32, sum: vec4f) {
  if (item >= step.distinct) { return; }
#if SHARDED
  activations[step.embeddedGradientAt + item * WIDTH_QUADS + quad] = sum;
#else
  if (item == 0u) { return; } // padding
  gradients[EMBEDDING_GRADIENT + plan[step.distinctAt + item] * WIDTH_QUADS + quad] = sum;
#end
}

// the embeddings of ITEMS_A_JOB distinct items; with PROJECTED the tokens' gradients are those of
// the input projection, [ITEMS_A_JOB × GATE_QUADS], and go through W_ih, a quarter of the gates a
// thread
fn items(job: Job, thread: u32) {
  let first = job.m * ITEMS_A_JOB;
#if PROJECTED
  const QUARTER = SIZE / 4u;
  for (var i = thread; i < ITEMS_A_JOB * GATE_QUADS; i += SIZE) {
    tileA[i] = segment(job, first + i / GATE_QUADS, i % GATE_QUADS);
  }
  workgroupBarrier(); // every quad of an embedding needs all gates
  for (var i0 = 0u; i0 < ITEMS_A_JOB * WIDTH_QUADS; i0 += QUARTER) {
    let i = i0 + thread % QUARTER;
    let part = thread / QUARTER;
    var sum = vec4f();
    if (i < ITEMS_A_JOB * WIDTH_QUADS) {
      for (var gate = part; gate < GATE_QUADS; gate += 4u) {
        let x = tileA[i / WIDTH_QUADS * GATE_QUADS + gate];
        let w = WEIGHT_IH + gate * 4u * WIDTH_QUADS + i % WIDTH_QUADS;
#for i < 4
        sum = fma(vec4f(x[${i}]), weights[w + ${i}u * WIDTH_QUADS], sum);
#end
      }
    }
    tileB[thread] = sum;
    workgroupBarrier(); // the first quarter adds up the others'
    if (part == 0u && i < ITEMS_A_JOB * WIDTH_QUADS) {
      sum = ((sum + tileB[thread + QUARTER]) + tileB[thread + 2u * QUARTER]) +
        tileB[thread + 3u * QUARTER];
      storeItem(first + i / WIDTH_QUADS, i % WIDTH_QUADS, sum);
    }
    workgroupBarrier(); // it has read them before the next sums are written
  }
#else
  for (var i = thread; i < ITEMS_A_JOB * WIDTH_QUADS; i += SIZE) {
    let item = first + i / WIDTH_QUADS;
    let quad = i % WIDTH_QUADS;
    storeItem(item, quad, segment(job, item, quad));
  }
#end
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let job = jobOf(group.x + group.y * GROUPS_ALONG_X);
  var count = step.tokens;
  var chunk = step.tokenChunk;
  if (job.over == OVER_TARGETS) {
    count = step.targets;
    chunk = step.targetChunk;
  } else if (job.over == OVER_WINDOWS) {
    count = step.windows;
    chunk = step.windowChunk;
  } else if (job.over == OVER_HEAD) {
    count = step.targets;
    chunk = step.headChunk;
  }
  let begin = job.slice * chunk;
  let past = min(count, begin + chunk);
  if (job.kind == KIND_OUTER || job.kind == KIND_OUTER_EMBEDDED) {
    outer(job, begin, past, thread);
  } else if (job.kind == KIND_COLUMN_SUM) {
    columnSum(job, begin, past, thread);
  } else if (job.kind == KIND_POSITIONS) {
    positions(job, begin, past, thread);
  } else {
    items(job, thread);
  }
}
