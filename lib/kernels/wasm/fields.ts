/**
 * What a call of a CPU kernel with more than six numbers says: a block of named fields in the
 * shared memory, written before the call. This list is the only place that knows the layout:
 * `deno task build:wasm` makes `assembly/blocks.ts`, which the kernels read, and `calls.ts`, which
 * writes. Addresses are in bytes, `ld…` is the distance of two rows in floats.
 */

/** How a field is read: 32 bits each; `usize` is an address or a distance, `bool` 0 or 1. */
export type FieldType = "i32" | "u32" | "usize" | "f32" | "bool";

/** A field: its name, its type, and what it says. */
export type Field = readonly [name: string, type: FieldType, about: string];

/** A block, whose fields follow those of the block that it extends. */
export interface Block {
  /** Its kernel's name with a capital letter. */
  readonly name: string;
  readonly about: string;
  readonly extends?: string;
  readonly fields: readonly Field[];
  /** What its kernel returns, if anything. */
  readonly returns?: string;
}

const SIZE: readonly Field[] = [
  ["rows", "i32", "Rows of C."],
  ["columns", "i32", "Columns of C and B."],
  ["depth", "i32", "Columns of A, rows of B: what is summed over."],
];

const SHARES: readonly Field[] = [
  ["shares", "usize", "[length × length] weights of the keys; dropped ones are negative."],
  ["ldShares", "usize", ""],
];

const SAMPLED: readonly Field[] = [
  ["rows", "i32", "Targets."],
  ["width", "i32", "Courses of a target: its label and its negatives."],
  ["hidden", "usize", "Floats of a state, padded."],
  ["ids", "usize", "[rows × width] a target's courses, its label first, as int32."],
];

/** Every block. */
export const BLOCKS: readonly Block[] = [
  {
    name: "Dropout",
    about: "Which masks of `lib/random/dropout.ts` are meant.",
    fields: [
      ["seed", "i32", "Of the run."],
      ["site", "i32", "The dropout layer."],
      ["step", "i32", "The optimiser's step, from 1."],
      ["limit", "i32", "16-bit draws below it drop; 0 drops nothing."],
      ["keep", "f32", "Scale of what is kept: 1 / (1 − rate)."],
    ],
  },
  {
    name: "Gemm",
    about: "C (+)= A · B with A [rows × depth] and packed B [depth × columns].",
    fields: [
      ...SIZE,
      ["a", "usize", ""],
      ["lda", "usize", ""],
      ["packed", "usize", "B as `packB` or `packBT` leave it."],
      ["c", "usize", ""],
      ["ldc", "usize", ""],
      ["add", "bool", "Whether the product is added to C or replaces it."],
      ["scratch", "usize", "`gemmScratch` floats."],
    ],
  },
  {
    name: "GemmTN",
    about: "C += Aᵀ · B with A [depth × rows] and B [depth × columns].",
    fields: [
      ...SIZE,
      ["a", "usize", ""],
      ["lda", "usize", ""],
      ["b", "usize", ""],
      ["ldb", "usize", ""],
      ["c", "usize", ""],
      ["ldc", "usize", ""],
      ["scratch", "usize", "`gemmScratch` floats."],
    ],
  },
  {
    name: "GruForward",
    about: "One time step of some windows: gates, and the state after it.",
    fields: [
      ["rows", "i32", "Windows that are as long as this step."],
      ["width", "usize", "Floats of a state, padded."],
      ["projected", "usize", "[items × 3 × width] W x + b of each distinct item."],
      ["slots", "usize", "[rows] each row's item in `projected`, as int32."],
      ["gates", "usize", "[rows × 3 × width] U h of the state before."],
      ["biasN", "usize", "[width] the recurrent bias of gate n."],
      ["states", "usize", "[rows × 4 × width] gets r, z, n and U_n h + b_n for the backward pass."],
      ["hidden", "usize", "[rows × width] gets the new state."],
      ["previous", "usize", "[rows × width] the state before."],
      ["first", "bool", "Whether it is the first step: the state before is zero."],
    ],
  },
  {
    name: "GruBackward",
    about: "The backward pass of one time step.",
    fields: [
      ["rows", "i32", "Windows that are as long as this step."],
      ["width", "usize", "Floats of a state, padded."],
      ["states", "usize", "[rows × 4 × width] as `gruForward` left them."],
      ["previous", "usize", "[rows × width] the state before."],
      ["first", "bool", "Whether it is the first step: the state before is zero."],
      ["dHidden", "usize", "[rows × width] gradient of the new state; becomes its part by z."],
      ["dGates", "usize", "[rows × 3 × width] gets the gradient of U h."],
      ["dProjected", "usize", "[items × 3 × width] is added the gradient of W x + b."],
      ["slots", "usize", "[rows] each row's item in `dProjected`, as int32."],
    ],
  },
  {
    name: "SoftmaxSums",
    about: "Maximum and sum of exponentials over a slice of the catalogue.",
    fields: [
      ["rows", "i32", "Targets."],
      ["courses", "i32", "Of the slice."],
      ["ld", "usize", ""],
      ["logits", "usize", "[rows × courses]; the bias is added to them."],
      ["bias", "usize", "[courses, padded]"],
      ["maxima", "usize", "[rows] gets each row's largest logit."],
      ["sums", "usize", "[rows] gets Σ exp(logit − maximum)."],
      ["labels", "usize", "[rows] courses to predict, as int32."],
      ["first", "i32", "The slice's first course."],
      ["atLabel", "usize", "[rows] gets the label's logit, where the slice has the label."],
    ],
  },
  {
    name: "SoftmaxGradient",
    about: "Gradients of the logits of a slice of the catalogue.",
    fields: [
      ["rows", "i32", "Targets."],
      ["courses", "i32", "Of the slice."],
      ["ld", "usize", ""],
      ["logits", "usize", "[rows × courses]; become scale·(softmax − one-hot)."],
      ["maxima", "usize", "[rows] largest logits of the whole catalogue."],
      ["sums", "usize", "[rows] sums of exponentials of the whole catalogue."],
      ["labels", "usize", "[rows] courses to predict, as int32."],
      ["first", "i32", "The slice's first course."],
      ["scale", "f32", "1 / targets, for the mean."],
      ["dBias", "usize", "[courses, padded] is added the sums of the columns."],
    ],
  },
  {
    name: "DrawNegatives",
    about: "The courses of targets: the label, and the negatives of `lib/random/negatives.ts`.",
    fields: [
      ["rows", "i32", "Targets."],
      ["width", "u32", "Courses of a target: its label and its negatives."],
      ["first", "u32", "The first target's place in the batch."],
      ["labels", "usize", "[rows] as int32."],
      ["courses", "u32", "Of the catalogue, two or more."],
      ["seed", "u32", "Of the run."],
      ["site", "u32", "`NEGATIVES_SITE`."],
      ["step", "u32", "The optimiser's step, from 1."],
      ["ids", "usize", "[rows × width] gets the courses, as int32."],
    ],
  },
  {
    name: "SampledScores",
    about: "Scores of targets' own courses.",
    fields: [
      ...SAMPLED,
      ["states", "usize", "[rows × hidden]"],
      ["weights", "usize", "[courses × hidden] the output layer."],
      ["bias", "usize", "[courses], or 0 for none."],
      ["scores", "usize", "[rows × width] gets the scores."],
    ],
  },
  {
    name: "SampledStates",
    about: "The states' gradients from those of the scores.",
    fields: [
      ...SAMPLED,
      ["d", "usize", "[rows × width] gradients of the scores."],
      ["weights", "usize", "[courses × hidden] the output layer."],
      ["dStates", "usize", "[rows × hidden] gets the gradients."],
    ],
  },
  {
    name: "SampledWeights",
    about: "The output layer's gradients from those of the scores, for a slice of the catalogue.",
    fields: [
      ...SAMPLED,
      ["d", "usize", "[rows × width] gradients of the scores."],
      ["states", "usize", "[rows × hidden]"],
      ["first", "i32", "The slice's first course."],
      ["past", "i32", "The course behind its last one."],
      ["dWeights", "usize", "[courses × hidden] is added to."],
      ["dBias", "usize", "[courses] is added to; 0 for none."],
    ],
  },
  {
    name: "Adam",
    about: "One step of Adam.",
    fields: [
      ["count", "usize", "Parameters, a multiple of four."],
      ["parameters", "usize", ""],
      ["firstMoments", "usize", ""],
      ["secondMoments", "usize", ""],
      ["gradients", "usize", ""],
      ["size", "f32", "Learning rate / (1 − β₁ᵗ) at step t."],
      ["correction", "f32", "1 / √(1 − β₂ᵗ)."],
      ["epsilon", "f32", ""],
      ["beta1", "f32", ""],
      ["rest1", "f32", "1 − β₁."],
      ["beta2", "f32", ""],
      ["rest2", "f32", "1 − β₂."],
    ],
  },
  {
    name: "DropoutRows",
    about: "Drops elements of rows.",
    extends: "Dropout",
    fields: [
      ["rows", "i32", ""],
      ["width", "i32", "Elements of a row."],
      ["ld", "usize", ""],
      ["x", "usize", "[rows × width]"],
      ["indices", "usize", "[rows] masks count from indices[i]·width, as int32."],
      ["scratch", "usize", "`maskScratch` floats."],
    ],
  },
  {
    name: "LayerNormForward",
    about: "Normalises rows.",
    fields: [
      ["rows", "i32", ""],
      ["width", "i32", "Elements of a row."],
      ["ld", "usize", ""],
      ["x", "usize", "[rows × width]; become normalised."],
      ["gamma", "usize", "[width]"],
      ["beta", "usize", "[width]"],
      ["epsilon", "f32", ""],
      ["rstd", "usize", "[rows] gets 1 / √(variance + ε)."],
      ["out", "usize", "[rows × width] gets gamma·normalised + beta."],
    ],
  },
  {
    name: "LayerNormBackward",
    about: "The backward pass of a norm.",
    fields: [
      ["rows", "i32", ""],
      ["width", "i32", "Elements of a row."],
      ["ld", "usize", ""],
      ["dy", "usize", "[rows × width] gradient of `out`; becomes that of x."],
      ["normalised", "usize", "[rows × width] as the forward pass left x."],
      ["rstd", "usize", "[rows]"],
      ["gamma", "usize", "[width]"],
      ["dGamma", "usize", "[width] is added to."],
      ["dBeta", "usize", "[width] is added to."],
    ],
  },
  {
    name: "AttentionForward",
    about: "Causal attention of one head of one window.",
    extends: "Dropout",
    fields: [
      ["length", "i32", "Positions of the window."],
      ["headDim", "i32", "Columns of the head."],
      ["q", "usize", "[length × headDim] queries."],
      ["k", "usize", "[length × headDim] keys."],
      ["v", "usize", "[length × headDim] values."],
      ["ld", "usize", "Of queries, keys and values."],
      ...SHARES,
      ["out", "usize", "[length × headDim] gets the mixed values."],
      ["ldOut", "usize", ""],
      ["base", "u32", "Element of the first query's mask that is its first key's."],
      ["maxLen", "u32", "Elements from one query's mask to the next's."],
      ["scratch", "usize", "`attentionScratch` floats."],
    ],
  },
  {
    name: "AttentionBackward",
    about: "The backward pass of the attention of one head of one window.",
    fields: [
      ["length", "i32", "Positions of the window."],
      ["headDim", "i32", "Columns of the head."],
      ["q", "usize", "[length × headDim] queries."],
      ["k", "usize", "[length × headDim] keys."],
      ["v", "usize", "[length × headDim] values."],
      ["ld", "usize", "Of queries, keys and values, and of their gradients."],
      ...SHARES,
      ["dOut", "usize", "[length × headDim] gradient of the mixed values."],
      ["ldOut", "usize", ""],
      ["keep", "f32", "As in the forward pass."],
      ["dq", "usize", "[length × headDim] gets the gradient of the queries."],
      ["dk", "usize", "[length × headDim] is added to."],
      ["dv", "usize", "[length × headDim] is added to."],
      ["scratch", "usize", "`attentionScratch` floats."],
    ],
  },
  {
    name: "ReadOutForward",
    about: "Attention of one head of one window that only its last position asks.",
    returns: "Σ share of those that are kept",
    extends: "Dropout",
    fields: [
      ["length", "i32", "Positions of the window."],
      ["width", "usize", "Floats of an input row, padded."],
      ["headDim", "i32", "Columns of the head."],
      ["asked", "usize", "[width] W_kᵀ q."],
      ["x", "usize", "[length × width] the inputs."],
      ["shares", "usize", "[length, padded] gets their weights; dropped ones are negative."],
      ["out", "usize", "[width] gets Σ share·x over those that are kept."],
      ["base", "u32", "Element of the query's mask that is its first key's."],
      ["scratch", "usize", "`maskScratch` floats."],
    ],
  },
  {
    name: "ReadOutBackward",
    about: "The backward pass of `readOutForward`.",
    fields: [
      ["length", "i32", "Positions of the window."],
      ["width", "usize", "Floats of an input row, padded."],
      ["headDim", "i32", "Columns of the head."],
      ["asked", "usize", "[width] W_kᵀ q."],
      ["x", "usize", "[length × width] the inputs."],
      ["shares", "usize", "[length, padded] as the forward pass left them."],
      ["dOut", "usize", "[width] gradient of `out`."],
      ["dSum", "f32", "Gradient of the sum that the forward pass returned."],
      ["keep", "f32", "As in the forward pass."],
      ["dx", "usize", "[length × width] is added to."],
      ["dAsked", "usize", "[width] gets the gradient of `asked`."],
      ["work", "usize", "[length, padded] floats."],
    ],
  },
];

/** Whether a block is only there to be extended, and no kernel's. */
export function isBase({ name }: Block): boolean {
  return BLOCKS.some((block) => block.extends === name);
}

/** The kernel that takes a block. */
export function kernelOf({ name }: Block): string {
  return name[0].toLowerCase() + name.slice(1);
}

/** A block's fields, those of the block that it extends first. */
export function fieldsOf(block: Block): readonly Field[] {
  const base = BLOCKS.find(({ name }) => name === block.extends);
  return [...base === undefined ? [] : fieldsOf(base), ...block.fields];
}

/**
 * Bytes from the beginning of the blocks to where the kernels lay out the products that they make
 * of a call.
 */
export const CALL_BYTES = 128;

/** Bytes of a thread's blocks: one call at a time, and behind it the kernels' own. */
export const BLOCK_BYTES = CALL_BYTES + 128;
