// Every gradient of a step in one dispatch: a table of jobs, one a workgroup. `jobOf` (made from
// the table, weight_gradients.ts) tells a workgroup what it is: an outer product Σ_k a[k]ᵀ·b[k]
// over a slice of the rows, as a tile of 4·SIDE × 4·SIDE; a column sum over a slice; the sums of
// one position of the windows; the embedding's gradient over a stretch of a popular item's tokens;
// or those of a few other items. Every sum has a fixed order.
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

// Σ over the sorted tokens begin, begin + stride … before `end`, in this order
fn tokensSum(job: Job, begin: u32, end: u32, stride: u32, quad: u32) -> vec4f {
  var sum = vec4f();
  var k = begin;
  for (; k + 7u * stride < end; k += 8u * stride) {
#for u < 8
    let x${u} = loadA(job, plan[step.sortedAt + k + ${u}u * stride], quad);
#end
#for u < 8
    sum += x${u};
#end
  }
  for (; k < end; k += stride) { sum += loadA(job, plan[step.sortedAt + k], quad); }
  return sum;
}

// Σ over the tokens of a distinct item, in their order; nothing of a popular one, which is added up
// by stretches. The first item is padding and has no segment.
fn segment(job: Job, item: u32, quad: u32) -> vec4f {
  if (item >= step.distinct) { return vec4f(); }
  let begin = plan[step.segmentsAt + item];
  let end = plan[step.segmentsAt + item + 1u];
  if (end - begin > LONG) { return vec4f(); }
  return tokensSum(job, begin, end, 1u, quad);
}

fn storeItem(item: u32, quad: u32, sum: vec4f) {
#if SHARDED
  activations[step.embeddedGradientAt + item * WIDTH_QUADS + quad] = sum;
#else
  if (item == 0u) { return; } // padding
  gradients[EMBEDDING_GRADIENT + plan[step.distinctAt + item] * WIDTH_QUADS + quad] = sum;
#end
}

// a quad of the job's row number `row`: of a popular item's stretch, or of one of the other items
fn storeRow(job: Job, row: u32, quad: u32, sum: vec4f) {
  if (job.kind == KIND_POPULAR) {
    let stretch = stretchOf(job.m);
    if (stretch.number == 0u) {
      storeItem(stretch.slot, quad, sum);
    } else {
      let further = stretch.firstSum + stretch.number - 1u;
      activations[step.stretchSumsAt + further * WIDTH_QUADS + quad] = sum;
    }
    return;
  }
  let item = job.m * ITEMS_A_JOB + row;
  if (item >= step.distinct) { return; }
  let long = plan[step.segmentsAt + item + 1u] - plan[step.segmentsAt + item] > LONG;
  if (!long) { storeItem(item, quad, sum); }
}

// one stretch of a popular item, SUM_PARTS threads a quad: each adds up every SUM_PARTS-th token,
// then the first adds the others' sums in their order
fn popular(job: Job, thread: u32) {
  let stretch = stretchOf(job.m);
  for (var quad0 = 0u; quad0 < SUM_QUADS; quad0 += SUM_COLUMNS) {
    let quad = quad0 + thread % SUM_COLUMNS;
    let part = thread / SUM_COLUMNS;
    let busy = part < SUM_PARTS && quad < SUM_QUADS;
    var sum = vec4f();
    if (busy) { sum = tokensSum(job, stretch.begin + part, stretch.end, SUM_PARTS, quad); }
    tileB[thread] = sum;
    workgroupBarrier(); // the first part adds up the others'
    if (busy && part == 0u) {
      for (var p = 1u; p < SUM_PARTS; p++) { sum += tileB[p * SUM_COLUMNS + thread]; }
#if PROJECTED
      tileA[quad] = sum;
#else
      storeRow(job, 0u, quad, sum);
#end
    }
    workgroupBarrier(); // it has read them before the next sums are written, and these are complete
  }
#if PROJECTED
  throughProjection(job, 1u, thread);
#end
}

// ITEMS_A_JOB distinct items, popular ones left out
fn items(job: Job, thread: u32) {
  for (var i = thread; i < ITEMS_A_JOB * SUM_QUADS; i += SIZE) {
    let row = i / SUM_QUADS;
    let quad = i % SUM_QUADS;
    let sum = segment(job, job.m * ITEMS_A_JOB + row, quad);
#if PROJECTED
    tileA[i] = sum;
#else
    storeRow(job, row, quad, sum);
#end
  }
#if PROJECTED
  workgroupBarrier(); // every quad of an embedding needs all gates
  throughProjection(job, ITEMS_A_JOB, thread);
#end
}

#if PROJECTED
// the sums in tileA, [rows × GATE_QUADS], through W_ih to the embeddings' gradients; several
// threads share a quad of those, each with a part of the gates
fn throughProjection(job: Job, rows: u32, thread: u32) {
  let quads = rows * WIDTH_QUADS;
  let parts = clamp(SIZE / quads, 1u, MOST_PARTS);
  let columns = SIZE / parts;
  for (var i0 = 0u; i0 < quads; i0 += columns) {
    let i = i0 + thread % columns;
    let part = thread / columns;
    var sum = vec4f();
    if (i < quads && part < parts) {
      for (var gate = part; gate < GATE_QUADS; gate += parts) {
        let x = tileA[i / WIDTH_QUADS * GATE_QUADS + gate];
        let w = WEIGHT_IH + gate * 4u * WIDTH_QUADS + i % WIDTH_QUADS;
#for i < 4
        sum = fma(vec4f(x[${i}]), weights[w + ${i}u * WIDTH_QUADS], sum);
#end
      }
    }
    tileB[thread] = sum;
    workgroupBarrier(); // the first part adds up the others'
    if (i < quads && part == 0u) {
      for (var p = 1u; p < parts; p++) { sum += tileB[p * columns + thread]; }
      storeRow(job, i / WIDTH_QUADS, i % WIDTH_QUADS, sum);
    }
    workgroupBarrier(); // it has read them before the next sums are written
  }
}
#end

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
  } else if (job.kind == KIND_POPULAR) {
    popular(job, thread);
  } else {
    items(job, thread);
  }
}
