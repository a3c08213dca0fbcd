/** The whole head in one dispatch, for catalogues of up to a few thousand courses. */
import text from "./softmax_head.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";
import { TARGET_GROUP } from "./plan_records.ts";
import type { GradientPiece } from "./weight_gradients.ts";

/** What the head needs to know of a model's layout, in floats. */
export interface HeadLayout {
  readonly items: number;
  readonly hidden: number;
  readonly stride: number;
  readonly headWeight: number;
  readonly headBias: number;
  readonly headTransposed: number;
}

/** Loss of each target, gradient of its logits and of its hidden state. `size` is a power of 2. */
export function softmaxHead(l: HeadLayout, size = 256): Kernel {
  const units = Math.min(size, l.hidden);
  return kernel({
    name: "softmaxHead",
    bindings: { plan: "u32", weights: "f32", activations: "f32", losses: "f32" },
    key: {
      SIZE: size,
      HIDDEN: l.hidden,
      ITEMS: l.items,
      STRIDE: l.stride,
      WEIGHT: l.headWeight,
      BIAS: l.headBias,
      TRANSPOSED: l.headTransposed,
      UNITS: units,
      PARTS: Math.floor(size / units),
    },
    text: [text],
    dispatch: ({ targets }) => [Math.ceil(targets / TARGET_GROUP)],
  });
}

/** The output layer's gradients, from the logits' and what the head read. */
export function headGradients(l: HeadLayout): GradientPiece[] {
  const a = { at: "step.logitGradientAt", stride: l.stride / 4 };
  const b = { at: "step.hiddenAt", stride: l.hidden / 4 };
  return [
    { kind: "outer", over: "head", a, b, height: l.items, width: l.hidden, to: l.headWeight },
    { kind: "columnSum", over: "head", a, width: l.stride, to: l.headBias },
  ];
}
