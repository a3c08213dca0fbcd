// The output layer's gradients of a shard: dW[v, k] = Σ_targets d[target, v]·hidden[target, k], a tile of 4·SIDE items × SIDE quads a
// workgroup, and with the first of them the bias': Σ_targets d[target, v].
var<workgroup> tileA: array<vec4f, SIZE>;
var<workgroup> tileB: array<vec4f, SIZE>;

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tx = thread % SIDE;
  let ty = thread / SIDE;
  let m = group.x * SIDE;
  let n = group.y * SIDE + tx;
  let stride = shard.stride / 4u;
#for i < 4
  var c${i} = vec4f();
#end
  for (var k0 = 0u; k0 < step.targets; k0 += SIDE) {
    var a = vec4f();
    var b = vec4f();
    if (k0 + ty < step.targets) {
      if (m + tx < stride) { a = logits[(k0 + ty) * stride + m + tx]; }
      if (n < HQ) { b = activations[step.hiddenAt + (k0 + ty) * HQ + n]; }
    }
    tileA[thread] = a;
    tileB[thread] = b;
    workgroupBarrier();
#for k < SIDE
    {
      let x = tileA[${k}u * SIDE + ty];
      let y = tileB[${k}u * SIDE + tx];
#for i < 4
      c${i} = fma(vec4f(x[${i}]), y, c${i});
#end
    }
#end
    workgroupBarrier();
  }
#for i < 4
  if ((m + ty) * 4u + ${i}u < shard.items && n < HQ) { gradients[shard.rowsAt + ((m + ty) * 4u + ${i}u) * HQ + n] = c${i}; }
#end
  if (group.y == 0u) {
    var sum = vec4f();
    if (m + tx < stride) {
      for (var k = ty; k < step.targets; k += SIDE) { sum += logits[k * stride + m + tx]; }
    }
    tileA[thread] = sum;
    workgroupBarrier();
    if (ty == 0u && m + tx < stride) {
      for (var p = 1u; p < SIDE; p++) { sum += tileA[p * SIDE + tx]; }
      gradients[shard.biasAt + m + tx] = sum;
    }
  }
}
