/** Adam over a store, and the transposed copies that the next forward pass reads. */
import text from "./adam.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";
import { copyWgsl, slicesOf, type StoreLayout } from "./store_layout.ts";

/** Most workgroups; each goes over the parameters in strides. */
const MOST_GROUPS = 4096;

const BINDINGS = { weights: "f32", moments: "f32", gradients: "f32" } as const;

/** Updates the parameters of a store with slices. */
export function adam(l: StoreLayout, size = 256): Kernel {
  const { token, target } = slicesOf(l);
  return kernel({
    name: "adam",
    bindings: BINDINGS,
    key: {
      SIZE: size,
      SLICED: 1,
      DIRECT_END: l.directEnd,
      TOKEN_END: l.tokenEnd,
      TARGET_END: l.targetEnd,
      TOKEN_SLICES: token.count,
      TOKEN_STEP: token.step,
      TARGET_SLICES: target.count,
      TARGET_STEP: target.step,
      TARGET_SHIFT: target.shift,
      ROW_SLICES: l.rowSlices,
    },
    text: [copyWgsl(l), text],
    dispatch: () => [groups(l.targetEnd, size)],
  });
}

/** Updates a shard of a table, whose gradients are direct; the same code for shards of any size. */
export function adamOfShard(size = 256): Kernel {
  return kernel({
    name: "adamOfShard",
    bindings: BINDINGS,
    key: { SIZE: size, SLICED: 0 },
    text: ["fn copy(i: u32, w: f32) {}\n", text],
    dispatch: ({ storeSize }) => [groups(storeSize, size)],
  });
}

function groups(parameters: number, size: number): number {
  return Math.min(MOST_GROUPS, Math.ceil(parameters / size));
}
