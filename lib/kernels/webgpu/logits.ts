/**
 * Logits of many targets and a shard of the catalogue: for scoring, and for training on large
 * catalogues.
 */
import text from "./logits.wgsl" with { type: "text" };
import { GEMM_NT, type GEMM_SIZES, gemmGroups, gemmKey } from "./gemm_nt.ts";
import { type Kernel, kernel } from "./kernel.ts";

/**
 * hidden states × output layer, [targets × hidden]·[items × hidden]ᵀ, + bias if it is `biased`. The
 * same sum for an item in whichever shard it is.
 */
export function logits(
  hidden: number,
  biased: boolean,
  size: typeof GEMM_SIZES[number] = 64,
): Kernel {
  return kernel({
    name: "logits",
    bindings: { weights: "vec4f", activations: "vec4f", logits: "vec4f" },
    key: { ...gemmKey(size, hidden / 4), BIASED: +biased },
    text: [text, GEMM_NT],
    dispatch: (
      { targets, shardItems },
    ) => [gemmGroups(size, targets), gemmGroups(size, shardItems)],
  });
}
