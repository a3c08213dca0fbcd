// What both passes of SASRec share: where a window's rows are, and products of four rows with four columns of a weight matrix. One
// workgroup works on one window. In a full block the queries are all its rows; in the last block only the rows that the head reads,
// which have records of their own ("target records"), while keys and values still come from every row.
const HQ = HIDDEN / 4u;
const FQ = INNER / 4u;
const HEAD_QUADS = HQ / HEADS;
const EMBEDDING_SITE = 0u;

// a block's record of a row: input, then queries, keys, values, then their gradients, then what only queries have
const INPUT = 0u;
const QKV = HQ;
const DQKV = 4u * HQ;
const QUERY = 7u * HQ;
// a query's fields
const ATTENDED = 0u;
const NORMED1 = HQ;
const X1 = 2u * HQ;
const NORMED2 = 3u * HQ;
const D_PROJECTED = 4u * HQ;
const D_OUTER = 5u * HQ;
const D_ATTENDED = 6u * HQ;
const RELU = 7u * HQ;
const D_RELU = 7u * HQ + FQ;
const STATISTICS = 7u * HQ + 2u * FQ; // reciprocal deviations; then a quad a head: log of the sum, attention's share of the gradient
const QUERY_QUADS = STATISTICS + 1u + HEADS;
// a target record goes on with
const TARGET_Q = QUERY_QUADS;
const TARGET_DQ = QUERY_QUADS + HQ;
const NORMED3 = QUERY_QUADS + 2u * HQ;
const TARGET_DX = QUERY_QUADS + 3u * HQ;
const TARGET_QUADS = QUERY_QUADS + 4u * HQ;
const BLOCK_QUADS = QUERY + QUERY_QUADS;
// a row's record: the full blocks', the last block's without queries, the gradient that travels down
const TOKEN_DX = (BLOCKS - 1u) * BLOCK_QUADS + QUERY;
const TOKEN_QUADS = TOKEN_DX + HQ;

struct Window { row: u32, item: u32, real: u32, span: u32, target0: u32, targets: u32, place: u32 }
var<private> window: Window;
var<private> block: u32;
var<private> last: bool;

fn openWindow(i: u32) {
  let at = step.windowsAt + i * 8u;
  window = Window(plan[at], plan[at + 1u], plan[at + 2u], plan[at + 3u], plan[at + 4u], plan[at + 5u], plan[at + 6u]);
}
fn openBlock(b: u32) {
  block = b;
  last = b + 1u == BLOCKS;
}

// between writing and reading activations; it also holds back writes to workgroup storage until all have read
fn sync() { storageBarrier(); }

// the record of row t in this block
fn token(t: u32) -> u32 { return step.recordsAt + (window.row + t) * TOKEN_QUADS + block * BLOCK_QUADS; }
fn tokenGradient(t: u32) -> u32 { return step.recordsAt + (window.row + t) * TOKEN_QUADS + TOKEN_DX; }
fn queries() -> u32 { return select(window.span, window.targets, last); }
fn position(i: u32) -> u32 {
  if (last) { return plan[step.targetsAt + (window.target0 + i) * 4u + 2u]; }
  return i;
}
fn targetRecord(i: u32) -> u32 { return step.targetRecordsAt + (window.target0 + i) * TARGET_QUADS; }
fn query(i: u32) -> u32 {
  if (last) { return targetRecord(i); }
  return token(i) + QUERY;
}
fn queryVector(i: u32) -> u32 {
  if (last) { return targetRecord(i) + TARGET_Q; }
  return token(i) + QKV;
}
fn queryVectorGradient(i: u32) -> u32 {
  if (last) { return targetRecord(i) + TARGET_DQ; }
  return token(i) + DQKV;
}
fn queryGradient(i: u32) -> u32 {
  if (last) { return targetRecord(i) + TARGET_DX; }
  return tokenGradient(i);
}
fn parameter(at: u32) -> u32 { return at + block * BLOCK_PARAMETERS; }
fn transposed(at: u32) -> u32 { return at + block * BLOCK_COPIES; }
fn site(part: u32) -> u32 { return 4u * block + part; }
// index of the mask of a row's quad j, in vectors of `quads` quads
fn maskIndex(t: u32, quads: u32, j: u32) -> u32 { return ((window.place * MAX_LENGTH + t) * quads + j) * 4u; }

// whose row i is meant
const TOKEN = 0u;
const TOKEN_ASKED = 1u; // the row that query i is
const QUERY_ROW = 2u;
const QUERY_GRADIENT = 3u;
const GRADIENT = 4u;
const NONE = 5u;

fn address(kind: u32, i: u32) -> u32 {
  switch kind {
    case TOKEN: { return token(i); }
    case TOKEN_ASKED: { return token(position(i)); }
    case QUERY_ROW: { return query(i); }
    case QUERY_GRADIENT: { return queryGradient(i); }
    default: { return tokenGradient(i); }
  }
}

// y = mask·f(x·W + b) + residual for `count` rows; places in quads. All linear layers of a pass are one loop over such descriptions,
// since every call is code of its own in the end.
struct Linear {
  count: u32,
  x: u32, // kind of row, and the place in it
  xAt: u32,
  quads: u32,
  w: u32,
  stride: u32,
  columns: u32,
  bias: u32, // place in the weights, or NO_BIAS
  y: u32,
  yAt: u32,
  relu: bool,
  site: u32, // of the dropout mask, or NO_MASK
  gate: u32, // place in the query's record: where it is positive the gradient passes, or NO_GATE
  residual: u32,
  residualAt: u32,
  add: bool, // to what is there
}
const NO_BIAS = 0xffffffffu;
const NO_MASK = 0xffffffffu;
const NO_GATE = 0xffffffffu;

fn linear(l: Linear, thread: u32) {
  for (var item = thread; item < (l.count + 3u) / 4u * l.columns; item += SIZE) {
    let g = item / l.columns;
    let n = item % l.columns;
#for r < 4
    let x${r} = address(l.x, min(4u * g + ${r}u, l.count - 1u)) + l.xAt;
#end
    var start = vec4f();
    if (l.bias != NO_BIAS) { start = weights[l.bias + n]; }
#for r < 4
    var y${r} = start;
#end
    for (var q = 0u; q < l.quads; q++) {
      let at = l.w + 4u * q * l.stride + n;
#for i < 4
      let w${i} = weights[at + ${i}u * l.stride];
#end
#for r < 4
      {
        let x = activations[x${r} + q];
#for i < 4
        y${r} = fma(vec4f(x[${i}]), w${i}, y${r});
#end
      }
#end
    }
    for (var r = 0u; r < min(4u, l.count - 4u * g); r++) {
      let i = 4u * g + r;
      var y = select(select(y0, y1, r == 1u), select(y2, y3, r == 3u), r >= 2u);
      if (l.relu) { y = max(y, vec4f()); }
      if (l.gate != NO_GATE) { y = select(vec4f(), y * step.keep, activations[query(i) + l.gate + n] > vec4f()); }
      if (l.site != NO_MASK) { y *= dropFour(l.site, maskIndex(position(i), l.columns, n)); }
      if (l.residual != NONE) { y += activations[address(l.residual, i) + l.residualAt + n]; }
      let at = address(l.y, i) + l.yAt + n;
      if (l.add) { y += activations[at]; }
      activations[at] = y;
    }
  }
}

// query i of group g of four, the last one repeated beyond the end
fn rowOf(g: u32, i: u32, count: u32) -> u32 { return min(4u * g + i, count - 1u); }

// the dropout factor of a share of attention: query i of this block, key k
fn attentionMask(head: u32, i: u32, k: u32) -> f32 {
  return dropOne(site(1u), ((window.place * HEADS + head) * MAX_LENGTH + position(i)) * MAX_LENGTH + k);
}
