// The hidden states' gradients over a catalogue in shards, C[target, k] = Σ_v d[target, v]·W[v, k],
// in two passes: every slice of every shard's items leaves its part, then the parts are added up in
// their order (SUM).
//
//   logits       their gradients d [targets × shard.stride]
//   weights      the output layer W [shard.items × HIDDEN_QUADS] at shard.rowsAt
//   activations  parts [slices of all shards × step.capacity × HIDDEN_QUADS] → the hidden states'
//                gradients [targets × HIDDEN_QUADS]

// where the part of a target is; slices are counted through all shards
fn partAt(slice: u32, row: u32) -> u32 {
  return step.headPartialsAt + (slice * step.capacity + row) * HIDDEN_QUADS;
}

#if SUM
// a thread a quad
@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= step.targets * HIDDEN_QUADS) { return; }
  var sum = vec4f();
  for (var s = 0u; s < ALL_SLICES; s++) { sum += activations[partAt(s, 0u) + id.x]; }
  activations[step.hiddenGradientAt + id.x] = sum;
}
#else
// a tile of 4·SIDE targets × SIDE quads of k a workgroup, 4 × 1 a thread, SIDE items staged at once
var<workgroup> tileA: array<array<vec4f, SIDE_QUADS>, LINES>; // d [targets][quads of items]
var<workgroup> tileB: array<array<vec4f, SIDE>, SIDE>; // W [items][quads]

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tx = thread % SIDE;
  let ty = thread / SIDE;
  let row0 = group.x * 4u * SIDE;
  let n = group.y * SIDE + tx;
  let chunk = ((shard.items + SLICES - 1u) / SLICES + SIDE - 1u) / SIDE * SIDE;
  let begin = group.z * chunk;
  let past = min(shard.items, begin + chunk);
#for i < 4
  var c${i} = vec4f();
#end
  for (var k0 = begin; k0 < past; k0 += SIDE) {
    var a = vec4f();
    var b = vec4f();
    let row = row0 + thread / SIDE_QUADS;
    let quad = k0 / 4u + thread % SIDE_QUADS;
    // gradients beyond the shard's items are 0
    if (row < step.targets && quad < shard.stride / 4u) {
      a = logits[row * (shard.stride / 4u) + quad];
    }
    if (k0 + ty < past && n < HIDDEN_QUADS) {
      b = weights[shard.rowsAt + (k0 + ty) * HIDDEN_QUADS + n];
    }
    tileA[thread / SIDE_QUADS][thread % SIDE_QUADS] = a;
    tileB[ty][tx] = b;
    workgroupBarrier(); // the tiles are whole before any thread reads them
#for q < SIDE_QUADS
    {
#for i < 4
      let a${i} = tileA[4u * ty + ${i}u][${q}u];
#end
#for k < 4
      {
        let w = tileB[4u * ${q}u + ${k}u][tx];
#for i < 4
        c${i} = fma(vec4f(a${i}[${k}]), w, c${i});
#end
      }
#end
    }
#end
    workgroupBarrier(); // all have read before the next tiles take their place
  }
  let slice = shard.index * SLICES + group.z;
#for i < 4
  if (row0 + 4u * ty + ${i}u < step.targets && n < HIDDEN_QUADS) {
    activations[partAt(slice, row0 + 4u * ty + ${i}u) + n] = c${i};
  }
#end
}
#end
