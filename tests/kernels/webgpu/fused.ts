/** A fused head on the device, against what its loss is in double precision. */
import { assertEquals } from "@std/assert";
import type { FusedHead } from "../../../lib/kernels/webgpu/fused_head.ts";
import type { StepNumbers } from "../../../lib/kernels/webgpu/step_uniform.ts";
import { assertClose } from "../../close.ts";
import { floats, packed, runKernels } from "./harness.ts";

/** Width of the states; targets, and those with the ones that fill up their last group of four. */
export const HIDDEN = 12;
export const ROWS = 9;
export const ROWS4 = 12;

/** What a head reads, and what it has to write. */
export interface HeadProblem {
  /** [ROWS4 × HIDDEN] */
  readonly hidden: Float32Array;
  /** [courses × HIDDEN] */
  readonly weight: Float32Array;
  /** [courses] */
  readonly bias: Float32Array;
  /** The plan's words of the targets. */
  readonly targets: Uint32Array;
  /** [ROWS] */
  readonly losses: ArrayLike<number>;
  /** [ROWS × courses] gradients of the logits. */
  readonly d: Float64Array;
  /** [ROWS × HIDDEN] */
  readonly dHidden: Float64Array;
}

/** How the head is run. */
export interface HeadRun {
  readonly size: number;
  readonly biased?: boolean;
  readonly step?: Partial<StepNumbers>;
}

/** Compares losses and gradients. What is no target's or no course's is 0, whatever was there. */
export async function checkFused(
  head: FusedHead,
  { hidden, weight, bias, targets, losses, d, dHidden }: HeadProblem,
  { size, biased = true, step }: HeadRun,
): Promise<void> {
  const items = bias.length;
  const stride = Math.ceil(items / 4) * 4;
  const transposed = new Float32Array(HIDDEN * stride);
  weight.forEach((x, i) => transposed[(i % HIDDEN) * stride + Math.floor(i / HIDDEN)] = x);
  const store = packed({ weight, bias, transposed });
  const act = packed({ hidden, dHidden: ROWS4 * HIDDEN, d: floats(ROWS4 * stride, 9) });
  const kernel = head({
    items,
    hidden: HIDDEN,
    stride,
    headWeight: store.at.weight,
    headBias: biased ? store.at.bias : undefined,
    headTransposed: store.at.transposed,
  }, size);
  const found = await runKernels([kernel], {
    step: {
      targets: ROWS,
      scale: 1 / ROWS,
      hiddenAt: act.at.hidden / 4,
      hiddenGradientAt: act.at.dHidden / 4,
      logitGradientAt: act.at.d / 4,
      lossesAt: 5,
      ...step,
    },
    sizes: { targets: ROWS },
    buffers: { plan: targets, weights: store.data, activations: act.data },
  });
  assertClose(found.losses.subarray(5, 5 + ROWS), losses, "losses");
  const rows = Array.from({ length: ROWS4 }, (_, r) => {
    const from = act.at.d + r * stride;
    return [...found.activations.subarray(from, from + stride)];
  });
  const ofCourses = rows.slice(0, ROWS).flatMap((row) => row.slice(0, items));
  assertClose(ofCourses, d, "gradients of the logits");
  const states = found.activations.subarray(act.at.dHidden, act.at.dHidden + ROWS * HIDDEN);
  assertClose(states, dHidden, "gradients of the hidden states");
  const rest = rows.flatMap((row, r) => r < ROWS ? row.slice(items) : row);
  assertEquals(rest, rest.map(() => 0), "rows that fill a group up, columns beyond the courses");
}
