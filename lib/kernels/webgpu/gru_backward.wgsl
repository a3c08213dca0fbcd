// The GRU backwards, all time steps of WINDOWS windows a workgroup, as gru_forward.wgsl goes
// forwards: the products of the gates' gradients (dr, dz, dhn) with the matrix W_hh [gates ×
// hidden], then, a thread for a window and four units,
//
//   dh ← dh·z + W_hhᵀ·(dr, dz, dhn) + what the head asks of h
//   dn = dh·(1 − z)·(1 − n²)   dz = dh·(h₋ − n)·z·(1 − z)   dr = dn·hn·r·(1 − r)   dhn = dn·r
//
// with hn = W_hn·h₋ + b_hn and h₋ the state before. The gradients are written over the token's
// record: RECORD_R holds dr then, RECORD_Z dz, RECORD_N dn and RECORD_HN dhn.
//
//   activations  records [tokens × RECORD_QUADS], the hidden states' gradients [targets ×
//                HIDDEN_QUADS]
var<workgroup> vectors: array<vec4f, VECTORS>; // dr, dz, dhn [WINDOWS × GATE_QUADS]
var<workgroup> products: array<vec4f, PRODUCTS>; // [WINDOWS × PARTS × HIDDEN_QUADS]

// where in its window the target before `past` reads; nowhere before the window's first target
fn positionBefore(past: u32, first: u32) -> u32 {
  if (past > first) { return targetOf(past - 1u).position; }
  return NOWHERE;
}
const NOWHERE = 0xffffffffu;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
#use begin
  var goal = window.firstTarget + window.targets;
  var position = positionBefore(goal, window.firstTarget);
  var dh = vec4f();
  for (var past = longest; past > 0u; past--) {
    let t = past - 1u;
    let live = mine && t < window.rows;
    let record = step.recordsAt + (window.firstRow + t) * RECORD_QUADS + unit;
    // asked for before the products, used after them
    var r = vec4f();
    var z = vec4f();
    var n = vec4f();
    var hn = vec4f();
    var before = vec4f();
    if (live) {
      r = activations[record + RECORD_R];
      z = activations[record + RECORD_Z];
      n = activations[record + RECORD_N];
      hn = activations[record + RECORD_HN];
      before = activations[record + RECORD_BEFORE];
      while (t == position) { // several targets may be at one position
        goal--;
        dh += activations[step.hiddenGradientAt + goal * HIDDEN_QUADS + unit];
        position = positionBefore(goal, window.firstTarget);
      }
    }
    let elapsed = past; // a window's last step has nothing after it
#use products
    if (live) { // all that does not need dh: dn/dh in n, dz/dh in before, dr/dn in hn
      before = (before - n) * z * (1.0 - z);
      n = (1.0 - z) * (1.0 - n * n);
      hn = hn * r * (1.0 - r);
    }
    workgroupBarrier(); // the gates need the products of all parts
    if (live) {
      if (past < window.rows) {
        let p = place * PARTS * HIDDEN_QUADS + unit;
#for k < PARTS
        dh += products[p + ${k}u * HIDDEN_QUADS];
#end
      }
      let dz = dh * before;
      let dn = dh * n;
      let dr = dn * hn;
      let dhn = dn * r;
      let g = place * GATE_QUADS + unit;
      vectors[g + GATE_R] = dr;
      vectors[g + GATE_Z] = dz;
      vectors[g + GATE_N] = dhn;
      dh = dh * z;
      r = dr;
      z = dz;
      n = dn;
      hn = dhn;
    }
    workgroupBarrier(); // the next products need all gates, and write where these were read
    if (live) { // nobody waits for what is stored here
      activations[record + RECORD_R] = r;
      activations[record + RECORD_Z] = z;
      activations[record + RECORD_N] = n;
      activations[record + RECORD_HN] = hn;
    }
  }
}
