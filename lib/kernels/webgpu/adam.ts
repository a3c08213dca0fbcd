/** Adam over a store, and the transposed copies that the next forward pass reads. */
import text from "./adam.wgsl" with { type: "text" };
import { type Kernel, kernel } from "./kernel.ts";
import type { StoreLayout } from "./store_layout.ts";

/** Most workgroups; each goes over the parameters in strides. */
const MOST_GROUPS = 4096;

/** Updates the parameters of a store with slices. */
export function adam(l: StoreLayout, size = 256): Kernel {
  const copies = l.copies.map(({ from, rows, columns, to, stride }) =>
    `  if (i >= ${from}u && i < ${
      from + rows * columns
    }u) { weights[${to}u + (i - ${from}u) % ${columns}u * ${stride}u + (i - ${from}u) / ${columns}u] = w; }`
  );
  return kernel({
    name: "adam",
    bindings: { weights: "f32", moments: "f32", gradients: "f32" },
    key: {
      SIZE: size,
      WHOLE_SHARD: 0,
      DIRECT_END: l.directEnd,
      TOKEN_END: l.tokenEnd,
      TARGET_END: l.targetEnd,
      SLICES: l.slices,
      TARGET_SLICES: l.targetSlices,
    },
    text: [`fn copy(i: u32, w: f32) {\n${copies.join("\n")}\n}`, text],
    dispatch: () => [Math.min(MOST_GROUPS, Math.ceil(l.targetEnd / size))],
  });
}

/** Updates a shard of a table, whose gradients are direct; the same code for shards of any size. */
export function adamOfShard(size = 256): Kernel {
  return kernel({
    name: "adamOfShard",
    bindings: { weights: "f32", moments: "f32", gradients: "f32" },
    key: {
      SIZE: size,
      WHOLE_SHARD: 1,
      DIRECT_END: 0,
      TOKEN_END: 0,
      TARGET_END: 0,
      SLICES: 0,
      TARGET_SLICES: 0,
    },
    text: ["fn copy(i: u32, w: f32) {}", text],
    dispatch: ({ storeSize }) => [Math.min(MOST_GROUPS, Math.ceil(storeSize / size))],
  });
}
