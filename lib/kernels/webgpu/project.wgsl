// The GRU's input projection of every distinct item of the batch by gemm_nt.wgsl: items [distinct ×
// INNER_QUADS] times W_ih [gates × INNER_QUADS], plus b_ih (and b_hh for the gates r and z, which
// add it up front; n's is inside its reset gate), to rows of GATE_QUADS. With OWN_INPUTS of every
// token, from what gru_inputs.wgsl left.
#if OWN_INPUTS
fn rowsA() -> u32 { return step.tokens; }
#else
fn rowsA() -> u32 { return step.distinct; }
#end
fn rowsB() -> u32 { return 4u * GATE_QUADS; }

fn loadA(m: u32, k: u32) -> vec4f {
#if OWN_INPUTS
  return activations[step.inputsAt + m * INNER_QUADS + k];
#else
#if SHARDED
  return activations[step.embeddedAt + m * INNER_QUADS + k];
#else
  return weights[EMBEDDING + plan[step.distinctAt + m] * INNER_QUADS + k];
#end
#end
}

fn loadB(n: u32, k: u32) -> vec4f { return weights[WEIGHT_IH + n * INNER_QUADS + k]; }

fn storeQuad(m: u32, n: u32, values: vec4f) {
  let gate = n / 4u;
  var x = values + weights[BIAS_IH + gate];
  if (gate < GATE_N) { x += weights[BIAS_HH + gate]; }
  activations[step.projectedAt + m * GATE_QUADS + gate] = x;
}
