// The linear layers of both passes. All of a pass are one loop over descriptions (`Layer`), since
// every call is code of its own in the end.

// the layers in the forward pass's order; TARGET_QUERIES is there only in the last block
const TARGET_QUERIES = 0u; // what the head's rows ask
const QUERIES_KEYS_VALUES = 1u; // in the last block keys and values only
const PROJECTION = 2u;
const INNER = 3u;
const OUTER = 4u;
const LAYERS = 5u;

// Rows of activations: which, and the quad in each where a vector begins.
struct Rows { kind: u32, at: u32 }
const NO_ROWS = 0u;
const ROW = 1u; // the record of row i
const ROW_OF_QUERY = 2u; // the record of the row that query i is
const QUERY = 3u; // the record of query i, in the last block inside a target's
const ROW_GRADIENT = 4u;
const QUERY_GRADIENT = 5u;

fn addressOf(block: Block, rows: Rows, i: u32) -> u32 {
  switch rows.kind {
    case ROW: { return rowRecord(block, i) + rows.at; }
    case ROW_OF_QUERY: { return rowRecord(block, queryPosition(block, i)) + rows.at; }
    case QUERY: { return queryRecord(block, i) + rows.at; }
    case QUERY_GRADIENT: { return queryGradient(block, i) + rows.at; }
    default: { return rowGradient(block, i) + rows.at; }
  }
}

// output = mask·f(input·W + bias) + residual for `count` rows
struct Layer {
  count: u32,
  input: Rows,
  inputQuads: u32,
  weight: u32, // W [4·inputQuads × columns], and the quads from row to row
  stride: u32,
  columns: u32, // quads
  bias: u32, // or NO_BIAS
  output: Rows,
  add: bool, // to what is there
  relu: bool,
  site: u32, // of the dropout mask, or NO_MASK
  gate: u32, // place in the query's record: the gradient passes where it is positive; or NO_GATE
  residual: Rows,
}
const NO_BIAS = 0xffffffffu;
const NO_MASK = 0xffffffffu;
const NO_GATE = 0xffffffffu;

// a layer without bias, mask, gate and residual
fn plainLayer(count: u32) -> Layer {
  var layer = Layer();
  layer.count = count;
  layer.bias = NO_BIAS;
  layer.site = NO_MASK;
  layer.gate = NO_GATE;
  return layer;
}

// Four rows × four columns at a time, a thread's or, where there are few such tiles, shared by
// several threads, each with a part of the input's quads.
fn linear(block: Block, layer: Layer, thread: u32) {
  let tiles = (layer.count + 3u) / 4u * layer.columns;
  let parts = partsOf(tiles, layer.inputQuads / LEAST_QUADS);
  let atOnce = SIZE / parts;
  for (var first = 0u; first < tiles; first += atOnce) {
    let tile = first + thread % atOnce;
    let part = thread / atOnce;
    let g = tile / layer.columns;
    let n = tile % layer.columns;
#for r < 4
    var y${r} = vec4f();
#end
    if (tile < tiles && part < parts) {
#for r < 4
      let x${r} = addressOf(block, layer.input, queryOf(g, ${r}u, layer.count));
#end
      for (var q = part * UNROLL; q < layer.inputQuads; q += parts * UNROLL) {
        let at = layer.weight + 4u * q * layer.stride + n;
#for u < UNROLL
#for i < 4
        let w${u}_${i} = weights[at + (4u * ${u}u + ${i}u) * layer.stride];
#end
#for r < 4
        let x${u}_${r} = activations[x${r} + q + ${u}u];
#end
#end
#for u < UNROLL
#for r < 4
#for i < 4
        y${r} = fma(vec4f(x${u}_${r}[${i}]), w${u}_${i}, y${r});
#end
#end
#end
      }
    }
    if (parts == 1u) {
      for (var r = 0u; r < 4u; r++) {
        let y = select(select(y0, y1, r == 1u), select(y2, y3, r == 3u), r >= 2u);
        if (tile < tiles) { finish(block, layer, 4u * g + r, n, y); }
      }
    } else {
#for r < 4
      scratch[${r}u * SIZE + thread] = y${r};
#end
      workgroupBarrier(); // the parts are all there before they are added up
      for (var whole = thread; whole < 4u * tiles; whole += SIZE) {
        let i = whole % tiles;
        let r = whole / tiles;
        let y = sumOfParts(r * SIZE + i, parts, atOnce);
        finish(block, layer, 4u * (i / layer.columns) + r, i % layer.columns, y);
      }
    }
  }
}

// quad n of row i of a layer's output, from the product
fn finish(block: Block, layer: Layer, i: u32, n: u32, product: vec4f) {
  if (i >= layer.count) { return; }
  var y = product;
  if (layer.bias != NO_BIAS) { y += weights[layer.bias + n]; }
  if (layer.relu) { y = max(y, vec4f()); }
  if (layer.gate != NO_GATE) {
    let open = activations[queryRecord(block, i) + layer.gate + n] > vec4f();
    y = select(vec4f(), y * step.keep, open);
  }
  if (layer.site != NO_MASK) {
    y *= dropFour(layer.site, maskIndex(block, queryPosition(block, i), layer.columns, n));
  }
  if (layer.residual.kind != NO_ROWS) {
    y += activations[addressOf(block, layer.residual, i) + n];
  }
  let at = addressOf(block, layer.output, i) + n;
  if (layer.add) { y += activations[at]; }
  activations[at] = y;
}
