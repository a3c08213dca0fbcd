/** The whole head in one dispatch, for catalogues of up to a few thousand courses. */
import text from "./fused_head.wgsl" with { type: "text" };
import { type Kernel, kernel, unrolled } from "./kernel.ts";
import { TARGET_GROUP } from "./plan_records.ts";
import reductions from "./reductions.wgsl" with { type: "text" };
import type { Constants } from "./template.ts";
import type { GradientPiece } from "./weight_gradients.ts";

/** What the head needs to know of a model's layout, in floats. */
export interface HeadLayout {
  readonly items: number;
  readonly hidden: number;
  readonly stride: number;
  readonly headWeight: number;
  /** Absent for an output layer without a bias. */
  readonly headBias?: number;
  readonly headTransposed: number;
}

/** Loss of each target, gradient of its logits and of its hidden state. `size` is a power of 2. */
export type FusedHead = (layout: HeadLayout, size?: number) => Kernel;

/** What tells one loss from another. */
export interface FusedLoss {
  readonly name: string;
  /** The lines that turn the logits into their gradients and write the losses. */
  readonly loss: string;
  /** Declarations that they need, and the constants of both. */
  readonly declarations?: readonly string[];
  readonly key?: Constants;
}

/** The head of a loss. */
export function fusedHead({ name, loss, declarations = [], key = {} }: FusedLoss): FusedHead {
  return (l, size = 256) => {
    const units = Math.min(size, l.hidden);
    return kernel({
      name,
      bindings: { plan: "u32", weights: "f32", activations: "f32", losses: "f32" },
      key: {
        SIZE: size,
        HIDDEN: l.hidden,
        ITEMS: l.items,
        STRIDE: l.stride,
        WEIGHT: l.headWeight,
        BIASED: +(l.headBias !== undefined),
        BIAS: l.headBias ?? 0,
        TRANSPOSED: l.headTransposed,
        UNITS: units,
        PARTS: Math.floor(size / units),
        UNROLL: unrolled(l.hidden, 16),
        ...key,
      },
      text: [reductions, ...declarations, text],
      parts: { loss },
      dispatch: ({ targets }) => [Math.ceil(targets / TARGET_GROUP)],
    });
  };
}

/** The output layer's gradients, from the logits' and what the head read. */
export function headGradients(l: HeadLayout): GradientPiece[] {
  const a = { at: "step.logitGradientAt", stride: l.stride / 4 };
  const b = { at: "step.hiddenAt", stride: l.hidden / 4 };
  const common = { over: "head", a } as const;
  const bias = l.headBias;
  return [
    { kind: "outer", ...common, b, height: l.items, width: l.hidden, to: l.headWeight },
    ...bias === undefined ? [] : [
      { kind: "columnSum", ...common, width: l.stride, to: bias } as const,
    ],
  ];
}
