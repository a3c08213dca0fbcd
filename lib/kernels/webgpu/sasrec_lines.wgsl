// Attention by lines: a *line* is a head of a group of four queries. A vec4f of a line is one key's
// for the four queries, and lies in `scratch`, [keys × LINES].

// lines that are worked on at once, group by group, from a head and a group on
struct Lines { head0: u32, g0: u32, count: u32, keys: u32 }

// of a line: its head, and the first of its queries
fn headOf(lines: Lines, line: u32) -> u32 { return lines.head0 + line % HEADS_AT_ONCE; }
fn groupOf(lines: Lines, line: u32) -> u32 { return lines.g0 + line / HEADS_AT_ONCE; }

// Σ_k w·x of every line, with w in scratch from `weightsAt` on and x the rows' vectors at `rowsAt`
// in their records, to `lineVector` of the queries. Several threads share a quad where there are
// few.
fn weightedRows(block: Block, lines: Lines, weightsAt: u32, rowsAt: u32, thread: u32) {
  let sums = lines.count * HEAD_QUADS;
  let parts = partsOf(sums, lines.keys / LEAST_KEYS);
  let atOnce = SIZE / parts;
  for (var first = 0u; first < sums; first += atOnce) {
    let i = first + thread % atOnce;
    let part = thread / atOnce;
    let line = i / HEAD_QUADS;
    let own = rowsAt + headOf(lines, line) * HEAD_QUADS + i % HEAD_QUADS;
#for r < 4
    var y${r} = vec4f();
#end
    if (i < sums && part < parts) {
      for (var k = part; k < lines.keys; k += parts) {
        let w = scratch[weightsAt + k * LINES + line];
        let x = activations[rowRecord(block, k) + own];
#for r < 4
        y${r} = fma(vec4f(w[${r}]), x, y${r});
#end
      }
    }
    if (parts == 1u) {
#for r < 4
      storeSum(block, lines, i, ${r}u, y${r});
#end
    } else {
      workgroupBarrier(); // all have read the weights: the parts of the sums take their place
#for r < 4
      scratch[${r}u * SIZE + thread] = y${r};
#end
      workgroupBarrier(); // the parts are all there before they are added up
      for (var whole = thread; whole < 4u * sums; whole += SIZE) {
        let r = whole / sums;
        let y = sumOfParts(r * SIZE + whole % sums, parts, atOnce);
        storeSum(block, lines, whole % sums, r, y);
      }
    }
  }
}

// sum i of the lines, of query r of its group, where there are such
fn storeSum(block: Block, lines: Lines, i: u32, r: u32, y: vec4f) {
  let line = i / HEAD_QUADS;
  let q = 4u * groupOf(lines, line) + r;
  if (line < lines.count && q < queryCount(block)) {
    activations[lineVector(block, q) + headOf(lines, line) * HEAD_QUADS + i % HEAD_QUADS] = y;
  }
}
