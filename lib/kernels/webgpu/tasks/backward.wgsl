// The GRU backwards over a window of a task's part, window x of task y: a thread four units,
//
//   dh ← dh·z + W_hhᵀ·(dr, dz, dhn) + what the targets ask of h
//   dn = dh·(1 − z)·(1 − n²)   dz = dh·(h₋ − n)·z·(1 − z)   dr = dn·hn·r·(1 − r)   dhn = dn·r
//
// then the products with W_hh and, for the item's gradient, with W_ih: a column of four of both
// matrices in PARTS sums over the gates' rows. The gradients go over r, z, n and hn in the records.
//
//   tasks  records, gradients of the states that targets read [targets × HIDDEN_QUADS]
var<workgroup> vectors: array<vec4f, VECTORS>; // dr, dz, dn, dhn
var<workgroup> goingBack: array<vec4f, HIDDEN_QUADS>; // dh
var<workgroup> products: array<vec4f, PRODUCTS>; // [PARTS × (columns of W_hh, of W_ih)]

// the products of a column, their parts added up
fn productOf(column: u32) -> vec4f {
  var sum = vec4f();
#for k < PARTS
  sum += products[${k}u * COLUMNS + column];
#end
  return sum;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = partOf(group.y, step.part);
  if (group.x >= part.windows) { return; }
  let window = windowOf(part.firstWindow + group.x);
  let home = homeOf(group.y);
  let targets = part.firstTarget + window.firstTarget;
  for (var u = thread; u < HIDDEN_QUADS; u += SIZE) { goingBack[u] = vec4f(); }
  var goal = window.targets; // of the window's targets, those before it are still to come
  for (var past = window.items; past > 0u; past--) {
    let t = past - 1u;
    let record = home + step.recordsAt + (window.firstToken + t) * RECORD_QUADS;
    var asking = goal; // several targets may be at one position
    while (goal > 0u && targetOf(targets + goal - 1u).position == t) { goal--; }
    for (var u = thread; u < HIDDEN_QUADS; u += SIZE) {
      var dh = goingBack[u];
      for (var i = goal; i < asking; i++) {
        let at = step.stateGradientsAt + (window.firstTarget + i) * HIDDEN_QUADS + u;
        dh += tasks[home + at];
      }
      let r = tasks[record + RECORD_R + u];
      let z = tasks[record + RECORD_Z + u];
      let n = tasks[record + RECORD_N + u];
      let hn = tasks[record + RECORD_HN + u];
      let before = tasks[record + RECORD_BEFORE + u];
      let dn = dh * (1.0 - z) * (1.0 - n * n);
      let dz = dh * (before - n) * z * (1.0 - z);
      let dr = dn * hn * r * (1.0 - r);
      let dhn = dn * r;
      tasks[record + RECORD_R + u] = dr;
      tasks[record + RECORD_Z + u] = dz;
      tasks[record + RECORD_N + u] = dn;
      tasks[record + RECORD_HN + u] = dhn;
      vectors[GATE_R + u] = dr;
      vectors[GATE_Z + u] = dz;
      vectors[GATE_N + u] = dn;
      vectors[GATE_QUADS + u] = dhn;
      goingBack[u] = dh * z;
    }
    workgroupBarrier(); // the products need the gradients of all gates
    for (var i = thread; i < COLUMNS * PARTS; i += SIZE) {
      let column = i % COLUMNS;
      let first = i / COLUMNS;
      var sum = vec4f();
      for (var next = first; next < GATE_QUADS; next += UNROLLED * PARTS) {
#for k < UNROLLED
        {
          let g = next + ${k}u * PARTS;
          var d = vectors[g];
          var w = WEIGHT_IH + 4u * g * WIDTH_QUADS + column - HIDDEN_QUADS;
          var stride = WIDTH_QUADS;
          if (column < HIDDEN_QUADS) {
            if (g >= GATE_N) { d = vectors[g + HIDDEN_QUADS]; } // dhn in dn's place
            w = WEIGHT_HH + 4u * g * HIDDEN_QUADS + column;
            stride = HIDDEN_QUADS;
          }
#for c < 4
          sum = fma(vec4f(d[${c}]), bodyQuad(home, w + ${c}u * stride), sum);
#end
        }
#end
      }
      products[first * COLUMNS + column] = sum;
    }
    workgroupBarrier(); // the state before needs the products of all parts
    for (var u = thread; u < HIDDEN_QUADS; u += SIZE) { goingBack[u] += productOf(u); }
    for (var q = thread; q < WIDTH_QUADS; q += SIZE) {
      tasks[record + RECORD_INPUT_GRADIENT + q] = productOf(HIDDEN_QUADS + q);
    }
  }
}
