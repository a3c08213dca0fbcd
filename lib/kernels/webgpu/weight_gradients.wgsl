// Every gradient of a step in one dispatch: a table of jobs, one a workgroup. `jobOf` (made from
// the table, weight_gradients.ts) tells a workgroup what it is: an outer product Σ_k a[k]ᵀ·b[k]
// over a slice of the rows, as a tile of 4·SIDE × 4·SIDE; a column sum over a slice; the sums of
// one position of the windows; the embedding's gradient over a stretch of a popular item's tokens;
// or those of a few other items. Every sum has a fixed order.
//
// The tiles of the products, [SIDE rows][SIDE quads], hold the sums of all others line after line.
var<workgroup> tileA: array<array<vec4f, SIDE>, LINES_A>;
var<workgroup> tileB: array<array<vec4f, SIDE>, SIDE>;

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

// How many threads share a column of a sum, where there are so many columns.
fn partsOf(columns: u32) -> u32 { return clamp(SIZE / columns, 1u, MOST_PARTS); }

// the sum of the parts that the threads have left in tileB, of column `thread`, in their order
fn sumOfParts(thread: u32, parts: u32, columns: u32) -> vec4f {
  var sum = tileB[thread / SIDE][thread % SIDE];
  for (var part = 1u; part < parts; part++) {
    let i = part * columns + thread;
    sum += tileB[i / SIDE][i % SIDE];
  }
  return sum;
}

// the row of term k of a sum: of an item's tokens, which are sorted, or just that
fn rowOf(job: Job, k: u32) -> u32 {
  if (job.kind == KIND_POPULAR || job.kind == KIND_ITEMS) { return plan[step.sortedAt + k]; }
  return k;
}

// Σ over the terms begin, begin + stride … before `end`, in this order
fn sumOfRows(job: Job, begin: u32, end: u32, stride: u32, quad: u32) -> vec4f {
  var sum = vec4f();
  var k = begin;
  for (; k + 7u * stride < end; k += 8u * stride) {
#for u < 8
    let x${u} = loadA(job, rowOf(job, k + ${u}u * stride), quad);
#end
#for u < 8
    sum += x${u};
#end
  }
  for (; k < end; k += stride) { sum += loadA(job, rowOf(job, k), quad); }
  return sum;
}

// up to COLUMNS quads of a column sum, several threads a quad
fn columnSum(job: Job, begin: u32, past: u32, thread: u32) {
  let columns = min(COLUMNS, job.mEnd - job.m);
  let parts = partsOf(columns);
  let quad = job.m + thread % columns;
  let part = thread / columns;
  var sum = vec4f();
  if (part < parts) { sum = sumOfRows(job, begin + part, past, parts, quad); }
  tileB[thread / SIDE][thread % SIDE] = sum;
  workgroupBarrier(); // the first part adds up the others'
  if (part == 0u) { gradients[job.out + quad] = sumOfParts(thread, parts, columns); }
}

// the embedding of one position: the rows at it, over a slice of the windows, as a column sum
fn positions(job: Job, begin: u32, past: u32, thread: u32) {
  let position = job.m;
  let columns = min(SIZE, job.nEnd);
  let parts = partsOf(columns);
  for (var quad0 = 0u; quad0 < job.nEnd; quad0 += columns) {
    let quad = quad0 + thread % columns;
    let part = thread / columns;
    var sum = vec4f();
    if (part < parts && quad < job.nEnd) {
      for (var k = begin + part; k < past; k += parts) {
        let window = windowOf(k);
        if (position < window.rows) { sum += loadA(job, window.firstRow + position, quad); }
      }
    }
    tileB[thread / SIDE][thread % SIDE] = sum;
    workgroupBarrier(); // the first part adds up the others'
    if (part == 0u && quad < job.nEnd) {
      gradients[job.out + position * job.nEnd + quad] = sumOfParts(thread, parts, columns);
    }
    workgroupBarrier(); // it has read them before the next sums are written
  }
}

// Σ over the tokens of a distinct item, in their order; nothing of a popular one, which is added up
// by stretches. The first item is padding and has no segment.
fn segment(job: Job, item: u32, quad: u32) -> vec4f {
  if (item >= step.distinct) { return vec4f(); }
  let begin = plan[step.segmentsAt + item];
  let end = plan[step.segmentsAt + item + 1u];
  if (end - begin > LONG) { return vec4f(); }
  return sumOfRows(job, begin, end, 1u, quad);
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

// one stretch of a popular item, several threads a quad
fn popular(job: Job, thread: u32) {
  let stretch = stretchOf(job.m);
  let columns = min(SIZE, SUM_QUADS);
  let parts = partsOf(columns);
  for (var quad0 = 0u; quad0 < SUM_QUADS; quad0 += columns) {
    let quad = quad0 + thread % columns;
    let part = thread / columns;
    let busy = part < parts && quad < SUM_QUADS;
    var sum = vec4f();
    if (busy) { sum = sumOfRows(job, stretch.begin + part, stretch.end, parts, quad); }
    tileB[thread / SIDE][thread % SIDE] = sum;
    workgroupBarrier(); // the first part adds up the others'
    if (busy && part == 0u) {
#if PROJECTED
      tileA[quad / SIDE][quad % SIDE] = sumOfParts(thread, parts, columns);
#else
      storeRow(job, 0u, quad, sumOfParts(thread, parts, columns));
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
    tileA[i / SIDE][i % SIDE] = sum;
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
  let parts = partsOf(quads);
  let columns = SIZE / parts;
  for (var i0 = 0u; i0 < quads; i0 += columns) {
    let i = i0 + thread % columns;
    let part = thread / columns;
    var sum = vec4f();
    if (i < quads && part < parts) {
      for (var gate = part; gate < GATE_QUADS; gate += parts) {
        let at = i / WIDTH_QUADS * GATE_QUADS + gate;
        let x = tileA[at / SIDE][at % SIDE];
        let w = WEIGHT_IH + gate * 4u * WIDTH_QUADS + i % WIDTH_QUADS;
#for i < 4
        sum = fma(vec4f(x[${i}]), weights[w + ${i}u * WIDTH_QUADS], sum);
#end
      }
    }
    tileB[thread / SIDE][thread % SIDE] = sum;
    workgroupBarrier(); // the first part adds up the others'
    if (i < quads && part == 0u) {
      let whole = sumOfParts(thread, parts, columns);
      storeRow(job, i / WIDTH_QUADS, i % WIDTH_QUADS, whole);
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
