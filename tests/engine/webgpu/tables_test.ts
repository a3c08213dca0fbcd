/** Catalogues too large for one binding: what would be allocated, without allocating it. */
import { assert, assertEquals } from "@std/assert";
import { programOf } from "../../../lib/engine/webgpu/architectures.ts";
import { gruModel } from "../../../lib/models/gru.ts";
import type { DrawingLoss } from "../../../lib/models/loss.ts";
import { parameterSpecs } from "../../../lib/models/neural.ts";
import { sizeOf } from "../../../lib/models/parameters.ts";
import { sasRecModel } from "../../../lib/models/sasrec.ts";

const MOST_NEGATIVES: readonly DrawingLoss[] = [
  { name: "gbce", negatives: 2048, calibration: 1 },
  { name: "bpr_max", negatives: 2048, regularisation: 1 },
];

/** WebGPU's guaranteed limits, and a card's. */
const LIMITS = [[256, 16384, 2 ** 27, 2 ** 28], [1024, 49152, 2 ** 31 - 4, 2 ** 33]] as const;

for (const [threads, workgroupBytes, bindingBytes, bufferBytes] of LIMITS) {
  const limits = {
    maxComputeInvocationsPerWorkgroup: threads,
    maxComputeWorkgroupSizeX: threads,
    maxComputeWorkgroupStorageSize: workgroupBytes,
    maxComputeWorkgroupsPerDimension: 65535,
    maxStorageBufferBindingSize: bindingBytes,
    maxStorageBuffersPerShaderStage: 8,
    maxBufferSize: bufferBytes,
  };
  for (const nItems of [343, 1517, 100_000, 1_000_000]) {
    const courses = `${nItems.toLocaleString("en")} courses`;
    Deno.test(`${courses} within bindings of ${Math.round(bindingBytes / 2 ** 20)} MiB`, () => {
      const lastItem = { readout: "last_item" } as const;
      for (
        const model of [
          gruModel(nItems),
          sasRecModel(nItems, lastItem),
          sasRecModel(nItems, { ...lastItem, tied: true }),
          gruModel(nItems, { embeddingDim: 128, tied: true }),
        ]
      ) {
        const program = programOf({ model })({ limits });
        const rows = new Map<string, number>();
        for (const { layout, logits } of program.stores) {
          for (
            const floats of [
              layout.weightsSize,
              2 * layout.targetEnd,
              layout.gradientsSize,
              256 * logits,
            ]
          ) {
            assert(4 * floats <= bindingBytes, `${4 * floats} bytes`);
          }
          for (const place of layout.places) {
            assertEquals(
              place.offset,
              rows.get(place.name) ?? 0,
              `${place.name} continues where the last shard ended`,
            );
            rows.set(place.name, place.offset + place.rows * place.columns);
          }
        }
        for (const { name, shape } of parameterSpecs(model)) {
          assertEquals(rows.get(name), sizeOf(shape), name);
        }
        const { quads } = program.regions({
          windows: 256,
          tokens: 12800,
          distinct: Math.min(nItems, 12800),
          targets: 256,
          longest: 50,
          stretches: 100,
          furtherStretches: 20,
        });
        assert(16 * quads <= bindingBytes, `activations of ${16 * quads} bytes`);
        assertEquals(program.keepsLogits, program.stores.length > 1);
        for (const loss of MOST_NEGATIVES) {
          for (const { kernel } of programOf({ model, loss })({ limits }).differentiate) {
            assert(kernel.workgroupBytes <= workgroupBytes, `${kernel.name}, ${loss.name}`);
          }
        }
      }
    });
  }
}
