// All time steps of the GRU for ROWS windows a workgroup. With IN_REGISTERS each thread holds four columns × DEPTH·4 rows of W_hhᵀ for
// the whole recurrence; otherwise threads walk over the columns and read the weights as they go. A step is two phases: the products
// with h by (columns, part of h), then the gates by (window, four units).
const HQ = HIDDEN / 4u;
const GQ = 3u * HQ;
var<workgroup> state: array<vec4f, STATE>;
var<workgroup> products: array<vec4f, PRODUCTS>;

fn sigmoid(x: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(x, vec4f(-80.0), vec4f(80.0)))); }
fn tangent(x: vec4f) -> vec4f { return 1.0 - 2.0 / (1.0 + exp(2.0 * clamp(x, vec4f(-40.0), vec4f(40.0)))); }

struct Window { row: u32, item: u32, length: u32, target0: u32, targets: u32 }
fn windowOf(i: u32) -> Window {
  let at = step.windowsAt + i * 8u;
  return Window(plan[at], plan[at + 1u], plan[at + 3u], plan[at + 4u], plan[at + 5u]);
}
fn projected(w: Window, t: u32) -> u32 { return step.projectedAt + plan[step.tokensAt + w.item + t] * GQ; }

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
#for j < ROWS
  let length${j} = windowOf(group.x * ROWS + ${j}u).length;
#end
  var longest = 0u;
#for j < ROWS
  longest = max(longest, length${j});
#end
#if IN_REGISTERS
  let column = thread % GQ;
  let part = min(thread / GQ, PARTS - 1u) * DEPTH;
  let busy = thread < GQ * PARTS;
#for q < DEPTH
#for i < 4
  let w${q}_${i} = weights[TRANSPOSED + ((part + ${q}u) * 4u + ${i}u) * GQ + column];
#end
#end
#end
  let unit = thread % HQ;
  let row = thread / HQ;
  let mine = row < ROWS;
  var window = Window();
  if (mine) { window = windowOf(group.x * ROWS + row); }
  var goal = window.target0;
  let goalEnd = window.target0 + window.targets;
  var position = 0xffffffffu;
  if (goal < goalEnd) { position = plan[step.targetsAt + goal * 4u + 2u]; }
  let biasN = weights[BIAS_HH + 2u * HQ + unit];
  var h = vec4f();
  for (var t = 0u; t < longest; t++) {
    let live = mine && t < window.length;
    // asked for before the products, used after them
    var r = vec4f();
    var z = vec4f();
    var n = vec4f();
    if (live) {
      let p = projected(window, t) + unit;
      r = activations[p];
      z = activations[p + HQ];
      n = activations[p + 2u * HQ];
    }
    if (t > 0u) {
#if IN_REGISTERS
#for j < ROWS
      if (busy && t < length${j}) {
        var sum = vec4f();
#for q < DEPTH
        {
          let x = state[${j}u * HQ + part + ${q}u];
#for i < 4
          sum = fma(w${q}_${i}, vec4f(x[${i}]), sum);
#end
        }
#end
        products[${j}u * PARTS * GQ + thread] = sum;
      }
#end
#else
      for (var column = thread; column < GQ; column += SIZE) {
#for j < ROWS
        if (t < length${j}) {
          var sum = vec4f();
          for (var q = 0u; q < HQ; q++) {
            let x = state[${j}u * HQ + q];
            let w = TRANSPOSED + q * 4u * GQ + column;
#for i < 4
            sum = fma(weights[w + ${i}u * GQ], vec4f(x[${i}]), sum);
#end
          }
          products[${j}u * GQ + column] = sum;
        }
#end
      }
#end
    }
    workgroupBarrier();
    if (live) {
      var hr = vec4f();
      var hz = vec4f();
      var hn = biasN;
      if (t > 0u) {
        let p = row * PARTS * GQ + unit;
#for k < PARTS
        hr += products[p + ${k}u * GQ];
        hz += products[p + ${k}u * GQ + HQ];
        hn += products[p + ${k}u * GQ + 2u * HQ];
#end
      }
      r = sigmoid(r + hr);
      z = sigmoid(z + hz);
      n = tangent(fma(r, hn, n));
      let record = step.recordsAt + (window.row + t) * 5u * HQ + unit;
      activations[record] = r;
      activations[record + HQ] = z;
      activations[record + 2u * HQ] = n;
      activations[record + 3u * HQ] = hn;
      activations[record + 4u * HQ] = h;
      h = fma(z, h - n, n);
      state[thread] = h;
      while (t == position) { // several targets may be at one position
        activations[step.hiddenAt + goal * HQ + unit] = h;
        goal++;
        position = 0xffffffffu;
        if (goal < goalEnd) { position = plan[step.targetsAt + goal * 4u + 2u]; }
      }
    }
    workgroupBarrier();
  }
}
