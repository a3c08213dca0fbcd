// What both passes of SASRec share: whose rows a workgroup works on, and where in the activations
// and the weights it finds what. A workgroup has one window, for all blocks.
//
// A *row* is a position of the window. A *query* is a row that attends: in a full block every row,
// in the last block only the rows that the head reads, the window's targets. Those have records of
// their own ("target records"), while keys and values still come from every row. The places in the
// records (BLOCK_…, QUERY_…, TARGET_…, TOKEN_…) are those of sasrec_records.ts, in quads.

// The block that the workgroup is in. Functions are given it, rather than finding it in a
// `var<private>`: the standard takes private variables for different in every thread, and forbids
// barriers in control flow that depends on them.
struct Block { window: Window, number: u32, last: bool }

fn blockOf(window: Window, number: u32) -> Block {
  return Block(window, number, number + 1u == BLOCKS);
}

// Workgroup storage, for one thing after another: the attention's lines, parts of sums.
var<workgroup> scratch: array<vec4f, SCRATCH>;

// How many threads share each of so many sums: all that there are, but not more than `most`, each
// with terms enough to be worth it, and not more than cost less in adding up than they save.
fn partsOf(sums: u32, most: u32) -> u32 {
  return clamp(SIZE / max(sums, 1u), 1u, clamp(most, 1u, MOST_PARTS));
}
// the sum of the parts in scratch from `at` on, `distance` apart, in their order
fn sumOfParts(at: u32, parts: u32, distance: u32) -> vec4f {
  var sum = scratch[at];
  for (var part = 1u; part < parts; part++) { sum += scratch[at + part * distance]; }
  return sum;
}

// the norms: after the attention, after the feed-forward network, of what the head reads
const NORM1 = 0u;
const NORM2 = 1u;
const NORM3 = 2u;

// The sum of all elements of the quads that a row's NORM_LANES threads have left in scratch.
// Threads that are left over without a row read the last one's.
fn sumOfLanes(place: u32, first: u32) -> f32 {
  let at = first + min(place, NORM_ROWS - 1u) * NORM_LANES;
  var sum = vec4f();
#for l < NORM_LANES
  sum += scratch[at + ${l}u];
#end
  return dot(sum, vec4f(1.0));
}

// Makes what threads have written to the activations visible to the others. As a barrier it also
// holds back writes to workgroup storage until all have read it.
fn sync() { storageBarrier(); }

// In all of these t counts the window's rows, i its queries, j the quads of a vector; what they
// return are places in quads.

// the record of row t in this block
fn rowRecord(block: Block, t: u32) -> u32 {
  return step.recordsAt + (block.window.firstRow + t) * TOKEN_QUADS + block.number * BLOCK_QUADS;
}
// the gradient of row t that travels down, the same place in all blocks
fn rowGradient(block: Block, t: u32) -> u32 {
  return step.recordsAt + (block.window.firstRow + t) * TOKEN_QUADS + TOKEN_GRADIENT;
}
fn targetRecord(block: Block, i: u32) -> u32 {
  return step.targetRecordsAt + (block.window.firstTarget + i) * TARGET_QUADS;
}
// what the head reads of target i, and its gradient
fn hiddenState(block: Block, i: u32) -> u32 {
  return step.hiddenAt + (block.window.firstTarget + i) * HIDDEN_QUADS;
}
fn hiddenGradient(block: Block, i: u32) -> u32 {
  return step.hiddenGradientAt + (block.window.firstTarget + i) * HIDDEN_QUADS;
}

fn queryCount(block: Block) -> u32 {
  return select(block.window.rows, block.window.targets, block.last);
}
// the row that query i is
fn queryPosition(block: Block, i: u32) -> u32 {
  if (block.last) { return targetOf(block.window.firstTarget + i).position; }
  return i;
}
fn queryRecord(block: Block, i: u32) -> u32 {
  if (block.last) { return targetRecord(block, i) + TARGET_QUERY; }
  return rowRecord(block, i) + BLOCK_QUERY;
}
fn queryVector(block: Block, i: u32) -> u32 {
  if (block.last) { return targetRecord(block, i) + TARGET_VECTOR; }
  return rowRecord(block, i) + BLOCK_QUERIES;
}
fn queryVectorGradient(block: Block, i: u32) -> u32 {
  if (block.last) { return targetRecord(block, i) + TARGET_D_VECTOR; }
  return rowRecord(block, i) + BLOCK_D_QUERIES;
}
// the gradient of query i's output of this block, which travels down
fn queryGradient(block: Block, i: u32) -> u32 {
  if (block.last) { return targetRecord(block, i) + TARGET_OUTPUT; }
  return rowGradient(block, i);
}

// a parameter, or a transposed copy, of this block from that of the first one
fn parameter(block: Block, first: u32) -> u32 { return first + block.number * BLOCK_PARAMETERS; }
fn transposed(block: Block, first: u32) -> u32 { return first + block.number * BLOCK_COPIES; }

// a dropout site of this block from that of the first one
fn siteOf(block: Block, first: u32) -> u32 { return first + block.number * BLOCK_SITES; }
// the index of the mask of quad j of row t, in vectors of `quads` quads
fn maskIndex(block: Block, t: u32, quads: u32, j: u32) -> u32 {
  return ((block.window.place * MAX_LENGTH + t) * quads + j) * 4u;
}
// the dropout factor of a share of attention: query i, key k
fn attentionMask(block: Block, head: u32, i: u32, k: u32) -> f32 {
  let line = (block.window.place * HEADS + head) * MAX_LENGTH + queryPosition(block, i);
  return dropOne(siteOf(block, ATTENTION_SITE), line * MAX_LENGTH + k);
}

// query r of group g of four, the last one repeated beyond the end
fn queryOf(g: u32, r: u32, count: u32) -> u32 { return min(4u * g + r, count - 1u); }
