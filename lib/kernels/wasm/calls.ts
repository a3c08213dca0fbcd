// Written from lib/kernels/wasm/fields.ts by `deno task build:wasm`.
/** The CPU kernels that take a record, and how it is written where they read it. */
import { CALL_BYTES } from "./fields.ts";

/** Which masks of `lib/random/dropout.ts` are meant. */
export interface Dropout {
  /** Of the run. */
  readonly seed: number;
  /** The dropout layer. */
  readonly site: number;
  /** The optimiser's step, from 1. */
  readonly step: number;
  /** 16-bit draws below it drop; 0 drops nothing. */
  readonly limit: number;
  /** Scale of what is kept: 1 / (1 − rate). */
  readonly keep: number;
}

/** C (+)= A · B with A [rows × depth] and packed B [depth × columns]. */
export interface Gemm {
  /** Rows of C. */
  readonly rows: number;
  /** Columns of C and B. */
  readonly columns: number;
  /** Columns of A, rows of B: what is summed over. */
  readonly depth: number;
  readonly a: number;
  readonly lda: number;
  /** B as `packB` or `packBT` leave it. */
  readonly packed: number;
  readonly c: number;
  readonly ldc: number;
  /** Whether the product is added to C or replaces it. */
  readonly add: boolean;
  /** `gemmScratch` floats. */
  readonly scratch: number;
}

/** C += Aᵀ · B with A [depth × rows] and B [depth × columns]. */
export interface GemmTN {
  /** Rows of C. */
  readonly rows: number;
  /** Columns of C and B. */
  readonly columns: number;
  /** Columns of A, rows of B: what is summed over. */
  readonly depth: number;
  readonly a: number;
  readonly lda: number;
  readonly b: number;
  readonly ldb: number;
  readonly c: number;
  readonly ldc: number;
  /** `gemmScratch` floats. */
  readonly scratch: number;
}

/** One time step of some windows: gates, and the state after it. */
export interface GruForward {
  /** Windows that are as long as this step. */
  readonly rows: number;
  /** Floats of a state, padded. */
  readonly width: number;
  /** [items × 3 × width] W x + b of each distinct item. */
  readonly projected: number;
  /** [rows] each row's item in `projected`, as int32. */
  readonly slots: number;
  /** [rows × 3 × width] U h of the state before. */
  readonly gates: number;
  /** [width] the recurrent bias of gate n. */
  readonly biasN: number;
  /** [rows × 4 × width] gets r, z, n and U_n h + b_n for the backward pass. */
  readonly states: number;
  /** [rows × width] gets the new state. */
  readonly hidden: number;
  /** [rows × width] the state before. */
  readonly previous: number;
  /** Whether it is the first step: the state before is zero. */
  readonly first: boolean;
}

/** The backward pass of one time step. */
export interface GruBackward {
  /** Windows that are as long as this step. */
  readonly rows: number;
  /** Floats of a state, padded. */
  readonly width: number;
  /** [rows × 4 × width] as `gruForward` left them. */
  readonly states: number;
  /** [rows × width] the state before. */
  readonly previous: number;
  /** Whether it is the first step: the state before is zero. */
  readonly first: boolean;
  /** [rows × width] gradient of the new state; becomes its part by z. */
  readonly dHidden: number;
  /** [rows × 3 × width] gets the gradient of U h. */
  readonly dGates: number;
  /** [items × 3 × width] is added the gradient of W x + b. */
  readonly dProjected: number;
  /** [rows] each row's item in `dProjected`, as int32. */
  readonly slots: number;
}

/** Maximum and sum of exponentials over a slice of the catalogue. */
export interface SoftmaxSums {
  /** Targets. */
  readonly rows: number;
  /** Of the slice. */
  readonly courses: number;
  readonly ld: number;
  /** [rows × courses]; the bias is added to them. */
  readonly logits: number;
  /** [courses, padded] */
  readonly bias: number;
  /** [rows] gets each row's largest logit. */
  readonly maxima: number;
  /** [rows] gets Σ exp(logit − maximum). */
  readonly sums: number;
  /** [rows] courses to predict, as int32. */
  readonly labels: number;
  /** The slice's first course. */
  readonly first: number;
  /** [rows] gets the label's logit, where the slice has the label. */
  readonly atLabel: number;
}

/** Gradients of the logits of a slice of the catalogue. */
export interface SoftmaxGradient {
  /** Targets. */
  readonly rows: number;
  /** Of the slice. */
  readonly courses: number;
  readonly ld: number;
  /** [rows × courses]; become scale·(softmax − one-hot). */
  readonly logits: number;
  /** [rows] largest logits of the whole catalogue. */
  readonly maxima: number;
  /** [rows] sums of exponentials of the whole catalogue. */
  readonly sums: number;
  /** [rows] courses to predict, as int32. */
  readonly labels: number;
  /** The slice's first course. */
  readonly first: number;
  /** 1 / targets, for the mean. */
  readonly scale: number;
  /** [courses, padded] is added the sums of the columns. */
  readonly dBias: number;
}

/** The courses of targets: the label, and the negatives of `lib/random/negatives.ts`. */
export interface DrawNegatives {
  /** Targets. */
  readonly rows: number;
  /** Courses of a target: its label and its negatives. */
  readonly width: number;
  /** The first target's place in the batch. */
  readonly first: number;
  /** [rows] as int32. */
  readonly labels: number;
  /** Of the catalogue, two or more. */
  readonly courses: number;
  /** Of the run. */
  readonly seed: number;
  /** `NEGATIVES_SITE`. */
  readonly site: number;
  /** The optimiser's step, from 1. */
  readonly step: number;
  /** [rows × width] gets the courses, as int32. */
  readonly ids: number;
}

/** Scores of targets' own courses. */
export interface SampledScores {
  /** Targets. */
  readonly rows: number;
  /** Courses of a target: its label and its negatives. */
  readonly width: number;
  /** Floats of a state, padded. */
  readonly hidden: number;
  /** [rows × width] a target's courses, its label first, as int32. */
  readonly ids: number;
  /** [rows × hidden] */
  readonly states: number;
  /** [courses × hidden] the output layer. */
  readonly weights: number;
  /** [courses], or 0 for none. */
  readonly bias: number;
  /** [rows × width] gets the scores. */
  readonly scores: number;
}

/** The states' gradients from those of the scores. */
export interface SampledStates {
  /** Targets. */
  readonly rows: number;
  /** Courses of a target: its label and its negatives. */
  readonly width: number;
  /** Floats of a state, padded. */
  readonly hidden: number;
  /** [rows × width] a target's courses, its label first, as int32. */
  readonly ids: number;
  /** [rows × width] gradients of the scores. */
  readonly d: number;
  /** [courses × hidden] the output layer. */
  readonly weights: number;
  /** [rows × hidden] gets the gradients. */
  readonly dStates: number;
}

/** The output layer's gradients from those of the scores, for a slice of the catalogue. */
export interface SampledWeights {
  /** Targets. */
  readonly rows: number;
  /** Courses of a target: its label and its negatives. */
  readonly width: number;
  /** Floats of a state, padded. */
  readonly hidden: number;
  /** [rows × width] a target's courses, its label first, as int32. */
  readonly ids: number;
  /** [rows × width] gradients of the scores. */
  readonly d: number;
  /** [rows × hidden] */
  readonly states: number;
  /** The slice's first course. */
  readonly first: number;
  /** The course behind its last one. */
  readonly past: number;
  /** [courses × hidden] is added to. */
  readonly dWeights: number;
  /** [courses] is added to; 0 for none. */
  readonly dBias: number;
}

/** One step of Adam. */
export interface Adam {
  /** Parameters, a multiple of four. */
  readonly count: number;
  readonly parameters: number;
  readonly firstMoments: number;
  readonly secondMoments: number;
  readonly gradients: number;
  /** Learning rate / (1 − β₁ᵗ) at step t. */
  readonly size: number;
  /** 1 / √(1 − β₂ᵗ). */
  readonly correction: number;
  readonly epsilon: number;
  readonly beta1: number;
  /** 1 − β₁. */
  readonly rest1: number;
  readonly beta2: number;
  /** 1 − β₂. */
  readonly rest2: number;
}

/** Drops elements of rows. */
export interface DropoutRows extends Dropout {
  readonly rows: number;
  /** Elements of a row. */
  readonly width: number;
  readonly ld: number;
  /** [rows × width] */
  readonly x: number;
  /** [rows] masks count from indices[i]·width, as int32. */
  readonly indices: number;
  /** `maskScratch` floats. */
  readonly scratch: number;
}

/** Normalises rows. */
export interface LayerNormForward {
  readonly rows: number;
  /** Elements of a row. */
  readonly width: number;
  readonly ld: number;
  /** [rows × width]; become normalised. */
  readonly x: number;
  /** [width] */
  readonly gamma: number;
  /** [width] */
  readonly beta: number;
  readonly epsilon: number;
  /** [rows] gets 1 / √(variance + ε). */
  readonly rstd: number;
  /** [rows × width] gets gamma·normalised + beta. */
  readonly out: number;
}

/** The backward pass of a norm. */
export interface LayerNormBackward {
  readonly rows: number;
  /** Elements of a row. */
  readonly width: number;
  readonly ld: number;
  /** [rows × width] gradient of `out`; becomes that of x. */
  readonly dy: number;
  /** [rows × width] as the forward pass left x. */
  readonly normalised: number;
  /** [rows] */
  readonly rstd: number;
  /** [width] */
  readonly gamma: number;
  /** [width] is added to. */
  readonly dGamma: number;
  /** [width] is added to. */
  readonly dBeta: number;
}

/** Causal attention of one head of one window. */
export interface AttentionForward extends Dropout {
  /** Positions of the window. */
  readonly length: number;
  /** Columns of the head. */
  readonly headDim: number;
  /** [length × headDim] queries. */
  readonly q: number;
  /** [length × headDim] keys. */
  readonly k: number;
  /** [length × headDim] values. */
  readonly v: number;
  /** Of queries, keys and values. */
  readonly ld: number;
  /** [length × length] weights of the keys; dropped ones are negative. */
  readonly shares: number;
  readonly ldShares: number;
  /** [length × headDim] gets the mixed values. */
  readonly out: number;
  readonly ldOut: number;
  /** Element of the first query's mask that is its first key's. */
  readonly base: number;
  /** Elements from one query's mask to the next's. */
  readonly maxLen: number;
  /** `attentionScratch` floats. */
  readonly scratch: number;
}

/** The backward pass of the attention of one head of one window. */
export interface AttentionBackward {
  /** Positions of the window. */
  readonly length: number;
  /** Columns of the head. */
  readonly headDim: number;
  /** [length × headDim] queries. */
  readonly q: number;
  /** [length × headDim] keys. */
  readonly k: number;
  /** [length × headDim] values. */
  readonly v: number;
  /** Of queries, keys and values, and of their gradients. */
  readonly ld: number;
  /** [length × length] weights of the keys; dropped ones are negative. */
  readonly shares: number;
  readonly ldShares: number;
  /** [length × headDim] gradient of the mixed values. */
  readonly dOut: number;
  readonly ldOut: number;
  /** As in the forward pass. */
  readonly keep: number;
  /** [length × headDim] gets the gradient of the queries. */
  readonly dq: number;
  /** [length × headDim] is added to. */
  readonly dk: number;
  /** [length × headDim] is added to. */
  readonly dv: number;
  /** `attentionScratch` floats. */
  readonly scratch: number;
}

/** Attention of one head of one window that only its last position asks. */
export interface ReadOutForward extends Dropout {
  /** Positions of the window. */
  readonly length: number;
  /** Floats of an input row, padded. */
  readonly width: number;
  /** Columns of the head. */
  readonly headDim: number;
  /** [width] W_kᵀ q. */
  readonly asked: number;
  /** [length × width] the inputs. */
  readonly x: number;
  /** [length, padded] gets their weights; dropped ones are negative. */
  readonly shares: number;
  /** [width] gets Σ share·x over those that are kept. */
  readonly out: number;
  /** Element of the query's mask that is its first key's. */
  readonly base: number;
  /** `maskScratch` floats. */
  readonly scratch: number;
}

/** The backward pass of `readOutForward`. */
export interface ReadOutBackward {
  /** Positions of the window. */
  readonly length: number;
  /** Floats of an input row, padded. */
  readonly width: number;
  /** Columns of the head. */
  readonly headDim: number;
  /** [width] W_kᵀ q. */
  readonly asked: number;
  /** [length × width] the inputs. */
  readonly x: number;
  /** [length, padded] as the forward pass left them. */
  readonly shares: number;
  /** [width] gradient of `out`. */
  readonly dOut: number;
  /** Gradient of the sum that the forward pass returned. */
  readonly dSum: number;
  /** As in the forward pass. */
  readonly keep: number;
  /** [length × width] is added to. */
  readonly dx: number;
  /** [width] gets the gradient of `asked`. */
  readonly dAsked: number;
  /** [length, padded] floats. */
  readonly work: number;
}

/** The kernels. */
export interface RecordKernels {
  /** C (+)= A · B with A [rows × depth] and packed B [depth × columns]. */
  gemm(call: Gemm): void;
  /** C += Aᵀ · B with A [depth × rows] and B [depth × columns]. */
  gemmTN(call: GemmTN): void;
  /** One time step of some windows: gates, and the state after it. */
  gruForward(call: GruForward): void;
  /** The backward pass of one time step. */
  gruBackward(call: GruBackward): void;
  /** Maximum and sum of exponentials over a slice of the catalogue. */
  softmaxSums(call: SoftmaxSums): void;
  /** Gradients of the logits of a slice of the catalogue. */
  softmaxGradient(call: SoftmaxGradient): void;
  /** The courses of targets: the label, and the negatives of `lib/random/negatives.ts`. */
  drawNegatives(call: DrawNegatives): void;
  /** Scores of targets' own courses. */
  sampledScores(call: SampledScores): void;
  /** The states' gradients from those of the scores. */
  sampledStates(call: SampledStates): void;
  /** The output layer's gradients from those of the scores, for a slice of the catalogue. */
  sampledWeights(call: SampledWeights): void;
  /** One step of Adam. */
  adam(call: Adam): void;
  /** Drops elements of rows. */
  dropoutRows(call: DropoutRows): void;
  /** Normalises rows. */
  layerNormForward(call: LayerNormForward): void;
  /** The backward pass of a norm. */
  layerNormBackward(call: LayerNormBackward): void;
  /** Causal attention of one head of one window. */
  attentionForward(call: AttentionForward): void;
  /** The backward pass of the attention of one head of one window. */
  attentionBackward(call: AttentionBackward): void;
  /**
   * Attention of one head of one window that only its last position asks.
   * Returns Σ share of those that are kept.
   */
  readOutForward(call: ReadOutForward): number;
  /** The backward pass of `readOutForward`. */
  readOutBackward(call: ReadOutBackward): void;
}

/** What WebAssembly exports for them: they take the address of the block. */
export type BlockKernels = Record<keyof RecordKernels, (block: number) => number>;

/** The kernels, whose calls are written to the `CALL_BYTES` bytes of the memory at `block`. */
export function recordKernels(
  kernels: BlockKernels,
  memory: WebAssembly.Memory,
  block: number,
): RecordKernels {
  const ints = new Int32Array(memory.buffer, block, CALL_BYTES / 4);
  const floats = new Float32Array(memory.buffer, block, CALL_BYTES / 4);
  return {
    gemm(call) {
      ints[0] = call.rows;
      ints[1] = call.columns;
      ints[2] = call.depth;
      ints[3] = call.a;
      ints[4] = call.lda;
      ints[5] = call.packed;
      ints[6] = call.c;
      ints[7] = call.ldc;
      ints[8] = call.add ? 1 : 0;
      ints[9] = call.scratch;
      return kernels.gemm(block);
    },
    gemmTN(call) {
      ints[0] = call.rows;
      ints[1] = call.columns;
      ints[2] = call.depth;
      ints[3] = call.a;
      ints[4] = call.lda;
      ints[5] = call.b;
      ints[6] = call.ldb;
      ints[7] = call.c;
      ints[8] = call.ldc;
      ints[9] = call.scratch;
      return kernels.gemmTN(block);
    },
    gruForward(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.projected;
      ints[3] = call.slots;
      ints[4] = call.gates;
      ints[5] = call.biasN;
      ints[6] = call.states;
      ints[7] = call.hidden;
      ints[8] = call.previous;
      ints[9] = call.first ? 1 : 0;
      return kernels.gruForward(block);
    },
    gruBackward(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.states;
      ints[3] = call.previous;
      ints[4] = call.first ? 1 : 0;
      ints[5] = call.dHidden;
      ints[6] = call.dGates;
      ints[7] = call.dProjected;
      ints[8] = call.slots;
      return kernels.gruBackward(block);
    },
    softmaxSums(call) {
      ints[0] = call.rows;
      ints[1] = call.courses;
      ints[2] = call.ld;
      ints[3] = call.logits;
      ints[4] = call.bias;
      ints[5] = call.maxima;
      ints[6] = call.sums;
      ints[7] = call.labels;
      ints[8] = call.first;
      ints[9] = call.atLabel;
      return kernels.softmaxSums(block);
    },
    softmaxGradient(call) {
      ints[0] = call.rows;
      ints[1] = call.courses;
      ints[2] = call.ld;
      ints[3] = call.logits;
      ints[4] = call.maxima;
      ints[5] = call.sums;
      ints[6] = call.labels;
      ints[7] = call.first;
      floats[8] = call.scale;
      ints[9] = call.dBias;
      return kernels.softmaxGradient(block);
    },
    drawNegatives(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.first;
      ints[3] = call.labels;
      ints[4] = call.courses;
      ints[5] = call.seed;
      ints[6] = call.site;
      ints[7] = call.step;
      ints[8] = call.ids;
      return kernels.drawNegatives(block);
    },
    sampledScores(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.hidden;
      ints[3] = call.ids;
      ints[4] = call.states;
      ints[5] = call.weights;
      ints[6] = call.bias;
      ints[7] = call.scores;
      return kernels.sampledScores(block);
    },
    sampledStates(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.hidden;
      ints[3] = call.ids;
      ints[4] = call.d;
      ints[5] = call.weights;
      ints[6] = call.dStates;
      return kernels.sampledStates(block);
    },
    sampledWeights(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.hidden;
      ints[3] = call.ids;
      ints[4] = call.d;
      ints[5] = call.states;
      ints[6] = call.first;
      ints[7] = call.past;
      ints[8] = call.dWeights;
      ints[9] = call.dBias;
      return kernels.sampledWeights(block);
    },
    adam(call) {
      ints[0] = call.count;
      ints[1] = call.parameters;
      ints[2] = call.firstMoments;
      ints[3] = call.secondMoments;
      ints[4] = call.gradients;
      floats[5] = call.size;
      floats[6] = call.correction;
      floats[7] = call.epsilon;
      floats[8] = call.beta1;
      floats[9] = call.rest1;
      floats[10] = call.beta2;
      floats[11] = call.rest2;
      return kernels.adam(block);
    },
    dropoutRows(call) {
      ints[0] = call.seed;
      ints[1] = call.site;
      ints[2] = call.step;
      ints[3] = call.limit;
      floats[4] = call.keep;
      ints[5] = call.rows;
      ints[6] = call.width;
      ints[7] = call.ld;
      ints[8] = call.x;
      ints[9] = call.indices;
      ints[10] = call.scratch;
      return kernels.dropoutRows(block);
    },
    layerNormForward(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.ld;
      ints[3] = call.x;
      ints[4] = call.gamma;
      ints[5] = call.beta;
      floats[6] = call.epsilon;
      ints[7] = call.rstd;
      ints[8] = call.out;
      return kernels.layerNormForward(block);
    },
    layerNormBackward(call) {
      ints[0] = call.rows;
      ints[1] = call.width;
      ints[2] = call.ld;
      ints[3] = call.dy;
      ints[4] = call.normalised;
      ints[5] = call.rstd;
      ints[6] = call.gamma;
      ints[7] = call.dGamma;
      ints[8] = call.dBeta;
      return kernels.layerNormBackward(block);
    },
    attentionForward(call) {
      ints[0] = call.seed;
      ints[1] = call.site;
      ints[2] = call.step;
      ints[3] = call.limit;
      floats[4] = call.keep;
      ints[5] = call.length;
      ints[6] = call.headDim;
      ints[7] = call.q;
      ints[8] = call.k;
      ints[9] = call.v;
      ints[10] = call.ld;
      ints[11] = call.shares;
      ints[12] = call.ldShares;
      ints[13] = call.out;
      ints[14] = call.ldOut;
      ints[15] = call.base;
      ints[16] = call.maxLen;
      ints[17] = call.scratch;
      return kernels.attentionForward(block);
    },
    attentionBackward(call) {
      ints[0] = call.length;
      ints[1] = call.headDim;
      ints[2] = call.q;
      ints[3] = call.k;
      ints[4] = call.v;
      ints[5] = call.ld;
      ints[6] = call.shares;
      ints[7] = call.ldShares;
      ints[8] = call.dOut;
      ints[9] = call.ldOut;
      floats[10] = call.keep;
      ints[11] = call.dq;
      ints[12] = call.dk;
      ints[13] = call.dv;
      ints[14] = call.scratch;
      return kernels.attentionBackward(block);
    },
    readOutForward(call) {
      ints[0] = call.seed;
      ints[1] = call.site;
      ints[2] = call.step;
      ints[3] = call.limit;
      floats[4] = call.keep;
      ints[5] = call.length;
      ints[6] = call.width;
      ints[7] = call.headDim;
      ints[8] = call.asked;
      ints[9] = call.x;
      ints[10] = call.shares;
      ints[11] = call.out;
      ints[12] = call.base;
      ints[13] = call.scratch;
      return kernels.readOutForward(block);
    },
    readOutBackward(call) {
      ints[0] = call.length;
      ints[1] = call.width;
      ints[2] = call.headDim;
      ints[3] = call.asked;
      ints[4] = call.x;
      ints[5] = call.shares;
      ints[6] = call.dOut;
      floats[7] = call.dSum;
      floats[8] = call.keep;
      ints[9] = call.dx;
      ints[10] = call.dAsked;
      ints[11] = call.work;
      return kernels.readOutBackward(block);
    },
  };
}
