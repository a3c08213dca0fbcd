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

fn sync() {
  storageBarrier();
  workgroupBarrier();
}

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

struct Tile { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f }

// four rows (quad addresses) × one quad of columns at `w` of a matrix whose rows are `stride` quads, plus `start`
fn product(rows: vec4u, quads: u32, w: u32, stride: u32, start: vec4f) -> Tile {
  var t = Tile(start, start, start, start);
  for (var q = 0u; q < quads; q++) {
    let at = w + 4u * q * stride;
#for i < 4
    let w${i} = weights[at + ${i}u * stride];
#end
#for r < 4
    {
      let x = activations[rows[${r}] + q];
#for i < 4
      t.r${r} = fma(vec4f(x[${i}]), w${i}, t.r${r});
#end
    }
#end
  }
  return t;
}

// the rows of group g of four, the last one repeated beyond the end
fn rowOf(g: u32, i: u32, count: u32) -> u32 { return min(4u * g + i, count - 1u); }
// the dropout factor of a share of attention: query i of this block, key k
fn attentionMask(head: u32, i: u32, k: u32) -> f32 {
  return dropOne(site(1u), ((window.place * HEADS + head) * MAX_LENGTH + position(i)) * MAX_LENGTH + k);
}
