// Logits of a shard of the catalogue by gemm_nt.wgsl: hidden [targets × INNER_QUADS] times the
// output layer [shard.items × INNER_QUADS], with BIASED plus the bias, to rows of shard.stride
// floats.
fn rowsA() -> u32 { return step.targets; }
fn rowsB() -> u32 { return shard.items; }
fn loadA(m: u32, k: u32) -> vec4f { return activations[step.hiddenAt + m * INNER_QUADS + k]; }
fn loadB(n: u32, k: u32) -> vec4f { return weights[shard.rowsAt + n * INNER_QUADS + k]; }
fn storeQuad(m: u32, n: u32, values: vec4f) {
#if BIASED
  logits[(m * shard.stride + n) / 4u] = values + weights[shard.biasAt + n / 4u];
#else
  logits[(m * shard.stride + n) / 4u] = values;
#end
}
