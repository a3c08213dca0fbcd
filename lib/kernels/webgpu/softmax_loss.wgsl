  // softmax cross-entropy over the whole catalogue
  maximum = largest(thread, maximum);
  var sum = vec4f();
  for (var v = thread; v < ITEMS; v += SIZE) { sum += exp(row[v] - maximum); }
  sum = total(thread, sum);

  let share = step.scale / sum;
  let logSum = log(sum);
  for (var v = thread; v < STRIDE; v += SIZE) {
    var d = vec4f();
    if (v < ITEMS) {
      let x = row[v] - maximum;
      d = exp(x) * share;
#for i < 4
      if (v == label${i}) {
        d[${i}] -= step.scale;
        losses[step.lossesAt + target0 + ${i}u] = logSum[${i}] - x[${i}];
      }
      if (label${i} == NO_LABEL) { d[${i}] = 0.0; }
#end
    }
    row[v] = d;
#for i < 4
    activations[step.logitGradientAt * 4u + (target0 + ${i}u) * STRIDE + v] = d[${i}];
#end
  }
