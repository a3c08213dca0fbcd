// The GRU forwards, all time steps of WINDOWS windows a workgroup. A time step has two phases: the
// products with the matrix W_hhᵀ [hidden × gates] (recurrence_products.wgsl), then, a thread for a
// window and four units (one `unit`),
//
//   r = σ(x_r + W_hr·h)    z = σ(x_z + W_hz·h)    n = tanh(x_n + r·(W_hn·h + b_hn))
//   h ← n + z·(h − n)
//
// with x the item's input projection (project.wgsl). With IN_REGISTERS a thread holds four columns
// × 4·DEPTH rows of the matrix for the whole recurrence (recurrence_begin.wgsl); otherwise it walks
// over the columns and reads the weights as it goes.
//
//   activations  projections [distinct × GATE_QUADS], with OWN_INPUTS [tokens × GATE_QUADS] →
//                records [tokens × RECORD_QUADS], and what the head reads [targets × HIDDEN_QUADS]
var<workgroup> vectors: array<vec4f, VECTORS>; // h [WINDOWS × HIDDEN_QUADS]
var<workgroup> products: array<vec4f, PRODUCTS>; // [WINDOWS × PARTS × GATE_QUADS]

fn sigmoid(x: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(x, vec4f(-80.0), vec4f(80.0)))); }

// where the input projection of item t of a window is
fn projected(window: Window, t: u32) -> u32 {
#if OWN_INPUTS
  return step.projectedAt + (window.firstRow + t) * GATE_QUADS;
#else
  return step.projectedAt + plan[step.tokensAt + window.firstToken + t] * GATE_QUADS;
#end
}

// where in its window a target reads; nowhere beyond the window's last target
fn positionOf(target0: u32, past: u32) -> u32 {
  if (target0 < past) { return targetOf(target0).position; }
  return NOWHERE;
}
const NOWHERE = 0xffffffffu;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
#use begin
  var goal = window.firstTarget;
  let goalEnd = window.firstTarget + window.targets;
  var position = positionOf(goal, goalEnd);
  let biasN = weights[BIAS_HH + GATE_N + unit];
  var h = vec4f();
  for (var t = 0u; t < longest; t++) {
    let live = mine && t < window.rows;
    // asked for before the products, used after them
    var r = vec4f();
    var z = vec4f();
    var n = vec4f();
    if (live) {
      let p = projected(window, t) + unit;
      r = activations[p + GATE_R];
      z = activations[p + GATE_Z];
      n = activations[p + GATE_N];
    }
    if (t > 0u) {
      let elapsed = t;
#use products
    }
    workgroupBarrier(); // the gates need the products of all parts
    let before = h;
    var hn = biasN;
    if (live) {
      var hr = vec4f();
      var hz = vec4f();
      if (t > 0u) {
        let p = place * PARTS * GATE_QUADS + unit;
#for k < PARTS
        hr += products[p + ${k}u * GATE_QUADS + GATE_R];
        hz += products[p + ${k}u * GATE_QUADS + GATE_Z];
        hn += products[p + ${k}u * GATE_QUADS + GATE_N];
#end
      }
      r = sigmoid(r + hr);
      // z = 1/a and n = 1 − 2/b by one division; the bounds keep a·b finite
      let a = 1.0 + exp(-clamp(z + hz, vec4f(-60.0), vec4f(60.0)));
      let b = 1.0 + exp(2.0 * clamp(fma(r, hn, n), vec4f(-10.0), vec4f(10.0)));
      let inverse = 1.0 / (a * b);
      z = b * inverse;
      n = 1.0 - 2.0 * a * inverse;
      h = fma(z, h - n, n);
      vectors[owned] = h;
    }
    workgroupBarrier(); // the next products need h of all units, and write where these were read
    if (live) { // nobody waits for what is stored here
      let record = step.recordsAt + (window.firstRow + t) * RECORD_QUADS + unit;
      activations[record + RECORD_R] = r;
      activations[record + RECORD_Z] = z;
      activations[record + RECORD_N] = n;
      activations[record + RECORD_HN] = hn;
      activations[record + RECORD_BEFORE] = before;
      while (t == position) { // several targets may be at one position
        activations[step.hiddenAt + goal * HIDDEN_QUADS + unit] = h;
        goal++;
        position = positionOf(goal, goalEnd);
      }
    }
  }
}
