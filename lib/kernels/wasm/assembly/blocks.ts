// Written from lib/kernels/wasm/fields.ts by `deno task build:wasm`.
// What the calls say, 32 bits a field. Addresses are in bytes, `ld…` in floats.

/** Bytes from a call to where its kernel may lay out a block of its own. */
export const CALL_BYTES: usize = 128;

/** Which masks of `lib/random/dropout.ts` are meant. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class Dropout {
  /** Of the run. */
  seed: i32;
  /** The dropout layer. */
  site: i32;
  /** The optimiser's step, from 1. */
  step: i32;
  /** 16-bit draws below it drop; 0 drops nothing. */
  limit: i32;
  /** Scale of what is kept: 1 / (1 − rate). */
  keep: f32;
}

/** C (+)= A · B with A [rows × depth] and packed B [depth × columns]. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class Gemm {
  /** Rows of C. */
  rows: i32;
  /** Columns of C and B. */
  columns: i32;
  /** Columns of A, rows of B: what is summed over. */
  depth: i32;
  a: usize;
  lda: usize;
  /** B as `packB` or `packBT` leave it. */
  packed: usize;
  c: usize;
  ldc: usize;
  /** Whether the product is added to C or replaces it. */
  add: i32;
  /** `gemmScratch` floats. */
  scratch: usize;
}

/** C += Aᵀ · B with A [depth × rows] and B [depth × columns]. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class GemmTN {
  /** Rows of C. */
  rows: i32;
  /** Columns of C and B. */
  columns: i32;
  /** Columns of A, rows of B: what is summed over. */
  depth: i32;
  a: usize;
  lda: usize;
  b: usize;
  ldb: usize;
  c: usize;
  ldc: usize;
  /** `gemmScratch` floats. */
  scratch: usize;
}

/** One time step of some windows: gates, and the state after it. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class GruForward {
  /** Windows that are as long as this step. */
  rows: i32;
  /** Floats of a state, padded. */
  width: usize;
  /** [items × 3 × width] W x + b of each distinct item. */
  projected: usize;
  /** [rows] each row's item in `projected`, as int32. */
  slots: usize;
  /** [rows × 3 × width] U h of the state before. */
  gates: usize;
  /** [width] the recurrent bias of gate n. */
  biasN: usize;
  /** [rows × 4 × width] gets r, z, n and U_n h + b_n for the backward pass. */
  states: usize;
  /** [rows × width] gets the new state. */
  hidden: usize;
  /** [rows × width] the state before. */
  previous: usize;
  /** Whether it is the first step: the state before is zero. */
  first: i32;
}

/** The backward pass of one time step. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class GruBackward {
  /** Windows that are as long as this step. */
  rows: i32;
  /** Floats of a state, padded. */
  width: usize;
  /** [rows × 4 × width] as `gruForward` left them. */
  states: usize;
  /** [rows × width] the state before. */
  previous: usize;
  /** Whether it is the first step: the state before is zero. */
  first: i32;
  /** [rows × width] gradient of the new state; becomes its part by z. */
  dHidden: usize;
  /** [rows × 3 × width] gets the gradient of U h. */
  dGates: usize;
  /** [items × 3 × width] is added the gradient of W x + b. */
  dProjected: usize;
  /** [rows] each row's item in `dProjected`, as int32. */
  slots: usize;
}

/** Maximum and sum of exponentials over a slice of the catalogue. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class SoftmaxSums {
  /** Targets. */
  rows: i32;
  /** Of the slice. */
  courses: i32;
  ld: usize;
  /** [rows × courses]; the bias is added to them. */
  logits: usize;
  /** [courses, padded] */
  bias: usize;
  /** [rows] gets each row's largest logit. */
  maxima: usize;
  /** [rows] gets Σ exp(logit − maximum). */
  sums: usize;
  /** [rows] courses to predict, as int32. */
  labels: usize;
  /** The slice's first course. */
  first: i32;
  /** [rows] gets the label's logit, where the slice has the label. */
  atLabel: usize;
}

/** Gradients of the logits of a slice of the catalogue. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class SoftmaxGradient {
  /** Targets. */
  rows: i32;
  /** Of the slice. */
  courses: i32;
  ld: usize;
  /** [rows × courses]; become scale·(softmax − one-hot). */
  logits: usize;
  /** [rows] largest logits of the whole catalogue. */
  maxima: usize;
  /** [rows] sums of exponentials of the whole catalogue. */
  sums: usize;
  /** [rows] courses to predict, as int32. */
  labels: usize;
  /** The slice's first course. */
  first: i32;
  /** 1 / targets, for the mean. */
  scale: f32;
  /** [courses, padded] is added the sums of the columns. */
  dBias: usize;
}

/** The courses of targets: the label, and the negatives of `lib/random/negatives.ts`. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class DrawNegatives {
  /** Targets. */
  rows: i32;
  /** Courses of a target: its label and its negatives. */
  width: u32;
  /** The first target's place in the batch. */
  first: u32;
  /** [rows] as int32. */
  labels: usize;
  /** Of the catalogue, two or more. */
  courses: u32;
  /** Of the run. */
  seed: u32;
  /** `NEGATIVES_SITE`. */
  site: u32;
  /** The optimiser's step, from 1. */
  step: u32;
  /** [rows × width] gets the courses, as int32. */
  ids: usize;
}

/** Scores of targets' own courses. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class SampledScores {
  /** Targets. */
  rows: i32;
  /** Courses of a target: its label and its negatives. */
  width: i32;
  /** Floats of a state, padded. */
  hidden: usize;
  /** [rows × width] a target's courses, its label first, as int32. */
  ids: usize;
  /** [rows × hidden] */
  states: usize;
  /** [courses × hidden] the output layer. */
  weights: usize;
  /** [courses], or 0 for none. */
  bias: usize;
  /** [rows × width] gets the scores. */
  scores: usize;
}

/** The states' gradients from those of the scores. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class SampledStates {
  /** Targets. */
  rows: i32;
  /** Courses of a target: its label and its negatives. */
  width: i32;
  /** Floats of a state, padded. */
  hidden: usize;
  /** [rows × width] a target's courses, its label first, as int32. */
  ids: usize;
  /** [rows × width] gradients of the scores. */
  d: usize;
  /** [courses × hidden] the output layer. */
  weights: usize;
  /** [rows × hidden] gets the gradients. */
  dStates: usize;
}

/** The output layer's gradients from those of the scores, for a slice of the catalogue. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class SampledWeights {
  /** Targets. */
  rows: i32;
  /** Courses of a target: its label and its negatives. */
  width: i32;
  /** Floats of a state, padded. */
  hidden: usize;
  /** [rows × width] a target's courses, its label first, as int32. */
  ids: usize;
  /** [rows × width] gradients of the scores. */
  d: usize;
  /** [rows × hidden] */
  states: usize;
  /** The slice's first course. */
  first: i32;
  /** The course behind its last one. */
  past: i32;
  /** [courses × hidden] is added to. */
  dWeights: usize;
  /** [courses] is added to; 0 for none. */
  dBias: usize;
}

/** One step of Adam. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class Adam {
  /** Parameters, a multiple of four. */
  count: usize;
  parameters: usize;
  firstMoments: usize;
  secondMoments: usize;
  gradients: usize;
  /** Learning rate / (1 − β₁ᵗ) at step t. */
  size: f32;
  /** 1 / √(1 − β₂ᵗ). */
  correction: f32;
  epsilon: f32;
  beta1: f32;
  /** 1 − β₁. */
  rest1: f32;
  beta2: f32;
  /** 1 − β₂. */
  rest2: f32;
}

/** Drops elements of rows. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class DropoutRows extends Dropout {
  rows: i32;
  /** Elements of a row. */
  width: i32;
  ld: usize;
  /** [rows × width] */
  x: usize;
  /** [rows] masks count from indices[i]·width, as int32. */
  indices: usize;
  /** `maskScratch` floats. */
  scratch: usize;
}

/** Normalises rows. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class LayerNormForward {
  rows: i32;
  /** Elements of a row. */
  width: i32;
  ld: usize;
  /** [rows × width]; become normalised. */
  x: usize;
  /** [width] */
  gamma: usize;
  /** [width] */
  beta: usize;
  epsilon: f32;
  /** [rows] gets 1 / √(variance + ε). */
  rstd: usize;
  /** [rows × width] gets gamma·normalised + beta. */
  out: usize;
}

/** The backward pass of a norm. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class LayerNormBackward {
  rows: i32;
  /** Elements of a row. */
  width: i32;
  ld: usize;
  /** [rows × width] gradient of `out`; becomes that of x. */
  dy: usize;
  /** [rows × width] as the forward pass left x. */
  normalised: usize;
  /** [rows] */
  rstd: usize;
  /** [width] */
  gamma: usize;
  /** [width] is added to. */
  dGamma: usize;
  /** [width] is added to. */
  dBeta: usize;
}

/** Causal attention of one head of one window. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class AttentionForward extends Dropout {
  /** Positions of the window. */
  length: i32;
  /** Columns of the head. */
  headDim: i32;
  /** [length × headDim] queries. */
  q: usize;
  /** [length × headDim] keys. */
  k: usize;
  /** [length × headDim] values. */
  v: usize;
  /** Of queries, keys and values. */
  ld: usize;
  /** [length × length] weights of the keys; dropped ones are negative. */
  shares: usize;
  ldShares: usize;
  /** [length × headDim] gets the mixed values. */
  out: usize;
  ldOut: usize;
  /** Element of the first query's mask that is its first key's. */
  base: u32;
  /** Elements from one query's mask to the next's. */
  maxLen: u32;
  /** `attentionScratch` floats. */
  scratch: usize;
}

/** The backward pass of the attention of one head of one window. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class AttentionBackward {
  /** Positions of the window. */
  length: i32;
  /** Columns of the head. */
  headDim: i32;
  /** [length × headDim] queries. */
  q: usize;
  /** [length × headDim] keys. */
  k: usize;
  /** [length × headDim] values. */
  v: usize;
  /** Of queries, keys and values, and of their gradients. */
  ld: usize;
  /** [length × length] weights of the keys; dropped ones are negative. */
  shares: usize;
  ldShares: usize;
  /** [length × headDim] gradient of the mixed values. */
  dOut: usize;
  ldOut: usize;
  /** As in the forward pass. */
  keep: f32;
  /** [length × headDim] gets the gradient of the queries. */
  dq: usize;
  /** [length × headDim] is added to. */
  dk: usize;
  /** [length × headDim] is added to. */
  dv: usize;
  /** `attentionScratch` floats. */
  scratch: usize;
}

/** Attention of one head of one window that only its last position asks. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class ReadOutForward extends Dropout {
  /** Positions of the window. */
  length: i32;
  /** Floats of an input row, padded. */
  width: usize;
  /** Columns of the head. */
  headDim: i32;
  /** [width] W_kᵀ q. */
  asked: usize;
  /** [length × width] the inputs. */
  x: usize;
  /** [length, padded] gets their weights; dropped ones are negative. */
  shares: usize;
  /** [width] gets Σ share·x over those that are kept. */
  out: usize;
  /** Element of the query's mask that is its first key's. */
  base: u32;
  /** `maskScratch` floats. */
  scratch: usize;
}

/** The backward pass of `readOutForward`. */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class ReadOutBackward {
  /** Positions of the window. */
  length: i32;
  /** Floats of an input row, padded. */
  width: usize;
  /** Columns of the head. */
  headDim: i32;
  /** [width] W_kᵀ q. */
  asked: usize;
  /** [length × width] the inputs. */
  x: usize;
  /** [length, padded] as the forward pass left them. */
  shares: usize;
  /** [width] gradient of `out`. */
  dOut: usize;
  /** Gradient of the sum that the forward pass returned. */
  dSum: f32;
  /** As in the forward pass. */
  keep: f32;
  /** [length × width] is added to. */
  dx: usize;
  /** [width] gets the gradient of `asked`. */
  dAsked: usize;
  /** [length, padded] floats. */
  work: usize;
}
