// Losses over sampled negatives for a catalogue in shards, a workgroup a target, a shard a
// dispatch. First each shard's sums over the negatives that are in it; for BPR-max then those that
// need the label's score (WON); then (GRADIENTS), with those of all shards in their order, the
// gradients in the logits' place and the losses.
//
//   logits       [targets × shard.stride], then their gradients
//   activations  statistics [shards × step.capacity]. BPR-max, of the scores x: the maximum m, Σ
//                exp(x − m), Σ exp(x − m)·x². Else 0, Σ log(1 + exp(x)), 0. Last, the label's
//                score or 0. Behind them those of a = x + log σ(label's − x): the maximum m, Σ
//                exp(a − m), Σ exp(a − m)·σ(x − label's), 0
var<workgroup> drawn: array<u32, NEGATIVES>;
#if GRADIENTS
var<workgroup> gradientOfDraw: array<f32, NEGATIVES>;

// of a draw of the same course as an earlier one: that one has the gradient
const REPEATED = 3.0e38;
#end

fn statisticsAt(index: u32, row: u32) -> u32 {
  return step.statisticsAt + index * step.capacity + row;
}

fn inShard(course: u32) -> bool {
  return course >= shard.first && course < shard.first + shard.items;
}

fn softplusOf(x: f32) -> f32 { return softplus(vec4f(x)).x; }
fn sigmoidOf(x: f32) -> f32 { return sigmoid(vec4f(x)).x; }

// the exponent of s·σ, s being the softmax of the negatives' scores
fn exponentWon(x: f32, labelScore: f32) -> f32 { return x - softplusOf(x - labelScore); }

@compute @workgroup_size(SIZE)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = group.x;
  let at = row * shard.stride;
  let asked = targetOf(row);
  for (var pair = thread; pair < PAIRS; pair += SIZE) {
    let words = drawPair(asked.place, pair);
    drawn[2u * pair] = courseOf(words.x, COURSES, asked.label);
    if (2u * pair + 1u < NEGATIVES) {
      drawn[2u * pair + 1u] = courseOf(words.y, COURSES, asked.label);
    }
  }
  workgroupBarrier(); // all draws are there
#if PAST_SUMS
  var labelScore = 0.0; // one shard's is not 0
  for (var s = 0u; s < shard.count; s++) { labelScore += activations[statisticsAt(s, row)].w; }
#end
#if GRADIENTS
#if BPR_MAX
  var most = -3.0e38;
  var mostWon = -3.0e38;
  for (var s = 0u; s < shard.count; s++) {
    most = max(most, activations[statisticsAt(s, row)].x);
    mostWon = max(mostWon, activations[statisticsAt(shard.count + s, row)].x);
  }
  var sum = 0.0;
  var squares = 0.0;
  var won = 0.0;
  var lost = 0.0;
  for (var s = 0u; s < shard.count; s++) {
    let part = activations[statisticsAt(s, row)];
    let partWon = activations[statisticsAt(shard.count + s, row)];
    sum += part.y * exp(part.x - most);
    squares += part.z * exp(part.x - most);
    won += partWon.y * exp(partWon.x - mostWon);
    lost += partWon.z * exp(partWon.x - mostWon);
  }
  squares /= sum;
  let labelGradient = -step.scale * lost / won;
  let loss = log(sum) + most - log(won) - mostWon + regularisation() * squares;
#else
  var sum = 0.0;
  for (var s = 0u; s < shard.count; s++) { sum += activations[statisticsAt(s, row)].y; }
  let share = step.scale / f32(NEGATIVES + 1u);
  let labelGradient = -positiveWeight() * share * sigmoidOf(-labelScore);
  let loss = (positiveWeight() * softplusOf(-labelScore) + sum) / f32(NEGATIVES + 1u);
#end
  // a course's gradient goes to its first draw, as often as it was drawn
  for (var j = thread; j < NEGATIVES; j += SIZE) {
    if (!inShard(drawn[j])) { continue; }
    var times = 0.0;
    var first = j;
    for (var other = NEGATIVES; other > 0u; other--) {
      if (drawn[other - 1u] == drawn[j]) {
        times += 1.0;
        first = other - 1u;
      }
    }
    let x = logits[at + drawn[j] - shard.first];
#if BPR_MAX
    let s = exp(x - most) / sum;
    let w = exp(exponentWon(x, labelScore) - mostWon) / won;
    let pulled = regularisation() * s * (2.0 * x + x * x - squares);
    let d = step.scale * (s - w * sigmoidOf(labelScore - x) + pulled);
#else
    let d = share * sigmoidOf(x);
#end
    gradientOfDraw[j] = select(REPEATED, times * d, first == j);
  }
  storageBarrier(); // all have read the logits before they become gradients
  for (var v = thread; v < shard.stride; v += SIZE) { logits[at + v] = 0.0; }
  storageBarrier(); // the zeros come before the gradients
  for (var j = thread; j < NEGATIVES; j += SIZE) {
    if (inShard(drawn[j]) && gradientOfDraw[j] != REPEATED) {
      logits[at + drawn[j] - shard.first] = gradientOfDraw[j];
    }
  }
  if (thread == 0u && inShard(asked.label)) {
    logits[at + asked.label - shard.first] = labelGradient;
  }
  if (thread == 0u && shard.index == 0u) { losses[step.lossesAt + row] = loss; }
#else
  var sums = vec4f();
  var most = -3.0e38;
#if BPR_MAX
  for (var j = thread; j < NEGATIVES; j += SIZE) {
    if (!inShard(drawn[j])) { continue; }
    let x = logits[at + drawn[j] - shard.first];
#if WON
    most = max(most, exponentWon(x, labelScore));
#else
    most = max(most, x);
#end
  }
  most = largest(thread, vec4f(most)).x;
#end
  for (var j = thread; j < NEGATIVES; j += SIZE) {
    if (!inShard(drawn[j])) { continue; }
    let x = logits[at + drawn[j] - shard.first];
#if BPR_MAX
#if WON
    let w = exp(exponentWon(x, labelScore) - most);
    sums += vec4f(0.0, w, w * sigmoidOf(x - labelScore), 0.0);
#else
    let s = exp(x - most);
    sums += vec4f(0.0, s, s * x * x, 0.0);
#end
#else
    sums.y += softplusOf(x);
#end
  }
  sums = total(thread, sums);
  if (thread == 0u) {
#if WON
    activations[statisticsAt(shard.count + shard.index, row)] = vec4f(most, sums.y, sums.z, 0.0);
#else
    var own = 0.0;
    if (inShard(asked.label)) { own = logits[at + asked.label - shard.first]; }
    activations[statisticsAt(shard.index, row)] = vec4f(most, sums.y, sums.z, own);
#end
  }
#end
}
