// torch.optim.Adam on the learnt rates, a thread a tensor. A rate may become negative, as in the
// original (Li et al. 2017).
//
//   rates  gradients at RATE_SUMS, first moments at RATE_FIRST, second ones at RATE_SECOND → the
//          list at RATE_LEARNT
@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) tensor: u32) {
  if (tensor < TENSORS) {
    let g = rates[RATE_SUMS + tensor];
    let first = RATE_FIRST + tensor;
    let second = RATE_SECOND + tensor;
    let m = rates[first] + step.oneMinusBeta1 * (g - rates[first]);
    let v = step.beta2 * rates[second] + step.oneMinusBeta2 * g * g;
    rates[first] = m;
    rates[second] = v;
    let change = step.stepSize * m / (sqrt(v) * step.rootCorrection + step.epsilon);
    rates[RATE_LEARNT + tensor] -= change;
  }
}
