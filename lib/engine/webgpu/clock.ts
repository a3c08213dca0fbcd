/** How long submits take by the device's own clock, what is between them included. */
import type { Watch } from "./errors.ts";

/** A device's clock. */
export interface Clock {
  /**
   * Milliseconds from the beginning of the first of so many submits, a pass each, to the end of the
   * last.
   */
  span(
    submits: number,
    encode: (pass: GPUComputePassEncoder, submit: number) => void,
  ): Promise<number>;
}

/** Two timestamps of 64 bits. */
const BYTES = 16;

/** The clock of a device that has the feature `timestamp-query`. */
export function clockOf(device: GPUDevice, watcher: Watch): Clock {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const buffer = (usage: number) => device.createBuffer({ size: BYTES, usage });
  const resolved = buffer(GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  const staging = buffer(GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  return {
    async span(submits, encode) {
      for (let submit = 0; submit < submits; submit++) {
        const encoder = device.createCommandEncoder();
        const ends = [
          ...submit === 0 ? [{ beginningOfPassWriteIndex: 0 }] : [],
          ...submit === submits - 1 ? [{ endOfPassWriteIndex: 1 }] : [],
        ];
        const pass = encoder.beginComputePass(
          ends.length === 0 ? {} : { timestampWrites: Object.assign({ querySet }, ...ends) },
        );
        encode(pass, submit);
        pass.end();
        device.queue.submit([encoder.finish()]);
      }
      const encoder = device.createCommandEncoder();
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, BYTES);
      device.queue.submit([encoder.finish()]);
      await watcher.wait(staging.mapAsync(GPUMapMode.READ), "timing variants");
      const [begin, end] = new BigUint64Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return Number(end - begin) / 1e6;
    },
  };
}
