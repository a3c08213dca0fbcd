// The GRU's input projection of every distinct item of the batch: P[u] = W_ih·E[u] + b_ih (+ b_hh for the gates r and z).
fn rowsA() -> u32 { return step.distinct; }
fn rowsB() -> u32 { return 3u * HIDDEN; }

fn loadA(m: u32, k: u32) -> vec4f {
#if SHARDED
  return activations[step.embeddedAt + m * KQ + k];
#else
  return weights[EMBEDDING + plan[step.distinctAt + m] * KQ + k];
#end
}

fn loadB(n: u32, k: u32) -> vec4f { return weights[WEIGHT_IH + n * KQ + k]; }

fn store(m: u32, n: u32, values: vec4f) {
  var x = values + weights[BIAS_IH + n / 4u];
  if (n < 2u * HIDDEN) { x += weights[BIAS_HH + n / 4u]; }
  activations[step.projectedAt + m * (3u * HIDDEN / 4u) + n / 4u] = x;
}
