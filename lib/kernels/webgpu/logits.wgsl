// Logits of a shard of the catalogue: [targets × items of the shard], a row `shard.stride` long.
fn rowsA() -> u32 { return step.targets; }
fn rowsB() -> u32 { return shard.items; }
fn loadA(m: u32, k: u32) -> vec4f { return activations[step.hiddenAt + m * KQ + k]; }
fn loadB(n: u32, k: u32) -> vec4f { return weights[shard.rowsAt + n * KQ + k]; }
fn store(m: u32, n: u32, values: vec4f) { logits[(m * shard.stride + n) / 4u] = values + weights[shard.biasAt + n / 4u]; }
