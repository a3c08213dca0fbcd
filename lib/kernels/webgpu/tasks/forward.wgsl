// The GRU forwards over a window of a task's part, window x of task y. A time step has two phases:
// the products W_ih·x and W_hh·h, a row of both matrices cut into PARTS sums, then, a thread four
// units,
//
//   r = σ(x_r + h_r)   z = σ(x_z + h_z)   n = tanh(x_n + r·(W_hn·h + b_hn))   h ← n + z·(h − n)
//
//   tasks  the task's parameters → a record a token [tokens × RECORD_QUADS]
var<workgroup> state: array<vec4f, HIDDEN_QUADS>;
var<workgroup> input: array<vec4f, WIDTH_QUADS>;
var<workgroup> products: array<f32, PRODUCTS>; // [PARTS × (W_ih's rows, W_hh's rows)]

fn sigmoid(x: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(x, vec4f(-80.0), vec4f(80.0)))); }
fn tangent(x: vec4f) -> vec4f {
  return 1.0 - 2.0 / (1.0 + exp(2.0 * clamp(x, vec4f(-40.0), vec4f(40.0))));
}

// the products of four rows, their parts added up
fn productsOf(row: u32) -> vec4f {
  var sum = vec4f();
#for k < PARTS
  {
    let at = ${k}u * ROWS + row;
    sum += vec4f(products[at], products[at + 1u], products[at + 2u], products[at + 3u]);
  }
#end
  return sum;
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let part = partOf(group.y, step.part);
  if (group.x >= part.windows) { return; }
  let window = windowOf(part.firstWindow + group.x);
  let home = homeOf(group.y);
  for (var q = thread; q < HIDDEN_QUADS; q += SIZE) { state[q] = vec4f(); }
  for (var t = 0u; t < window.items; t++) {
    let token = window.firstToken + t;
    let record = home + step.recordsAt + token * RECORD_QUADS;
    let row = plan[step.tokensAt + part.firstToken + token];
    for (var q = thread; q < WIDTH_QUADS; q += SIZE) {
      let x = rowQuad(home, part.itemsAt, row, q);
      input[q] = x;
      tasks[record + RECORD_INPUT + q] = x;
    }
    workgroupBarrier(); // the products need all of input and state
    for (var i = thread; i < ROWS * PARTS; i += SIZE) {
      let product = i / PARTS;
      let first = i % PARTS;
      var sum = 0.0;
      if (product < GATE_ROWS) {
        let w = WEIGHT_IH + product * WIDTH_QUADS;
        for (var q = first; q < WIDTH_QUADS; q += WIDTH_UNROLLED * PARTS) {
#for k < WIDTH_UNROLLED
          sum += dot(input[q + ${k}u * PARTS], bodyQuad(home, w + q + ${k}u * PARTS));
#end
        }
      } else {
        let w = WEIGHT_HH + (product - GATE_ROWS) * HIDDEN_QUADS;
        for (var q = first; q < HIDDEN_QUADS; q += HIDDEN_UNROLLED * PARTS) {
#for k < HIDDEN_UNROLLED
          sum += dot(state[q + ${k}u * PARTS], bodyQuad(home, w + q + ${k}u * PARTS));
#end
        }
      }
      products[first * ROWS + product] = sum;
    }
    workgroupBarrier(); // the gates need the products of all rows
    for (var u = thread; u < HIDDEN_QUADS; u += SIZE) {
      let h = state[u];
      let biasR = bodyQuad(home, BIAS_IH + GATE_R + u) + bodyQuad(home, BIAS_HH + GATE_R + u);
      let biasZ = bodyQuad(home, BIAS_IH + GATE_Z + u) + bodyQuad(home, BIAS_HH + GATE_Z + u);
      let rows = 4u * u;
      let r = sigmoid(
        biasR + productsOf(4u * GATE_R + rows) + productsOf(GATE_ROWS + 4u * GATE_R + rows),
      );
      let z = sigmoid(
        biasZ + productsOf(4u * GATE_Z + rows) + productsOf(GATE_ROWS + 4u * GATE_Z + rows),
      );
      let hn = bodyQuad(home, BIAS_HH + GATE_N + u) + productsOf(GATE_ROWS + 4u * GATE_N + rows);
      let xn = bodyQuad(home, BIAS_IH + GATE_N + u) + productsOf(4u * GATE_N + rows);
      let n = tangent(fma(r, hn, xn));
      let after = fma(z, h - n, n);
      tasks[record + RECORD_R + u] = r;
      tasks[record + RECORD_Z + u] = z;
      tasks[record + RECORD_N + u] = n;
      tasks[record + RECORD_HN + u] = hn;
      tasks[record + RECORD_BEFORE + u] = h;
      tasks[record + RECORD_AFTER + u] = after;
      state[u] = after;
    }
  }
}
