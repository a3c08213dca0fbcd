// The whole head of four targets a workgroup, for catalogues whose logits fit its storage: logits,
// the loss (`#use loss`, which turns the logits in `row` into their gradients), and the hidden
// states' gradients. A vec4f is one number of each of the four targets; places are in floats here.
//
//   weights      the output layer [items × HIDDEN] at WEIGHT, its transposed copy [HIDDEN × STRIDE]
//                at TRANSPOSED, with BIASED the bias [items] at BIAS
//   activations  hidden [targets × HIDDEN] → gradients of the logits [targets × STRIDE] and of the
//                hidden states [targets × HIDDEN]
var<workgroup> hidden: array<vec4f, HIDDEN>;
var<workgroup> row: array<vec4f, STRIDE>; // logits, then their gradients

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let target0 = group.x * 4u;
  for (var k = thread; k < HIDDEN; k += SIZE) {
    let at = step.hiddenAt * 4u + target0 * HIDDEN + k;
    hidden[k] = vec4f(
      activations[at],
      activations[at + HIDDEN],
      activations[at + 2u * HIDDEN],
      activations[at + 3u * HIDDEN],
    );
  }
  workgroupBarrier(); // every logit needs all of the hidden states

  var maximum = vec4f(-3.0e38);
  for (var v = thread; v < ITEMS; v += SIZE) {
#if BIASED
    var sum = vec4f(weights[BIAS + v]);
#else
    var sum = vec4f();
#end
    for (var k = 0u; k < HIDDEN; k += UNROLL) {
      let w = TRANSPOSED + k * STRIDE + v;
#for i < UNROLL
      let w${i} = weights[w + ${i}u * STRIDE];
#end
#for i < UNROLL
      sum = fma(vec4f(w${i}), hidden[k + ${i}u], sum);
#end
    }
    row[v] = sum;
    maximum = max(maximum, sum);
  }
#for i < 4
  let label${i} = targetOf(target0 + ${i}u).label;
#end
#use loss
  workgroupBarrier(); // every hidden unit needs the gradients of all logits

  // the hidden states' gradient: PARTS threads share a unit where there are threads enough
  for (var k0 = 0u; k0 < HIDDEN; k0 += UNITS) {
    let k = k0 + thread % UNITS;
    let part = thread / UNITS;
    var dh = vec4f();
    if (part < PARTS && k < HIDDEN) {
      var v = part;
      for (; v + 7u * PARTS < ITEMS; v += 8u * PARTS) {
#for i < 8
        let w${i} = weights[WEIGHT + (v + ${i}u * PARTS) * HIDDEN + k];
#end
#for i < 8
        dh = fma(vec4f(w${i}), row[v + ${i}u * PARTS], dh);
#end
      }
      for (; v < ITEMS; v += PARTS) {
        dh = fma(vec4f(weights[WEIGHT + v * HIDDEN + k]), row[v], dh);
      }
    }
    reduced[thread] = dh;
    workgroupBarrier(); // the first part adds up the others'
    if (part == 0u && k < HIDDEN) {
      for (var p = 1u; p < PARTS; p++) { dh += reduced[p * UNITS + thread]; }
      let at = step.hiddenGradientAt * 4u + target0 * HIDDEN + k;
#for i < 4
      activations[at + ${i}u * HIDDEN] = dh[${i}];
#end
    }
    workgroupBarrier(); // it has read them before the next units' sums are written
  }
}
