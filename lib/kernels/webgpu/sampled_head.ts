/** Losses over sampled negatives: the whole head in one dispatch, or over a catalogue in shards. */
import { NEGATIVES_SITE } from "../../random/negatives.ts";
import dropout from "./dropout.wgsl" with { type: "text" };
import { type FusedHead, fusedHead } from "./fused_head.ts";
import { type Kernel, kernel } from "./kernel.ts";
import negatives from "./negatives.wgsl" with { type: "text" };
import reductions from "./reductions.wgsl" with { type: "text" };
import loss from "./sampled_loss.wgsl" with { type: "text" };
import scores from "./sampled_scores.wgsl" with { type: "text" };
import shardText from "./shard_sampled.wgsl" with { type: "text" };
import type { Constants } from "./template.ts";

/** A loss over negatives, as numbers. */
export interface SampledSizes {
  /** Negatives of a target. */
  readonly negatives: number;
  /** Binary cross-entropy: what the label's term is multiplied with. Else BPR-max. */
  readonly positiveWeight?: number;
  /** Of BPR-max. */
  readonly regularisation?: number;
}

/** All in one kernel. */
export function sampledHead(sizes: SampledSizes): FusedHead {
  return fusedHead({
    name: "sampledHead",
    loss,
    declarations: [dropout, negatives, scores],
    key: keyOf(sizes),
  });
}

/** The dispatches over a catalogue of `courses` in shards, one after the other over all of them. */
export function shardSampled(sizes: SampledSizes, courses: number, size = 256): Kernel[] {
  const stage = (name: string, { won = 0, gradients = 0 }) =>
    kernel({
      name,
      bindings: { plan: "u32", activations: "vec4f", losses: "f32", logits: "f32" },
      key: {
        SIZE: size,
        COURSES: courses,
        WON: won,
        GRADIENTS: gradients,
        PAST_SUMS: won + gradients,
        ...keyOf(sizes),
      },
      text: [dropout, negatives, ...gradients ? [] : [reductions], shardText],
      dispatch: ({ targets }) => [targets],
    });
  return [
    stage("shardSums", {}),
    ...sizes.positiveWeight === undefined ? [stage("shardWon", { won: 1 })] : [],
    stage("shardSampledGradients", { gradients: 1 }),
  ];
}

function keyOf(
  { negatives: count, positiveWeight, regularisation = 0 }: SampledSizes,
): Constants {
  return {
    NEGATIVES_SITE,
    NEGATIVES: count,
    PAIRS: Math.ceil(count / 2),
    BPR_MAX: +(positiveWeight === undefined),
    POSITIVE_WEIGHT_BITS: bitsOf(positiveWeight ?? 0),
    REGULARISATION_BITS: bitsOf(regularisation),
  };
}

/** A float's bits: constants are whole numbers. */
function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}
