/** The whole head in one dispatch, for catalogues of up to a few thousand courses. */
import { type FusedHead, fusedHead } from "./fused_head.ts";
import loss from "./softmax_loss.wgsl" with { type: "text" };

/** Softmax cross-entropy over the whole catalogue. */
export const softmaxHead: FusedHead = fusedHead({ name: "softmaxHead", loss });
