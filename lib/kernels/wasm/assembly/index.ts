// Everything that the engine calls.
export { packB, packBT } from "./packing";
export { gemm, gemmTN } from "./gemm";
export { addBias, addTo, columnSums, gatherRows, relu, reluDropoutBackward } from "./rows";
export { gruBackward, gruForward } from "./gru";
export { softmaxGradient, softmaxSums } from "./softmax";
export { adam } from "./adam";
export { dropoutRows } from "./dropout";
export { layerNormBackward, layerNormForward } from "./layer_norm";
export { attentionBackward, attentionForward } from "./attention";
export { peak } from "./peak";
