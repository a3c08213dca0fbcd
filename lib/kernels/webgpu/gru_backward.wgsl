// All time steps of the GRU backwards, as `gru_forward.wgsl` goes forwards: the products W_hhᵀ·(dr, dz, dhn) by (four units, part of the
// gates), then the gates' gradients by (window, four units), written over the record of the token.
const HQ = HIDDEN / 4u;
const GQ = 3u * HQ;
var<workgroup> gates: array<vec4f, STATE>;
var<workgroup> products: array<vec4f, PRODUCTS>;

struct Window { row: u32, length: u32, target0: u32, targets: u32 }
fn windowOf(i: u32) -> Window {
  let at = step.windowsAt + i * 8u;
  return Window(plan[at], plan[at + 3u], plan[at + 4u], plan[at + 5u]);
}

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
#for j < ROWS
  let length${j} = windowOf(group.x * ROWS + ${j}u).length;
#end
  var longest = 0u;
#for j < ROWS
  longest = max(longest, length${j});
#end
  let unit = thread % HQ;
  let row = thread / HQ;
  let mine = row < ROWS;
#if IN_REGISTERS
  let part = min(row, PARTS - 1u) * DEPTH;
  let busy = row < PARTS;
#for q < DEPTH
#for i < 4
  let w${q}_${i} = weights[WEIGHT_HH + ((part + ${q}u) * 4u + ${i}u) * HQ + unit];
#end
#end
#end
  var window = Window();
  if (mine) { window = windowOf(group.x * ROWS + row); }
  var goal = window.target0 + window.targets;
  var position = 0xffffffffu;
  if (goal > window.target0) { position = plan[step.targetsAt + goal * 4u - 2u]; }
  var dh = vec4f();
  for (var t1 = longest; t1 > 0u; t1--) {
    let t = t1 - 1u;
    let live = mine && t < window.length;
    let record = step.recordsAt + (window.row + t) * 5u * HQ + unit;
    var r = vec4f();
    var z = vec4f();
    var n = vec4f();
    var hn = vec4f();
    var h = vec4f();
    if (live) {
      r = activations[record];
      z = activations[record + HQ];
      n = activations[record + 2u * HQ];
      hn = activations[record + 3u * HQ];
      h = activations[record + 4u * HQ];
    }
#if IN_REGISTERS
#for j < ROWS
    if (busy && t1 < length${j}) {
      var sum = vec4f();
#for q < DEPTH
      {
        let x = gates[${j}u * GQ + part + ${q}u];
#for i < 4
        sum = fma(w${q}_${i}, vec4f(x[${i}]), sum);
#end
      }
#end
      products[${j}u * PARTS * HQ + thread] = sum;
    }
#end
#else
    for (var column = thread; column < HQ; column += SIZE) {
#for j < ROWS
      if (t1 < length${j}) {
        var sum = vec4f();
        for (var q = 0u; q < GQ; q++) {
          let x = gates[${j}u * GQ + q];
          let w = WEIGHT_HH + q * 4u * HQ + column;
#for i < 4
          sum = fma(weights[w + ${i}u * HQ], vec4f(x[${i}]), sum);
#end
        }
        products[${j}u * HQ + column] = sum;
      }
#end
    }
#end
    workgroupBarrier();
    if (live) {
      if (t1 < window.length) {
        let p = row * PARTS * HQ + unit;
#for k < PARTS
        dh += products[p + ${k}u * HQ];
#end
      }
      while (t == position) {
        goal--;
        dh += activations[step.hiddenGradientAt + goal * HQ + unit];
        position = 0xffffffffu;
        if (goal > window.target0) { position = plan[step.targetsAt + goal * 4u - 2u]; }
      }
      let dn = dh * (1.0 - z) * (1.0 - n * n);
      let dz = dh * (h - n) * z * (1.0 - z);
      let dr = dn * hn * r * (1.0 - r);
      let dhn = dn * r;
      activations[record] = dr;
      activations[record + HQ] = dz;
      activations[record + 2u * HQ] = dn;
      activations[record + 3u * HQ] = dhn;
      let g = row * GQ + unit;
      gates[g] = dr;
      gates[g + HQ] = dz;
      gates[g + 2u * HQ] = dhn;
      dh = dh * z;
    }
    workgroupBarrier();
  }
}
