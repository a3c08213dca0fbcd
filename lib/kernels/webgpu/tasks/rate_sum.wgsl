// The learnt rates' gradients: a sum over the tasks in memory, in their order, a thread a tensor.
//
//   tasks  each task's, in scalars from RATE_GRADIENTS on
//   rates  → the list at RATE_SUMS
@compute @workgroup_size(SIZE)
fn main(@builtin(local_invocation_index) tensor: u32) {
  if (tensor < TENSORS) {
    var sum = 0.0;
    if (step.addsUp == 1u) { sum = rates[RATE_SUMS + tensor]; }
    for (var task = 0u; task < step.tasks; task++) {
      let at = homeOf(task) + step.scalarsAt + RATE_GRADIENTS;
      sum += tasks[at + tensor / 4u][tensor % 4u];
    }
    rates[RATE_SUMS + tensor] = sum * step.sumScale;
  }
}
