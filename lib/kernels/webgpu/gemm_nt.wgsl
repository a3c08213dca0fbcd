// C[m, n] = Σ_k A[m, k]·B[n, k], both contiguous along k: a tile of 4·SIDE × 4·SIDE for SIDE·SIDE threads, 4 × 4 each, k in quads of
// which DEPTH are staged at once. The including kernel gives `rowsA()`, `rowsB()`, `loadA(m, k)`, `loadB(n, k)` and
// `store(m, n, values)` for four neighbouring n; KQ is the number of quads along k.
var<workgroup> tileA: array<vec4f, TILE>;
var<workgroup> tileB: array<vec4f, TILE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let m0 = group.x * 4u * SIDE;
  let n0 = group.y * 4u * SIDE;
  let tx = thread % SIDE;
  let ty = thread / SIDE;
  let rows = rowsA();
  let columns = rowsB();
#for i < 4
  var c${i} = vec4f();
#end
  for (var k0 = 0u; k0 < KQ; k0 += DEPTH) {
    for (var i = thread; i < 4u * SIDE * DEPTH; i += SIZE) {
      let k = k0 + i % DEPTH;
      let line = i / DEPTH;
      var a = vec4f();
      var b = vec4f();
      if (k < KQ && m0 + line < rows) { a = loadA(m0 + line, k); }
      if (k < KQ && n0 + line < columns) { b = loadB(n0 + line, k); }
      // one quad of padding a line spreads the lines over the banks; B's lines lie so that a thread's four n are SIDE apart here too
      tileA[line * (DEPTH + 1u) + i % DEPTH] = a;
      tileB[(line % 4u * SIDE + line / 4u) * (DEPTH + 1u) + i % DEPTH] = b;
    }
    workgroupBarrier();
#for k < DEPTH
    {
#for i < 4
      let a${i} = tileA[(ty + ${i}u * SIDE) * (DEPTH + 1u) + ${k}u];
      let b${i} = tileB[(tx + ${i}u * SIDE) * (DEPTH + 1u) + ${k}u];
#end
#for i < 4
      c${i} += vec4f(dot(a${i}, b0), dot(a${i}, b1), dot(a${i}, b2), dot(a${i}, b3));
#end
    }
#end
    workgroupBarrier();
  }
#for i < 4
  if (m0 + ty + ${i}u * SIDE < rows && n0 + 4u * tx < columns) { store(m0 + ty + ${i}u * SIDE, n0 + 4u * tx, c${i}); }
#end
}
