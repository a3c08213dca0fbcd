// Everything that the engine calls. Calls of more than six numbers pass the address of a block,
// whose fields are in blocks.ts.
export { packB, packBT } from "./packing";
export { gemm, gemmTN } from "./gemm";
export { addBias, addBiasRelu, addRows, addScaled, addTo, clear, columnSums, copy } from "./rows";
export { copyColumns, dot, gatherRows, reluDropoutBackward, scale, scatterRows } from "./rows";
export { gruBackward, gruForward } from "./gru";
export { softmaxGradient, softmaxSums } from "./softmax";
export { drawNegatives, sampledScores, sampledStates, sampledWeights } from "./sampled";
export { adam } from "./adam";
export { dropoutRows } from "./dropout";
export { layerNormBackward, layerNormForward } from "./layer_norm";
export { attentionBackward, attentionForward } from "./attention";
export { readOutBackward, readOutForward } from "./read_out";
export { peak } from "./peak";
