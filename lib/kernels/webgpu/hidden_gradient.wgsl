// The hidden states' gradients from a slice of a shard's logits' gradients: C[target, k] = Σ_v d[target, v]·W[v, k], a tile of
// 4·SIDE targets × SIDE quads of k a workgroup, SIDE items staged at once.
const SIDE_QUADS = SIDE / 4u;
var<workgroup> tileA: array<vec4f, SIZE>;
var<workgroup> tileB: array<vec4f, SIZE>;

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
    // 4·SIDE targets × SIDE/4 quads of items; gradients beyond the shard's items are 0
    let row = row0 + thread / SIDE_QUADS;
    let quad = k0 / 4u + thread % SIDE_QUADS;
    if (row < step.targets && quad < shard.stride / 4u) { a = logits[row * (shard.stride / 4u) + quad]; }
    if (k0 + ty < past && n < HQ) { b = weights[shard.rowsAt + (k0 + ty) * HQ + n]; }
    tileA[thread] = a;
    tileB[thread] = b;
    workgroupBarrier();
    for (var q = 0u; q < SIDE_QUADS; q++) {
#for i < 4
      let a${i} = tileA[(4u * ty + ${i}u) * SIDE_QUADS + q];
#end
#for k < 4
      {
        let w = tileB[(4u * q + ${k}u) * SIDE + tx];
#for i < 4
        c${i} = fma(vec4f(a${i}[${k}]), w, c${i});
#end
      }
#end
    }
    workgroupBarrier();
  }
#for i < 4
  if (row0 + 4u * ty + ${i}u < step.targets && n < HQ) {
    activations[step.headPartialsAt + ((shard.index * SLICES + group.z) * step.capacity + row0 + 4u * ty + ${i}u) * HQ + n] = c${i};
  }
#end
}
