// Everything that the engine calls.
export { packB, packBT } from "./packing";
export { gemm, gemmTN } from "./gemm";
export {
  addBias,
  addRows,
  addTo,
  columnSums,
  copyColumns,
  gatherRows,
  relu,
  reluDropoutBackward,
} from "./rows";
export { gruBackward, gruForward } from "./gru";
export { softmaxGradient, softmaxSums } from "./softmax";
export { adam } from "./adam";
export { dropoutRows } from "./dropout";
export { layerNormBackward, layerNormForward } from "./layer_norm";
export { attentionBackward, attentionForward } from "./attention";
export { readOutBackward, readOutForward } from "./read_out";
export { peak } from "./peak";
