// The gradients of what the GRU read of every token, by gemm_nt.wgsl: those of the gates [tokens ×
// INNER_QUADS], which gru_backward.wgsl left in the records, times the transposed copy of W_ih
// [WIDTH_QUADS·4 × INNER_QUADS], under the token's mask, to rows of WIDTH_QUADS.
fn rowsA() -> u32 { return step.tokens; }
fn rowsB() -> u32 { return 4u * WIDTH_QUADS; }

fn loadA(m: u32, k: u32) -> vec4f {
  return activations[step.recordsAt + m * RECORD_QUADS + RECORD_R + k];
}

fn loadB(n: u32, k: u32) -> vec4f { return weights[WEIGHT_IH_TRANSPOSED + n * INNER_QUADS + k]; }

fn storeQuad(m: u32, n: u32, values: vec4f) {
  let at = m * WIDTH_QUADS + n / 4u;
  activations[step.inputGradientsAt + at] = values * activations[step.inputMasksAt + at];
}
