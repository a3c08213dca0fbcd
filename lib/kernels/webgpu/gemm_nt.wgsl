// C[m, n] = Σ_k A[m, k]·B[n, k], both contiguous along k. A workgroup of SIDE × SIDE threads makes
// a tile of 4·SIDE × 4·SIDE of C, 4 × 4 a thread; k goes in quads, INNER_QUADS in all, of which
// DEPTH are staged at once.
//
// The including kernel gives `rowsA()` and `rowsB()`, the sizes along m and n; `loadA(m, k)` and
// `loadB(n, k)`, the quad k of a row; and `storeQuad(m, n, values)` for n..n+3.
//
// A line of a tile is one m (or n): DEPTH quads, and one quad of padding that spreads the lines
// over the banks. Compilers keep every index that they do not know inside its array: with lines as
// arrays of their own that is the line's number, the same for all k.
var<workgroup> tileA: array<array<vec4f, LINE>, LINES>;
var<workgroup> tileB: array<array<vec4f, LINE>, LINES>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let m0 = group.x * 4u * SIDE;
  let n0 = group.y * 4u * SIDE;
  let tx = thread % SIDE;
  let ty = thread / SIDE;
  let rows = rowsA();
  let columns = rowsB();
#for i < 4
  var c${i} = vec4f(); // C[m0 + ty + ${i}·SIDE, n0 + 4·tx ..]
#end
  for (var k0 = 0u; k0 < INNER_QUADS; k0 += DEPTH) {
    for (var i = thread; i < LINES * DEPTH; i += SIZE) {
      let k = k0 + i % DEPTH;
      let line = i / DEPTH;
      var a = vec4f();
      var b = vec4f();
      if (k < INNER_QUADS && m0 + line < rows) { a = loadA(m0 + line, k); }
      if (k < INNER_QUADS && n0 + line < columns) { b = loadB(n0 + line, k); }
      tileA[line][i % DEPTH] = a;
      // B's lines lie so that a thread's four n are SIDE apart here too
      tileB[line % 4u * SIDE + line / 4u][i % DEPTH] = b;
    }
    workgroupBarrier(); // the tiles are whole before any thread reads them
#for k < DEPTH
    {
#for i < 4
      let a${i} = tileA[ty + ${i}u * SIDE][${k}u];
      let b${i} = tileB[tx + ${i}u * SIDE][${k}u];
#end
#for i < 4
      c${i} += vec4f(dot(a${i}, b0), dot(a${i}, b1), dot(a${i}, b2), dot(a${i}, b3));
#end
    }
#end
    workgroupBarrier(); // all have read before the next tiles take their place
  }
#for i < 4
  if (m0 + ty + ${i}u * SIDE < rows && n0 + 4u * tx < columns) {
    storeQuad(m0 + ty + ${i}u * SIDE, n0 + 4u * tx, c${i});
  }
#end
}
