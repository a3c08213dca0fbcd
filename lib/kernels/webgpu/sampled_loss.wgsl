  // the courses that are drawn for the four targets, as floats
  for (var pair = thread; pair < PAIRS; pair += SIZE) {
    var even = vec4f();
    var odd = vec4f();
#for i < 4
    {
      let words = drawPair(targetOf(target0 + ${i}u).place, pair);
      even[${i}] = f32(courseOf(words.x, ITEMS, label${i}));
      odd[${i}] = f32(courseOf(words.y, ITEMS, label${i}));
    }
#end
    drawn[2u * pair] = even;
    if (2u * pair + 1u < NEGATIVES) { drawn[2u * pair + 1u] = odd; }
  }
  workgroupBarrier(); // all logits and all draws are there
  var labelScore = vec4f();
#for i < 4
  if (label${i} != NO_LABEL) { labelScore[${i}] = row[label${i}][${i}]; }
#end

#if BPR_MAX
  // s: softmax of the negatives' scores, won: s·σ(label's − score) over its sum, as exponents
  var most = vec4f(-3.0e38);
  var mostWon = vec4f(-3.0e38);
  for (var j = thread; j < NEGATIVES; j += SIZE) {
    let x = scoresOf(j);
    most = max(most, x);
    mostWon = max(mostWon, x - softplus(x - labelScore));
  }
  most = largest(thread, most);
  mostWon = largest(thread, mostWon);
  var sum = vec4f();
  var won = vec4f();
  var squares = vec4f();
  var lost = vec4f();
  for (var j = thread; j < NEGATIVES; j += SIZE) {
    let x = scoresOf(j);
    let s = exp(x - most);
    let w = exp(x - softplus(x - labelScore) - mostWon);
    sum += s;
    squares += s * x * x;
    won += w;
    lost += w * sigmoid(x - labelScore);
  }
  sum = total(thread, sum);
  won = total(thread, won);
  squares = total(thread, squares) / sum;
  let labelGradient = -step.scale * total(thread, lost) / won;
  let loss = log(sum) + most - log(won) - mostWon + regularisation() * squares;
#else
  var sum = vec4f();
  for (var j = thread; j < NEGATIVES; j += SIZE) { sum += softplus(scoresOf(j)); }
  sum = total(thread, sum);
  let share = step.scale / f32(NEGATIVES + 1u);
  let labelGradient = -positiveWeight() * share * sigmoid(-labelScore);
  let loss = (positiveWeight() * softplus(-labelScore) + sum) / f32(NEGATIVES + 1u);
#end
  for (var v = thread; v < STRIDE; v += SIZE) {
    var d = vec4f();
    if (v < ITEMS) {
      let x = row[v];
      var times = vec4f(); // how often it was drawn
      for (var j = 0u; j < NEGATIVES; j++) { times += vec4f(drawn[j] == vec4f(f32(v))); }
#if BPR_MAX
      let s = exp(x - most) / sum;
      let w = exp(x - softplus(x - labelScore) - mostWon) / won;
      d = s - w * sigmoid(labelScore - x) + regularisation() * s * (2.0 * x + x * x - squares);
      d *= step.scale;
#else
      d = share * sigmoid(x);
#end
      d = select(vec4f(), times * d, times > vec4f());
#for i < 4
      if (v == label${i}) {
        d[${i}] = labelGradient[${i}];
        losses[step.lossesAt + target0 + ${i}u] = loss[${i}];
      }
      if (label${i} == NO_LABEL) { d[${i}] = 0.0; }
#end
    }
    row[v] = d;
#for i < 4
    activations[step.logitGradientAt * 4u + (target0 + ${i}u) * STRIDE + v] = d[${i}];
#end
  }
