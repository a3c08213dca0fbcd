// The largest and the sum of all threads' values, by halves. SIZE is a power of two.
var<workgroup> reduced: array<vec4f, SIZE>;

// the largest of all threads' values, the same for every thread
fn largest(thread: u32, value: vec4f) -> vec4f {
  reduced[thread] = value;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier(); // the other half's values are there
    if (thread < n) { reduced[thread] = max(reduced[thread], reduced[thread + n]); }
  }
  return ofThreadZero();
}

// the sum of all threads' values, the same for every thread
fn total(thread: u32, value: vec4f) -> vec4f {
  reduced[thread] = value;
  for (var n = SIZE / 2u; n > 0u; n /= 2u) {
    workgroupBarrier(); // the other half's values are there
    if (thread < n) { reduced[thread] += reduced[thread + n]; }
  }
  return ofThreadZero();
}

fn ofThreadZero() -> vec4f {
  workgroupBarrier(); // thread 0 has the result
  let result = reduced[0];
  workgroupBarrier(); // all have read it before the next reduction writes
  return result;
}
